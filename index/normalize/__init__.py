"""One Posting in, one Gig out: pure functions of the posting, the day of the rates and tables; no clock, no network."""

from datetime import date, datetime

from index.gig import Eligible, Evidence, Gig, Place, Source, gig_id
from index.normalize import category, kind, language, mode, pay, place, risk, terms
from index.normalize.currency import last_day
from index.normalize.evidence import Passage, by_board
from index.normalize.text import one_line, read_description
from index.posting import Posting

__all__ = ["NORMALIZER_VERSION", "normalize"]

NORMALIZER_VERSION = 4
"""Raised whenever a rule or table changes what some posting becomes; `gigdex rebuild --normalize` then re-reads."""


def normalize(posting: Posting, day: date | None = None) -> Gig:
    """What one posting says, with evidence for every inferred field.

    `day` is the day of the exchange rates: the posting's `fetched_at` unless given, else `posted_at`, else the last day
    of the table of rates. Fields that need a store (`seq`, `revision`, `first_seen`...) stay None. Never raises.
    """
    title = Passage("title", one_line(posting.title) or "(no title)")
    plain, html = read_description(posting.description) if posting.description else ("", "")
    description = Passage("description", plain)
    evidence: dict[str, list[Evidence]] = {}

    spoken = language.primary(posting.language)
    if spoken is not None:
        evidence["language"] = [by_board("language")]
    else:
        spoken = language.detect(f"{title.low}\n{description.low[: language.READ]}")

    ranking = category.rank(
        title, description, posting.tags, spoken or language.SPOKEN_IN.get(posting.country or ""), posting.board
    )
    found_kind = kind.read_kind(posting, title, description, ranking)
    evidence["kind"] = found_kind.evidence
    if found_kind.goods:
        ranking = category.NONE
    evidence["category"] = ranking.evidence

    places, named_place = _places(posting, title, description, evidence)
    located = bool(posting.location) and any(found.city for found in places)
    found_mode = mode.read_mode(posting, title, description, ranking.best, named_place, found_kind.kind, located)
    evidence["work_mode"] = found_mode.evidence
    if found_mode.mode == "online" and "location" not in {cite.text for cite in evidence.get("places", [])}:
        places = []  # a city in the text of online work is where the client sits
        evidence.pop("places", None)
    eligible = _eligible(posting, title, description, found_mode.mode == "online", places, evidence)
    if found_mode.mode == "online":
        places = [found for found in places if found.city is not None or found.region is not None]

    found_terms = terms.read_terms(title, description, posting.employment_type)
    evidence |= found_terms.evidence
    durations = found_terms.evidence.get("terms.duration_minutes", [])
    context = pay.PayContext(
        board=posting.board,
        country=posting.country or next((found.country for found in places if found.country), None),
        day=day or _day(posting.fetched_at or posting.posted_at),
        trust_text=found_kind.kind == "offer",
        duration_minutes=found_terms.terms.duration_minutes,
        duration_cite=durations[0] if durations else None,
    )
    found_pay, pay_evidence = pay.read_pay(posting, title, description, context)
    evidence |= pay_evidence

    found_risk = risk.read_risk(title, description, talk=found_kind.kind == "other")
    return Gig(
        id=gig_id(posting.board, posting.external_id),
        normalizer_version=NORMALIZER_VERSION,
        kind=found_kind.kind,
        title=title.text,
        description=description.text,
        description_html=html,
        language=spoken,
        organization=one_line(posting.organization) or None if posting.organization else None,
        category=ranking.best,
        categories=ranking.categories,
        work_mode=found_mode.mode,
        places=places,
        eligible=eligible,
        pay=found_pay,
        terms=found_terms.terms,
        risk=found_risk,
        evidence={name: cites for name, cites in evidence.items() if cites},
        sources=[
            Source(
                board=posting.board,
                external_id=posting.external_id,
                url=posting.url,
                organization=posting.organization,
                pay=found_pay.model_copy(),
                posted_at=posting.posted_at,
            )
        ],
        posted_at=posting.posted_at,
        expires_at=posting.expires_at,
    )


def _day(instant: datetime | None) -> date:
    return instant.date() if instant is not None else last_day()


def _places(
    posting: Posting, title: Passage, description: Passage, evidence: dict[str, list[Evidence]]
) -> tuple[list[Place], Evidence | None]:
    """Places of the board's field, else those that the text names; and the evidence of one named by the text."""
    if posting.location:
        places = place.from_location(posting.location, posting.country)
        if places:
            evidence["places"] = [by_board("location")]
        return places, None
    places, cites, firm = place.from_text(title, description, posting.country)
    if not places and posting.country:
        evidence["places"] = [by_board("country")]
        return [Place(text=posting.country, country=posting.country)], None
    if cites:
        evidence["places"] = cites
    return places, cites[0] if firm else None


def _eligible(
    posting: Posting,
    title: Passage,
    description: Passage,
    online: bool,
    places: list[Place],
    evidence: dict[str, list[Evidence]],
) -> Eligible:
    """Who may apply; a board that places online work in a country means people there."""
    eligible, cites = place.eligible(posting.location, title, description)
    if online and not eligible.countries and posting.location:
        countries = [found.country for found in places if found.country is not None]
        eligible.countries = list(dict.fromkeys(countries))
        if countries:
            cites.append(by_board("location"))
    if cites:
        evidence["eligible"] = cites
    return eligible
