"""HTML pages of the sample boards: for people, and with schema.org markup for crawlers."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from html import escape, unescape
from typing import Any

from crawlers.sample_boards.formats import NAMES
from crawlers.sample_boards.postings import FIELD_UNITS, SamplePosting

VALID_DAYS = 60
"""An advert stands for so many days after it was posted."""

STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    ".note{color:#666}"
)


def document(title: str, body: str, head: str = "") -> str:
    """A small page; `title` is text, `body` and `head` are HTML."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style>{head}</head>\n'
        f"<body>{body}</body></html>\n"
    )


def front_page(base: str) -> str:
    items = "".join(f'<li><a href="{base}/{key}/">{name}</a></li>' for key, name in NAMES.items())
    return document(
        "Sample boards of Gigdex",
        f"<h1>Sample boards</h1><p>Made up to try Gigdex without a network.</p><ul>{items}</ul>",
    )


def home_page(board: str, links: Sequence[tuple[str, str]]) -> str:
    """`links`: title and address of each posting."""
    name = NAMES[board]
    items = "".join(f'<li><a href="{escape(address)}">{escape(unescape(title))}</a></li>' for title, address in links)
    return document(name, f'<h1>{escape(name)}</h1><p class="note">A made-up board of Gigdex.</p><ul>{items}</ul>')


def plain_page(posting: SamplePosting, where: str) -> str:
    """A posting for people: text only, whatever its HTML says. `where`: the board, or who announces it."""
    return document(unescape(posting.title), visible(posting, where))


def visible(posting: SamplePosting, where: str) -> str:
    pay = f"<p>Pay: {escape(posting.pay.text)}</p>" if posting.pay.text else ""
    return (
        f'<p class="note">{escape(where)}: a made-up posting, nobody waits for an answer.</p>'
        f"<h1>{escape(unescape(posting.title))}</h1><p>{escape(posting.organization)}, {escape(posting.place)}</p>"
        f"<p>{escape(unescape(posting.plain))}</p>{pay}"
    )


def json_ld_page(posting: SamplePosting, address: str, posted: datetime, valid_through: str | None = None) -> str:
    """`<` is escaped in the script, as careful sites do: a text can't end it."""
    script = json.dumps(job_posting(posting, address, posted, valid_through), ensure_ascii=False).replace(
        "<", "\\u003C"
    )
    head = f'<script type="application/ld+json">{script}</script>'
    return document(unescape(posting.title), visible(posting, NAMES[posting.board]), head)


def job_posting(posting: SamplePosting, address: str, posted: datetime, valid_through: str | None) -> dict[str, Any]:
    """The posting as schema.org JobPosting. A fixed price has no unit in Google's rules, so only the text says it."""
    item: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "description": posting.html,
        "identifier": {"@type": "PropertyValue", "name": NAMES[posting.board], "value": str(posting.number)},
        "datePosted": posted.date().isoformat() if posting.number % 2 else posted.isoformat(),
        "validThrough": valid_through or (posted + timedelta(days=VALID_DAYS)).isoformat(),
        "employmentType": ["PART_TIME", "CONTRACTOR"] if posting.number % 3 == 0 else "TEMPORARY",
        "hiringOrganization": {"@type": "Organization", "name": posting.organization},
        "industry": list(posting.tags),
        "url": address,
    }
    if posting.mode != "in_person":
        item["jobLocationType"] = "TELECOMMUTE"
        if posting.place not in ("Worldwide", "Anywhere"):
            area = posting.city.country if posting.city else posting.place
            item["applicantLocationRequirements"] = {"@type": "Country", "name": area}
    if city := posting.city:
        item["jobLocation"] = {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": city.name,
                "addressRegion": city.region_code if city.code == "US" else city.region,
                "addressCountry": city.code,
            },
        }
    pay = posting.pay
    if pay.unit in FIELD_UNITS[posting.board]:
        value: dict[str, Any] = {"@type": "QuantitativeValue", "unitText": str(pay.unit).upper()}
        amounts = {"value": pay.low} if pay.low == pay.high else {"minValue": pay.low, "maxValue": pay.high}
        value |= {name: amount for name, amount in amounts.items() if amount is not None}
        item["baseSalary"] = {"@type": "MonetaryAmount", "currency": pay.currency, "value": value}
    return item


def microdata_page(posting: SamplePosting, address: str, posted: datetime) -> str:
    """The same facts as attributes of what people see."""
    facts = job_posting(posting, address, posted, None)
    shown = {
        "title": f'<h1 itemprop="title">{escape(posting.title)}</h1>',
        "description": f'<div itemprop="description">{posting.html}</div>',
        "datePosted": f'<time itemprop="datePosted" datetime="{facts["datePosted"]}">{posted:%d %b %Y}</time>',
    }
    parts = [shown.get(name) or _microdata(name, value) for name, value in facts.items() if not name.startswith("@")]
    note = '<p class="note">Puddlejobs: a made-up posting, nobody waits for an answer.</p>'
    article = f'<article itemscope itemtype="https://schema.org/JobPosting">{"".join(parts)}</article>'
    return document(unescape(posting.title), note + article)


def _microdata(name: str, value: Any) -> str:
    """A property of a JSON-LD object as HTML: objects become scopes, names are seen, the rest is in attributes."""
    if isinstance(value, list):
        return "".join(_microdata(name, item) for item in value)
    if isinstance(value, dict):
        inner = "".join(_microdata(key, item) for key, item in value.items() if key != "@type")
        return f'<div itemprop="{name}" itemscope itemtype="https://schema.org/{value["@type"]}">{inner}</div>'
    if name == "url":
        return f'<link itemprop="url" href="{escape(value)}">'
    if name in ("name", "addressLocality", "addressRegion", "addressCountry"):
        return f'<span itemprop="{name}">{escape(value)}</span> '
    return f'<meta itemprop="{name}" content="{escape(str(value))}">'


def broken_page(posting: SamplePosting, address: str, posted: datetime) -> str:
    """As if the connection had died: the script ends in the middle of a text, no tag is closed."""
    return json_ld_page(posting, address, posted).partition('"validThrough"')[0]


def untidy_page(posting: SamplePosting, address: str, posted: datetime) -> str:
    """Invalid HTML around a good script."""
    page = json_ld_page(posting, address, posted)
    return page.replace("<body>", "<body><table><div></span><b><p <i>").replace(
        "</body></html>", "<br></br></p></b></table>"
    )
