"""Indeed-style XML, as job sites read it: complete, so that what is missing is gone (schema: docs/schemas/feed.xsd).

One job a gig with its first place; the others are in its text. A field that we don't know is there and empty.
"""

from collections.abc import Iterable, Iterator

from index.gig import Gig
from index.store.stream import Row
from search_api.feeds.base import Dialect, Head, attribute, board_link, body_html, cdata, iso, posted
from search_api.words import number

JOB_TYPES = {"contractor": "contract", "employee": "", "either": ""}
REMOTE = {"online": "Fully remote", "either": "Hybrid remote"}


def write(head: Head, rows: Iterable[Row]) -> Iterator[bytes]:
    owners = "".join(
        f"<attribution board={attribute(one.id)} url={attribute(one.homepage)}>{cdata(one.attribution)}</attribution>"
        for one in head.owners
    )
    yield (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<source schema_version="{head.schema_version}">'
        f"{_field('publisher', 'Gigdex')}{_field('publisherurl', head.base)}"
        f"{_field('lastBuildDate', iso(head.updated))}{owners}\n"
    ).encode()
    for row in rows:
        yield _job(head, row).encode()
    yield b"</source>\n"


def _job(head: Head, row: Row) -> str:
    gig = row.gig
    place = gig.places[0] if gig.places else None
    first = gig.sources[0] if gig.sources else None
    fields = {
        "title": gig.title,
        "date": iso(posted(row)),
        "referencenumber": gig.id,
        "url": head.gig(gig.id),
        "company": gig.organization,
        "sourcename": gig.sources[0].attribution or gig.sources[0].board if gig.sources else None,
        "city": place.city or place.text if place else None,
        "state": place.region if place else None,
        "country": place.country if place else None,
        "description": body_html(gig),
        "salary": salary(gig),
        "jobtype": JOB_TYPES[gig.terms.contract] if gig.terms.contract else None,
        "experience": gig.terms.experience,
        "category": gig.category,
        "remotetype": REMOTE.get(gig.work_mode),
        "expirationdate": iso(gig.expires_at) if gig.expires_at else None,
        "language": gig.language,
        "boardurl": board_link(first) if first else None,
    }
    return f"<job>{''.join(_field(name, value) for name, value in fields.items())}</job>\n"


def salary(gig: Gig) -> str | None:
    """One amount or range with currency and period, or "per task" and the like; None where there is no amount."""
    pay = gig.pay
    low, high = pay.min, pay.max
    if pay.status != "stated" or pay.points is not None or pay.currency is None or (low is None and high is None):
        return None
    amounts = " - ".join(number(one) for one in dict.fromkeys((low, high)) if one is not None)
    return f"{pay.currency} {amounts}" + (f" per {pay.unit}" if pay.unit else "")


def _field(name: str, text: str | None) -> str:
    return f"<{name}>{cdata(text)}</{name}>" if text else f"<{name}/>"


DIALECT = Dialect("xml", "application/xml", "Indeed-style XML, for job sites; complete", write)
