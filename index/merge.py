"""One gig of the normalized postings that dedupe put together."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.gig import Gig, Medium, Place, Risk, Signal, Source
from index.store.postings import StoredPosting

RISKS = ("none", "low", "high")


@dataclass(frozen=True)
class Part:
    """One posting of a gig, normalized."""

    gig: Gig
    stored: StoredPosting
    attribution: str | None = None
    sample: bool = False

    @property
    def source(self) -> Source:
        """The posting as the gig lists it. `last_seen` stays empty: it makes no revision."""
        return self.gig.sources[0].model_copy(
            update={
                "pay": self.gig.pay,
                "first_seen": self.stored.first_seen,
                "last_seen": None,
                "status": self.stored.status,
                "attribution": self.attribution,
            }
        )


def merge(gig_id: str, parts: Sequence[Part]) -> Gig:
    """The gig of these parts. The best-paying open posting gives text, pay and evidence and stands first among the
    sources; places and media of payment unite; risk is that of the riskiest posting. The result doesn't depend on the
    order of `parts`.
    """
    ranked = sorted(parts, key=_rank)
    best = ranked[0]
    stored = [part.stored for part in ranked]
    is_open = any(one.status == "open" for one in stored)
    last_closed = max(stored, key=lambda one: (one.closed_at is not None, one.closed_at or one.first_seen, one.key))
    posted = [part.gig.posted_at for part in ranked if part.gig.posted_at]
    expiries = [part.gig.expires_at for part in ranked if not is_open or part.stored.status == "open"]
    return best.gig.model_copy(
        update={
            "id": gig_id,
            "sample": any(part.sample for part in ranked),
            "organization": next((part.gig.organization for part in ranked if part.gig.organization), None),
            "pay": best.gig.pay.model_copy(update={"media": _media(ranked)}),
            "places": _unite([place for part in ranked for place in part.gig.places]),
            "risk": _riskiest(ranked),
            "sources": [part.source for part in ranked],
            "status": "open" if is_open else "closed",
            "closed_reason": None if is_open else last_closed.closed_reason,
            "closed_at": None if is_open else last_closed.closed_at,
            "posted_at": min(posted, default=None),
            # open as long as one posting is: an unknown end of one leaves the gig's end unknown
            "expires_at": None if None in expiries else max(e for e in expiries if e is not None),
            "first_seen": min(one.first_seen for one in stored),
            "last_seen": None,
        }
    )


def _rank(part: Part) -> tuple[bool, float, float, object, tuple[str, str]]:
    pay = part.gig.pay
    return (
        part.stored.status != "open",
        -(pay.hourly_top or 0),
        -(pay.usd_top or 0),
        part.stored.first_seen,
        part.stored.key,
    )


def _media(ranked: Sequence[Part]) -> list[Medium]:
    """Every way in which one of its open postings pays, the best-paying one's first."""
    is_open = any(part.stored.status == "open" for part in ranked)
    its = [part for part in ranked if part.stored.status == "open" or not is_open]
    return list(dict.fromkeys(medium for part in its for medium in part.gig.pay.media))


def _unite(places: Sequence[Place]) -> list[Place]:
    """Each place once, the more precise spelling of the same coordinates or text winning by coming first."""
    found: dict[object, Place] = {}
    for place in places:
        key = (place.lat, place.lon) if place.lat is not None else place.text.casefold()
        found.setdefault(key, place)
    return list(found.values())


def _riskiest(ranked: Sequence[Part]) -> Risk:
    """The worst risk. Signals found in another posting's text keep their words but not the offsets, which cut only
    their own text."""
    best = ranked[0].gig.risk
    worst = max((part.gig.risk for part in ranked), key=lambda risk: (RISKS.index(risk.level), risk.score))
    if (worst.level, worst.score) == (best.level, best.score):
        return best
    signals = [Signal(code=signal.code, text=signal.text, why=signal.why) for signal in worst.signals]
    return worst.model_copy(update={"signals": signals})
