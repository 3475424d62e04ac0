"""Scrapy settings: polite and safe, each with its reason where it isn't Scrapy's default.

`scrapy.cfg` points here, so `scrapy list` and `scrapy crawl ID` use them as well as `gigdex crawl`.
"""

from importlib.metadata import PackageNotFoundError, version

from index.settings import load_settings

try:
    _VERSION = version("gigdex")
except PackageNotFoundError:  # run from a checkout
    _VERSION = "dev"

GIGDEX = load_settings()
"""Gigdex's own settings, for middlewares and pipelines."""
GIGDEX_CONFIRMED: list[str] = []
"""Boards that are off by their terms and that the operator enabled; `gigdex crawl` fills it."""

BOT_NAME = "gigdex"
SPIDER_MODULES = ["crawlers.boards"]
SPIDER_LOADER_CLASS = "crawlers.board.BoardLoader"  # finds boards that are declared in TOML, too
ITEM_PIPELINES = {"crawlers.pipelines.InboxPipeline": 300}

# Who we are: owners can see it in their logs, block it in robots.txt and write to the operator.
_CONTACT = " ".join(GIGDEX.contact.split())
USER_AGENT = f"Gigdex/{_VERSION} (+{_CONTACT})" if _CONTACT else f"Gigdex/{_VERSION}"
COOKIES_ENABLED = False  # nothing we read needs a session
REFERRER_POLICY = "no-referrer"  # a board needn't know where its address came from
HTTPPROXY_ENABLED = False  # no evasion: a board sees where we are; a proxy variable must not divert loopback either
METAREFRESH_ENABLED = False  # no redirects that only a browser follows

# How much we ask: one request at a time, with a pause that a board declares (Board.delay_s).
CONCURRENT_REQUESTS = 1  # of a board: others would leave while an answer says that the host wants to be left alone
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 2
DOWNLOAD_DELAY_JITTER = 0  # Scrapy would wait between half and one and a half times as long: a pause is a pause
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 4_000  # as long as a Posting's; shorter ones would be dropped without a word

# Ours instead of Scrapy's: see crawlers/politeness.py and crawlers/backoff.py for what the originals lack.
ROBOTSTXT_OBEY = False  # its middleware fails open; ours obeys
RETRY_TIMES = 3
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the spider says it in one line
BACKOFF_FIRST_S = 5.0  # then 15, 45
BACKOFF_PATIENCE_S = 120.0  # a Retry-After beyond this ends the run and is kept for the next one
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # lets subdomains and retries through
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawlers.politeness.PolitenessMiddleware": 100,
    "crawlers.conditional.ConditionalMiddleware": 540,
    "crawlers.backoff.BackoffMiddleware": 550,
}

# What could be turned against us. crawlers/safety.py refuses to start with any of it open.
TELNETCONSOLE_ENABLED = False  # a shell on a port
REMOTE_CONTROL_ENABLED = False  # an HTTP server that runs code
DOWNLOAD_VERIFY_CERTIFICATES = True  # Scrapy checks none by itself
DOWNLOAD_MAXSIZE = 16 * 2**20  # Scrapy's is 1 GiB, unpacked too; a board may declare up to 32 MiB
DOWNLOAD_WARNSIZE = 0  # the bound is enough
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}  # a redirect to file: reads nothing

HTTPCACHE_ENABLED = False  # a crawl wants what is there now
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
FEED_EXPORT_ENCODING = "utf-8"
WARN_ON_GENERATOR_RETURN_VALUE = False  # parses the callback's source anew for each page: a fifth of a page's time
LOG_LEVEL = "INFO"
LOG_FORMATTER = "crawlers.pipelines.OneLineLogFormatter"
