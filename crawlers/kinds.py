"""The generic kinds by name: what a board's TOML file may say in `kind`."""

from crawlers.bases.discourse import DiscourseSpider
from crawlers.bases.github_bounties import GithubBountiesSpider
from crawlers.bases.hn_thread import HnThreadSpider
from crawlers.bases.jobposting import JobPostingSpider
from crawlers.bases.json_kind import JsonSpider
from crawlers.bases.kind import KindSpider
from crawlers.bases.lemmy import LemmySpider
from crawlers.bases.mastodon_tag import MastodonTagSpider
from crawlers.bases.reddit import RedditSpider
from crawlers.bases.rss import RssSpider
from crawlers.bases.unread import UnreadSpider
from crawlers.bases.xml_feed import XmlFeedSpider

KINDS: dict[str, type[KindSpider]] = {
    kind.kind: kind
    for kind in (
        JobPostingSpider,
        XmlFeedSpider,
        RssSpider,
        JsonSpider,
        RedditSpider,
        HnThreadSpider,
        MastodonTagSpider,
        LemmySpider,
        DiscourseSpider,
        GithubBountiesSpider,
        UnreadSpider,
    )
}

ALIASES = {"xml-feeds": "xml_feed", "wp-job-manager": "rss"}
"""Other names of kinds that `gigdex parse` takes."""
