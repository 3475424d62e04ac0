"""Sample postings in the formats of the real boards that each sample board is shaped after.

Only the shapes are theirs, with the quirks that a spider has to live with: ids as text, dates without a zone, 0 for
unknown, UTF-8 read as Latin-1, rows that come twice, no title, or a date in the year 9999. Pure: the same postings,
address and time give the same documents.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape, unescape
from random import Random
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from crawlers.sample_boards.postings import SamplePosting, currencies

Json = dict[str, Any]

NAMES = {
    "taskfinch": "Taskfinch",
    "lanternwork": "Lanternwork",
    "brightmoss": "Brightmoss",
    "plinth": "The Plinth",
    "wrenwire": "Wrenwire",
    "hedgerow": "Hedgerow Help",
    "puddlejobs": "Puddlejobs",
    "bidbarrow": "Bidbarrow",
}
NOTICE = (
    "Made up for trying Gigdex: no such board, no such work. Link back and name {name}; free to use on every channel."
)
PERIODS = {"hour": "hourly", "week": "weekly", "month": "monthly", "year": "yearly"}
FAR_FUTURE = "9999-12-31T00:00:00"

HIRING_THREAD, FREELANCE_THREAD = 60_001, 60_002


class Writer:
    """Writes the documents of boards under one address, as of one instant."""

    def __init__(self, base: str, now: datetime) -> None:
        self.base = base
        self.now = now.astimezone(UTC)

    def posted(self, posting: SamplePosting) -> datetime:
        return (self.now - posting.age).replace(microsecond=0)

    def path(self, posting: SamplePosting) -> str:
        """Of the board's own page of a posting, in the board's style of addresses."""
        number, words = posting.number, posting.slug
        return {
            "taskfinch": f"/taskfinch/remote-jobs/{posting.category}/{words}-{number}",
            "lanternwork": f"/lanternwork/remote-jobs/remote-{words}-{number}",
            "brightmoss": f"/brightmoss/jobs/{number}-{words}",
            "plinth": f"/plinth/item?id={number}",
            "wrenwire": f"/wrenwire/remote-jobs/{words}-{number}",
            "hedgerow": f"/hedgerow/jobs/{number}-{words}",
            "puddlejobs": f"/puddlejobs/jobs/{words}/{number}",
            "bidbarrow": f"/bidbarrow/projects/{posting.category}/{words}-{number}",
        }[posting.board]

    def link(self, posting: SamplePosting) -> str:
        """Where the board's row links to: its own page, or where the work was announced first."""
        return self.base + (posting.link or self.path(posting))

    # Shaped after Remotive

    def taskfinch(self, postings: Sequence[SamplePosting]) -> Json:
        rows = [self._taskfinch_row(posting) for posting in postings]
        rows[3]["publication_date"] = FAR_FUTURE
        rows.append(dict(rows[5]))
        return {
            "0-legal-notice": NOTICE.format(name="Taskfinch"),
            "job-count": len(rows),
            "total-job-count": len(rows),
            "jobs": rows,
        }

    def _taskfinch_row(self, posting: SamplePosting) -> Json:
        return {
            "id": posting.number,
            "url": self.link(posting),
            "title": posting.title,
            "company_name": posting.organization,
            "company_logo": "",
            "category": posting.tags[0].title(),
            "tags": list(posting.tags[1:]),
            "job_type": ("freelance", "contract", "part_time", "")[posting.number % 4],
            "publication_date": self.posted(posting).strftime("%Y-%m-%dT%H:%M:%S"),
            "candidate_required_location": posting.place,
            "salary": posting.pay.text,
            "description": posting.html,
        }

    # Shaped after Remote OK

    def lanternwork(self, postings: Sequence[SamplePosting]) -> list[Json]:
        rows = [self._lanternwork_row(posting) for posting in postings]
        rows.insert(
            4, rows[0] | {"id": "69999", "slug": "remote-untitled-69999", "position": "", "url": "", "apply_url": ""}
        )
        return [{"last_updated": int(self.now.timestamp()), "legal": NOTICE.format(name="Lanternwork")}, *rows]

    def _lanternwork_row(self, posting: SamplePosting) -> Json:
        yearly = posting.pay.unit == "year" and posting.pay.currency == "USD"
        word = posting.organization[:4].upper()
        marker = f"<br><br>Please mention the word **{word}** when applying to show you read this."
        return {
            "slug": f"remote-{posting.slug}-{posting.number}",
            "id": str(posting.number),
            "epoch": int(self.posted(posting).timestamp()),
            "date": self.posted(posting).isoformat(),
            "company": posting.organization,
            "company_logo": "",
            "position": _misread(posting.title) if posting.number % 3 == 0 else posting.title,
            "tags": [*posting.tags, "digital nomad", "senior"],
            "description": _misread(posting.html + marker) if posting.number % 3 == 0 else posting.html + marker,
            "location": posting.city.name + ", " if posting.city else posting.place,
            "apply_url": self.link(posting),
            "salary_min": int(posting.pay.low or 0) if yearly else 0,
            "salary_max": int(posting.pay.high or posting.pay.low or 0) if yearly else 0,
            "logo": "",
            "url": self.link(posting),
        }

    # Shaped after Jobicy

    def brightmoss(self, postings: Sequence[SamplePosting], count: int) -> Json:
        rows = [self._brightmoss_row(posting) for posting in postings[:count]]
        return {
            "apiVersion": "2.2.15",
            "friendlyNotice": NOTICE.format(name="Brightmoss"),
            "jobCount": len(rows),
            "lastUpdate": self.now.isoformat(timespec="seconds"),
            "appliedFilters": {"count": count},
            "jobs": rows,
            "statusCode": 200,
            "success": True,
        }

    def _brightmoss_row(self, posting: SamplePosting) -> Json:
        row = {
            "id": posting.number,
            "url": self.link(posting),
            "jobSlug": f"{posting.number}-{posting.slug}",
            "jobTitle": posting.title,
            "companyName": posting.organization,
            "companyLogo": "",
            "jobIndustry": [escape(tag.title().replace(" And ", " & ")) for tag in posting.tags],
            "jobType": [("Freelance", "Contract", "Part-Time")[posting.number % 3]],
            "jobGeo": posting.place,
            "jobLevel": "Any",
            "jobExcerpt": posting.plain[:120],
            "jobDescription": posting.html,
            "pubDate": self.posted(posting).isoformat(),
        }
        pay = posting.pay
        if pay.unit in PERIODS:  # fields of what is unknown are absent
            salary = {"salaryMin": pay.low, "salaryMax": pay.high, "salaryCurrency": pay.currency}
            row |= {name: value for name, value in salary.items() if value} | {"salaryPeriod": PERIODS[pay.unit]}
        return row

    # Shaped after Hacker News' search interface

    def plinth_threads(self) -> Json:
        month = self.now.strftime("%B %Y")
        titles = {
            FREELANCE_THREAD: f"Freelancer? Seeking freelancer? ({month})",
            HIRING_THREAD: f"Plinth asks: Who is hiring? ({month})",
        }
        hits = [
            {
                "objectID": str(number),
                "title": title,
                "author": "warden",
                "created_at": _zulu(self.now - timedelta(days=31)),
            }
            for number, title in titles.items()
        ]
        hits.append({"objectID": "60003", "title": "Plinth asks: What are you reading?", "author": "warden"})
        return {"hits": hits, "nbHits": len(hits), "page": 0, "nbPages": 1, "hitsPerPage": 20}

    def plinth_search(self, postings: Sequence[SamplePosting], thread: int, page: int, size: int) -> Json:
        """A flat answer of the search: comments and replies alike, `page` from 0."""
        waiting = list(self.plinth_thread(postings, thread)["children"])
        hits = []
        while waiting:
            item = waiting.pop(0)
            waiting[:0] = item["children"]
            hits.append(
                {
                    "objectID": str(item["id"]),
                    "author": item["author"],
                    "comment_text": item["text"],
                    "created_at": item["created_at"].replace(".000Z", "Z"),
                    "parent_id": item["parent_id"],
                    "story_id": thread,
                }
            )
        shown = hits[page * size : (page + 1) * size]
        return {"hits": shown, "nbHits": len(hits), "page": page, "nbPages": -(-len(hits) // size), "hitsPerPage": size}

    def plinth_thread(self, postings: Sequence[SamplePosting], thread: int) -> Json:
        """A thread as a tree, with a deleted comment and a few replies."""
        mine = [p for p in postings if (thread == FREELANCE_THREAD) == (p.label == "seeking" or p.number % 5 == 0)]
        children = [
            self._comment(p.number, thread, thread, p.organization, plinth_text(p), self.posted(p)) for p in mine
        ]
        for comment in children[::9]:
            text = "How many hours a week would that be?"
            comment["children"] = [
                self._comment(comment["id"] + 20_000, comment["id"], thread, "curious", text, self.now)
            ]
        children.insert(2, self._comment(thread + 9_000, thread, thread, "gone", None, self.now))
        return {
            "id": thread,
            "created_at": _zulu(self.now - timedelta(days=31)),
            "author": "warden",
            "title": "Who is hiring?" if thread == HIRING_THREAD else "Freelancer? Seeking freelancer?",
            "type": "story",
            "story_id": thread,
            "parent_id": None,
            "text": None,
            "points": 42,
            "children": children,
        }

    @staticmethod
    def _comment(number: int, parent: int, thread: int, author: str, text: str | None, when: datetime) -> Json:
        return {
            "id": number,
            "created_at": _zulu(when).replace("Z", ".000Z"),
            "created_at_i": int(when.timestamp()),
            "type": "comment",
            "author": author,
            "title": None,
            "url": None,
            "text": text,
            "points": None,
            "parent_id": parent,
            "story_id": thread,
            "children": [],
            "options": [],
        }

    # Shaped after We Work Remotely's feed

    def wrenwire(self, postings: Sequence[SamplePosting]) -> str:
        items = [self._wrenwire_item(posting) for posting in postings]
        items.append(items[7])
        head = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss">\n'
            f"<channel><title>Wrenwire: small jobs by wire</title><link>{self.base}/wrenwire/remote-jobs.rss</link>"
            f"<description>{NOTICE.format(name='Wrenwire')}</description><language>en-US</language><ttl>60</ttl>\n"
        )
        return head + "\n".join(items) + "\n</channel></rss>\n"

    def _wrenwire_item(self, posting: SamplePosting) -> str:
        logo = f"{self.base}/wrenwire/logo.gif"
        about = (
            f'<img src="{logo}" />\n<p>\n  <strong>Headquarters:</strong> {escape(posting.place)}\n    <br />'
            f'<strong>URL:</strong> <a href="{self.base}/wrenwire/">{self.base}/wrenwire/</a>\n</p>\n'
        )
        fields = {
            "title": f"{posting.organization}: {posting.title}",
            "region": "Anywhere in the World" if posting.place in ("Anywhere", "Worldwide") else posting.place,
            "country": "",
            "state": "",
            "skills": ", ".join(posting.tags[1:]),
            "category": posting.tags[0].title(),
            "type": ("Contract", "Part-Time")[posting.number % 2],
            "description": about + posting.html,
            "pubDate": format_datetime(self.posted(posting)),
            "expires_at": format_datetime(self.posted(posting) + timedelta(days=45)),
            "guid": f"wrenwire-{posting.number}",  # theirs is the link; here that changes with the server's port
            "link": self.link(posting),
        }
        body = "".join(f"<{name}>{xml_escape(value)}</{name}>" for name, value in fields.items())
        return f'<item><media:content url="{logo}" type="image/png"/>{body}</item>'

    # Shaped after Freelancer.com's interface

    def bidbarrow(self, postings: Sequence[SamplePosting], limit: int, offset: int, full: bool) -> Json:
        shown = [self._project(posting, full) for posting in postings[offset : offset + limit]]
        result = {"projects": shown, "users": None, "selected_bids": None, "total_count": len(postings)}
        return {"status": "success", "result": result, "request_id": f"sample{offset:08d}"}

    def _project(self, posting: SamplePosting, full: bool) -> Json:
        random = Random(posting.number)  # noqa: S311 - repeatable on purpose, nothing secret
        posted = int(self.posted(posting).timestamp())
        pay, city, closed = posting.pay, posting.city, posting.label == "closed"
        code = pay.currency or (city.currency if city else "USD")
        currency = currencies()[code]
        top = pay.high or pay.low or (25.0 / float(currency["rate"]))
        return {
            "id": posting.number,
            "owner_id": 500_000 + posting.number % 97,
            "title": posting.title
            + (" -- 2" if posting.number % 11 == 0 else "")
            + ("  " if posting.number % 3 == 0 else ""),
            "status": random.choice(("frozen", "closed")) if closed else "active",
            "sub_status": "frozen_awarded" if closed else None,
            "seo_url": self.path(posting).removeprefix("/bidbarrow/projects/"),
            "currency": {
                "id": sorted(currencies()).index(code) + 1,
                "code": code,
                "sign": currency["sign"],
                "name": currency["name"],
                "exchange_rate": currency["rate"],
                "country": currency["country"],
            },
            "description": unescape(posting.plain) if full else None,
            "preview_description": unescape(posting.plain)[:100],
            "jobs": [
                {
                    "id": 900 + i,
                    "name": tag.title(),
                    "category": {"id": 1, "name": "All"},
                    "seo_url": tag,
                    "local": bool(city),
                }
                for i, tag in enumerate(posting.tags)
            ],
            "submitdate": posted,
            "time_submitted": posted,
            "time_updated": posted,
            "time_free_bids_expire": posted + 3600,
            "bidperiod": posting.age.days + 7 + posting.number % 14,
            "type": "hourly" if pay.unit == "hour" else "fixed",
            "budget": {
                "minimum": pay.low,
                "maximum": pay.high,
                "name": None,
                "project_type": None,
                "currency_id": None,
            },
            "hourly_project_info": (
                {"commitment": {"hours": 40, "interval": "week"}, "duration_enum": "unspecified"}
                if pay.unit == "hour"
                else None
            ),
            "bid_stats": {"bid_count": random.randint(1, 40), "bid_avg": round(top * random.uniform(0.7, 1.1), 2)},
            "language": posting.language,
            "urgent": False,
            "upgrades": {"urgent": False, "NDA": False, "sealed": False, "fulltime": False},
            "frontend_project_status": "complete" if closed else "open",
            "local": bool(city),
            "location": {
                "country": {"name": city.country if city else None, "code": city.code.lower() if city else None},
                "city": city.name if city else None,
                "latitude": city.lat if city else None,
                "longitude": city.lon if city else None,
                "vicinity": None,
                "administrative_area": city.region if city else None,
                "full_address": None,
            },
        }


def plinth_text(posting: SamplePosting) -> str:
    """A comment: first line by the thread's custom (one in four ignores it), `<p>` between paragraphs, entities."""
    head = posting.title
    if posting.offer and posting.number % 4:
        fields = [
            posting.organization,
            posting.title,
            posting.place,
            "REMOTE" if posting.mode == "online" else "ONSITE",
        ]
        head = " | ".join([*fields, posting.pay.text] if posting.pay.text and posting.number % 2 else fields)
    body = posting.html.replace("<br><br>", "<p>").replace("</p>", "").replace("<ul>", "<p>").replace("</ul>", "")
    body = body.replace("<li>", "- ").replace("</li>", "\n").removeprefix("<p>")
    text = body if body.startswith("SEEKING WORK") else f"{escape(head, quote=False)}<p>{body}"
    return text.replace("&#x27;", "'").replace("'", "&#x27;")


def _misread(text: str) -> str:
    """UTF-8 read as Latin-1, as one real board serves it."""
    return text.encode().decode("latin-1")


def _zulu(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


# Sitemaps


def sitemap(entries: Sequence[tuple[str, datetime | None]]) -> bytes:
    """`entries`: address and time of the last change."""
    return _locations("urlset", "url", entries)


def sitemap_index(entries: Sequence[tuple[str, datetime | None]]) -> bytes:
    return _locations("sitemapindex", "sitemap", entries)


def _locations(root: str, item: str, entries: Sequence[tuple[str, datetime | None]]) -> bytes:
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for address, changed in entries:
        lastmod = f"<lastmod>{_zulu(changed)}</lastmod>" if changed else ""
        lines.append(f"<{item}><loc>{xml_escape(address)}</loc>{lastmod}</{item}>")
    return "\n".join([*lines, f"</{root}>", ""]).encode()
