"""Links: when two of them lead to the same page, and when a page names a gig."""

from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit

from index.posting import Posting

Key = tuple[str, str]
"""(board, external_id)"""

TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ref", "ref_src", "referrer"}
    | {"source", "src", "campaign", "trk", "tracking"}
)
"""Query parameters that name the way a visitor came, never what the page shows."""
PERHAPS_TRACKING = frozenset({"ref", "source", "src"})
"""Some systems for applicants number their jobs so."""
MIN_ROUTE = 4
"""Characters of a fragment that leads to more than the entrance."""
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")


def is_tracking(name: str) -> bool:
    """Whether a query parameter of this name says how a visitor came, and nothing of what the page shows."""
    return name.lower() in TRACKING or name.lower().startswith(TRACKING_PREFIXES)


def canonical_link(url: str | None) -> str | None:
    """The link without what differs between two ways to the same page: scheme, `www.`, letter case of the host,
    default port, trailing slash, fragment, tracking parameters, order of parameters. What names a job all the same is
    kept: a fragment that is a route (`#/jobs/7`), a `ref` or `source` that is a number.

    None for what does not name one page: no web address, or a bare host.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return None
    host = parts.hostname.lower().removeprefix("www.").rstrip(".")
    if port not in (None, 80, 443):
        host += f":{port}"
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not is_tracking(name) or (name.lower() in PERHAPS_TRACKING and value.isdigit())
    )
    path = parts.path.rstrip("/")
    route = "#" + parts.fragment.rstrip("/") if parts.fragment[:1] in ("/", "!") else ""
    if not path and not query and len(route) < MIN_ROUTE:
        return None
    return host + path + ("?" + urlencode(query) if query else "") + route


def canonical_links(posting: Posting) -> tuple[str, ...]:
    """Canonical links of a posting: its page, and the page where one applies."""
    found = (canonical_link(posting.url), canonical_link(posting.apply_url))
    return tuple(dict.fromkeys(link for link in found if link))


def says_nothing(keys: Iterable[Key]) -> bool:
    """Whether a link that these postings share is a form or a landing page: one board uses it for several ids."""
    boards = [board for board, _ in keys]
    return len(set(boards)) < len(boards)
