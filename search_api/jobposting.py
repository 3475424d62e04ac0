"""A gig as a schema.org JobPosting, by Google's rules for job pages; nothing at all where a rule can't be kept.

https://developers.google.com/search/docs/appearance/structured-data/job-posting (title, description, datePosted,
hiringOrganization and a place are required; remote work names the countries of applicants; salaries are by the hour to
the year; a job that costs the worker money, or is over, has no markup).
"""

import json
from typing import Any

from markupsafe import Markup

from index.gig import Gig, Place
from search_api.feeds.base import paragraphs

UNITS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}
"""There is none for what is paid by the task: such pay is left out."""


def job_posting(shown: Gig, permitted: Gig | None, base: str) -> dict[str, Any] | None:
    """The markup of a gig's page, or None. `shown` is what the page shows, `permitted` what the channel `jsonld` may
    say of it: every posting on the page has to permit that. `base`: public address, without a slash at its end."""
    if permitted is None or _postings(shown) != _postings(permitted) or shown.sample:
        return None
    gig = permitted
    posted = gig.posted_at or gig.first_seen
    where = _where(gig)
    over = gig.status != "open" or gig.risk.level == "high" or gig.pay.worker_fee is not None
    if over or not (gig.title and gig.description and gig.organization and posted and where):
        return None
    its: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": gig.title,
        "description": gig.description_html or f"<p>{paragraphs(gig.description)}</p>",
        "datePosted": posted.isoformat(),
        "hiringOrganization": {"@type": "Organization", "name": gig.organization},
        "identifier": {"@type": "PropertyValue", "name": "Gigdex", "value": gig.id},
        "url": f"{base}/gig/{gig.id}",
        "directApply": False,
        **where,
    }
    if gig.expires_at is not None:
        its["validThrough"] = gig.expires_at.isoformat()
    if gig.terms.contract == "contractor":
        its["employmentType"] = "CONTRACTOR"
    if salary := _salary(gig):
        its["baseSalary"] = salary
    return its


def script(markup: dict[str, Any]) -> Markup:
    """As the content of a script element: no text in it can end the element or begin a comment."""
    text = json.dumps(markup, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e")
    return Markup(text.replace("&", "\\u0026").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))  # noqa: S704


def _postings(gig: Gig) -> list[tuple[str, str]]:
    return sorted((source.board, source.external_id) for source in gig.sources)


def _where(gig: Gig) -> dict[str, Any]:
    """Places of the work, or the countries of those who may do it from home; empty where neither is known."""
    places = [_place(place) for place in gig.places if place.country]
    countries = [{"@type": "Country", "name": code} for code in gig.eligible.countries]
    if gig.work_mode == "online":
        return {"jobLocationType": "TELECOMMUTE", "applicantLocationRequirements": countries} if countries else {}
    return {"jobLocation": places if len(places) > 1 else places[0]} if places else {}


def _place(place: Place) -> dict[str, Any]:
    address = {
        "@type": "PostalAddress",
        "addressLocality": place.city,
        "addressRegion": place.region,
        "addressCountry": place.country,
    }
    return {"@type": "Place", "address": {name: value for name, value in address.items() if value}}


def _salary(gig: Gig) -> dict[str, Any] | None:
    pay = gig.pay
    if pay.status != "stated" or pay.points is not None or pay.currency is None or pay.unit not in UNITS:
        return None
    low, high = (pay.max if pay.min is None else pay.min), (pay.min if pay.max is None else pay.max)
    if low is None or high is None:
        return None
    amounts = {"value": low} if low == high else {"minValue": low, "maxValue": high}
    value = {"@type": "QuantitativeValue", **amounts, "unitText": UNITS[pay.unit]}
    return {"@type": "MonetaryAmount", "currency": pay.currency, "value": value}
