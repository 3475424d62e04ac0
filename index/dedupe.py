"""Which postings are one gig. Pure: the same set of postings gives the same groups in whatever order it came."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from index.posting import Posting

Key = tuple[str, str]
"""(board, external_id)"""

TRACKING = frozenset(
    {"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "ref", "ref_src", "referrer"}
    | {"source", "src", "campaign", "trk", "tracking"}
)
"""Query parameters that name the way a visitor came, never what the page shows."""
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")


@dataclass(frozen=True, slots=True)
class Group:
    """Postings of one gig, sorted, with the reason why each belongs (none for a lone one)."""

    keys: tuple[Key, ...]
    why: Mapping[Key, str]


def canonical_link(url: str | None) -> str | None:
    """The link without what differs between two ways to the same page: scheme, `www.`, letter case of the host,
    default port, trailing slash, fragment, tracking parameters, order of parameters.

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
        if name.lower() not in TRACKING and not name.lower().startswith(TRACKING_PREFIXES)
    )
    path = parts.path.rstrip("/")
    if not path and not query:
        return None
    return host + path + ("?" + urlencode(query) if query else "")


def canonical_links(posting: Posting) -> tuple[str, ...]:
    """Canonical links of a posting: its page, and the page where one applies."""
    found = (canonical_link(posting.url), canonical_link(posting.apply_url))
    return tuple(dict.fromkeys(link for link in found if link))


def says_nothing(keys: Iterable[Key]) -> bool:
    """Whether a link that these postings share is a form or a landing page: one board uses it for several ids."""
    boards = [board for board, _ in keys]
    return len(set(boards)) < len(boards)


def group(postings: Mapping[Key, Sequence[str]]) -> list[Group]:
    """Group postings, given the canonical links of each.

    Postings with the same link are one gig, unless one board uses that link for several ids: then it is a form or a
    landing page, and says nothing. Groups come in the order of their first key.
    """
    by_link: dict[str, set[Key]] = {}
    for key, its in postings.items():
        for link in its:
            by_link.setdefault(link, set()).add(key)

    parent = {key: key for key in postings}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    why: dict[Key, str] = {}
    for link, keys in sorted(by_link.items()):
        if len(keys) < 2 or says_nothing(keys):
            continue
        first, *others = sorted(keys)
        for other in others:
            low, high = sorted((root(first), root(other)))
            parent[high] = low
        for key in keys:
            why.setdefault(key, f"same link {link}")

    members: dict[Key, list[Key]] = {}
    for key in sorted(postings):
        members.setdefault(root(key), []).append(key)
    return [Group(tuple(keys), {key: why[key] for key in keys if key in why}) for keys in members.values()]


def group_postings(postings: Iterable[Posting]) -> list[Group]:
    """`group` for postings at hand; of several with the same key the last one counts."""
    return group({(posting.board, posting.external_id): canonical_links(posting) for posting in postings})
