"""Refuses to crawl with what Scrapy leaves open by itself, whoever opened it: a setting, `-s` on the command line, a
newer Scrapy. Run before the first request of every crawl."""

from scrapy.settings import BaseSettings
from scrapy.utils.misc import load_object

from crawlers.backoff import BackoffMiddleware
from crawlers.page import MAX_BYTES
from crawlers.politeness import PolitenessMiddleware

NEEDED = (PolitenessMiddleware, BackoffMiddleware)
CLOSED_SCHEMES = ("data", "file", "ftp", "s3")
OFF = {
    "TELNETCONSOLE_ENABLED": "it opens a shell on a port",
    "REMOTE_CONTROL_ENABLED": "it serves a port that runs code",
    "HTTPPROXY_ENABLED": "a proxy would hide who asks",
    "COOKIES_ENABLED": "nothing we read needs a session",
    "METAREFRESH_ENABLED": "only browsers follow these redirects",
}


class Unsafe(RuntimeError):
    """The crawl would be unsafe or impolite; the message says what to set."""


def check(settings: BaseSettings) -> None:
    """Raises Unsafe, in one line, with everything that is open."""
    found = [f"{name} must be False ({why})" for name, why in OFF.items() if settings.getbool(name)]
    old_jitter = "RANDOMIZE_DOWNLOAD_DELAY"  # where it is set it overrules the newer one
    if settings.getfloat("DOWNLOAD_DELAY_JITTER") or (
        settings.getpriority(old_jitter) and settings.getbool(old_jitter)
    ):
        found.append("DOWNLOAD_DELAY_JITTER must be 0 (it would undercut a board's pause)")
    if not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES"):
        found.append("DOWNLOAD_VERIFY_CERTIFICATES must be True (else anybody on the way can answer for a board)")
    if not 0 < settings.getint("DOWNLOAD_MAXSIZE") <= MAX_BYTES:
        found.append(f"DOWNLOAD_MAXSIZE must be 1 to {MAX_BYTES} (0 is without a bound)")
    if settings.getint("CONCURRENT_REQUESTS") != 1:
        found.append("CONCURRENT_REQUESTS must be 1 (a host is asked for one thing at a time, and not during a pause)")
    if not settings.get("USER_AGENT", "").startswith("Gigdex/"):
        found.append("USER_AGENT must begin with Gigdex/ (no disguise)")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    if open_ones := [scheme for scheme in CLOSED_SCHEMES if handlers.get(scheme)]:
        found.append(
            f"DOWNLOAD_HANDLERS must have None for {', '.join(open_ones)} (a redirect could read what is here)"
        )
    on = {
        load_object(one) for one, order in settings.getwithbase("DOWNLOADER_MIDDLEWARES").items() if order is not None
    }
    found += [f"DOWNLOADER_MIDDLEWARES must have {one.__module__}.{one.__name__}" for one in NEEDED if one not in on]
    if found:
        raise Unsafe(f"refusing to crawl: {'; '.join(found)}. crawlers/settings.py has all of these right")
