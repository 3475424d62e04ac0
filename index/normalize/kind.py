"""Offer or not: paid work offered, somebody seeking work, or something else (talk, goods, adverts of own services)."""

import re
from dataclasses import dataclass

from index.gig import Evidence, Kind
from index.normalize import habits
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, by_board
from index.posting import Posting

_LABEL = re.compile(
    r"[\[(<{] ?(?P<name>hiring|hire|task|job|paid|for hire|forhire|seeking work|offer|looking for work|available|"
    r"discussion|"
    r"meta|mod post|question|psa|testimonial|guide|review|success|rant|warning|scam|update|tips?|payment proof|"
    r"proof) ?[\])>}]"
)
_LABEL_KIND: dict[str, Kind] = {
    "hiring": "offer", "hire": "offer", "task": "offer", "job": "offer", "paid": "offer",
    "for hire": "seeking_work", "forhire": "seeking_work", "seeking work": "seeking_work", "offer": "seeking_work",
    "looking for work": "seeking_work", "available": "seeking_work",
    "discussion": "other", "meta": "other", "mod post": "other", "question": "other", "psa": "other",
    "testimonial": "other",
    "guide": "other", "review": "other", "success": "other", "rant": "other", "warning": "other", "scam": "other",
    "update": "other", "tip": "other", "tips": "other", "payment proof": "other", "proof": "other",
}  # fmt: skip

_OFFERS = Cue(
    r"\b(?:(?:is|are|now|we're|currently|urgently) (?:hiring|recruiting|looking for|seeking|searching for|"
    r"in need of)|hiring|"
    r"wanted|needed|required|(?:looking|searching) for (?:an? |some |someone|somebody|people|experienced|local|"
    r"talented|the )|"
    r"seek(?:ing|s) (?:an? |experienced|someone|talented|skilled|motivated)|(?:i|we) (?:am |are )?(?:need|require|"
    r"seek|want|"
    r"would like)(?:s|ing)? (?:an? |some |someone|somebody|help|you|to hire|my|our)|need(?:s|ing)? (?:an? |some |"
    r"someone|"
    r"somebody|help)|in need of|help (?:me|us|needed|wanted|with)|join our team|join us|apply (?:now|here|today|at)|"
    r"to apply|"
    r"send (?:us |me )?(?:your|a) (?:resume|cv|portfolio|quote|r[ée]sum[ée])|job description|responsibilities|"
    r"position (?:available|open)|job opening|vacancy|vacancies|casting|open positions?|reward|get paid|earn |"
    r"paid study|"
    r"participants|paid gig|will pay|compensation|opening for|looking to hire)",
)
_SEEKS = Cue(
    r"\b(?:(?:i am|i'm|im) (?:\w{1,12} ){0,3}(?:looking for|seeking|searching for|in search of|available for|open to) "
    r"(?:\w{1,12} ){0,4}(?:work|job|jobs|gigs?|employment|clients|position|projects|opportunit(?:y|ies)|families|"
    r"family)|"
    r"(?:looking|searching) for (?:\w{1,12} ){0,2}(?:work|a job|jobs|employment|gigs|new clients|clients)\b|seeking "
    r"(?:\w{1,12} ){0,2}(?:work|employment|position|job)\b|available for (?:work|hire|gigs|babysitting|freelance)|"
    r"(?:need|want) (?:a job|work|employment)\b|hire me|will work for|my (?:cv|resume|portfolio) is|(?:i have|with) "
    r"[0-9]{1,2}\+? years(?: of)? experience(?: \w{1,12}){0,6} (?:and|looking|available|i can)|i(?:'m| am) (?:an? )"
    r"(?:\w{1,14} ){0,3}(?:with|who) (?:[0-9]{1,2}|years|over)|i can (?:do|help you|design|build|write|make|clean|"
    r"fix|offer)|"
    r"i will (?:do|design|write|clean|fix|build|make|create|mow|babysit|watch) )",
)
_ADVERTISES = Cue(
    r"\b(?:(?:my|our) (?:\w{1,12} )?(?:services?|rates|prices) (?:are|is|include|start)|we offer (?:\w{1,12} ){0,3}"
    r"(?:services?|cleaning|repairs?|lessons|classes|training courses)|(?:i|we) (?:offer|"
    r"provide) (?:\w{1,12} ){0,4}services?|"
    r"free (?:estimates?|quotes?|consultations?)|call (?:now|today|us today|us now)|licen[cs]ed (?:and|&) insured|"
    r"fully insured|"
    r"(?:affordable|cheap|low|best|reasonable|great) (?:rates?|prices?|services?)|satisfaction guaranteed|"
    r"new clients|book (?:now|online|today|your)|(?:[0-9]{1,2}%|[$€£][0-9]{1,4}) (?:off|discount)|\w{3,16} "
    r"(?:and \w{3,16} )?services?(?:$| \(| -|,| call| in )|(?:my|our) home or yours|openings? available|"
    r"(?:infant|toddler|daycare|preschool|enrol?lment|\w{2,10}) openings? ?$|open schedule|save (?:up to )?[$€£0-9]|"
    r"special offer|limited time)",
)
_GOODS = Cue(
    r"\b(?:for sale|for rent|to rent|to let|sublet|sublease|roommate|room mate|flatmate|housemate|(?:[1-9]|one|two|"
    r"three|four)"
    r" ?-?(?:br|bed|beds|bedrooms?|bdrm|bath)\b|studio (?:apartment|flat|apt|furnished)|(?:furnished|cozy|beautiful|"
    r"charming|"
    r"spacious|bright|sunny|lovely|nice|great|luxury) (?:and \w{1,12} )?(?:\w{1,10} )?(?:room|apartment|apt|flat|house|"
    r"home|loft|condo|atelier|studio|duplex)\b|apartment (?:in|for|near|at)|flat (?:in|to|for|near)|(?:includes?|"
    r"incl) (?:all )?"
    r"utilities|square feet|sq ?ft|obo\b|brand new in box|mint condition|gently used|like new|vintage \w|antique \w|"
    r"selling (?:my|a|an)|[0-9]{2,5} ?[€$£]? ?(?:/|per|a) ?month\b(?=.{0,60}(?:studio|room|flat|apartment|house|"
    r"garden))|"
    r"reduced price|price (?:is )?firm|garage sale|free to a good home)",
)
_TALKS = Cue(
    r"(?:^(?:what|how|why|which|when|where|who|does|do|is|are|has|have|can|should|any|anyone|did|would|"
    r"could)\b[^?\n]{3,200}\?|"
    r"^(?:new to|psa|reminder|quick reminder|discussion|question|weekly|daily|monthly thread|test\b|warning|beware|"
    r"scam|"
    r"just wanted to|i just|my experience|update|thank|thanks)|\b(?:(?:april|may|june|july|august|january|february|"
    r"march|"
    r"september|october|november|december|monthly|weekly) (?:results|earnings|thread|totals)|what do you (?:guys|"
    r"all) think|"
    r"payment (?:failed|proof|pending)|any (?:recommendations|suggestions|advice)|please ignore|recommendations for|"
    r"are there any (?:sites|apps)|has anyone|does anyone|anyone else|my (?:results|earnings|account (?:was|got)|"
    r"first payment)|"
    r"got (?:banned|my payment)|what it is and how))",
)
READ = 1_000
"""Characters of a description in which its kind shows."""


@dataclass(frozen=True, slots=True)
class KindFound:
    """`goods`: things or homes for sale or rent, so that no category of work applies."""

    kind: Kind
    evidence: list[Evidence]
    goods: bool = False


def read_kind(posting: Posting, title: Passage, description: Passage, category_score: float) -> KindFound:
    """Kind of a posting: a label in the title decides; then the board's form; then what title and text sound like.

    A title alone that neither names work nor asks for anybody is no offer.
    """
    label = _LABEL.search(title.low)
    if label is not None:
        kind = _LABEL_KIND[label.group("name")]
        if kind == "offer" and "please ignore" in title.low:
            kind = "other"
        return KindFound(kind, [title.cite(*label.span())])
    if posting.board in habits.TASK_BOARDS:
        return KindFound("offer", [by_board("board")])
    if (found := _by_title(title)) is not None:
        return found
    if description.text:
        return _by_description(posting, description)
    return KindFound("offer" if category_score > 0 or posting.pay is not None else "other", [])


def _by_title(title: Passage) -> KindFound | None:
    offer = _OFFERS.search(title.low)
    seeks = _SEEKS.search(title.low)
    if seeks is not None:
        return KindFound("seeking_work", [title.cite(*seeks.span())])
    talks = _TALKS.search(title.low)
    if talks is not None and offer is None:
        return KindFound("other", [title.cite(*talks.span())])
    if offer is not None:
        return KindFound("offer", [title.cite(*offer.span())])
    for cue in (_GOODS, _ADVERTISES):
        match = cue.search(title.low)
        if match is not None:
            return KindFound("other", [title.cite(*match.span())], goods=cue is _GOODS)
    return None


def _by_description(posting: Posting, description: Passage) -> KindFound:
    """Whatever stands first: an offer's own words, or signs of something else. With a pay field it is an offer."""
    opening = description.low[:READ]
    offer = _OFFERS.search(opening)
    if posting.pay is None:
        for cue in (_SEEKS, _ADVERTISES, _GOODS, _TALKS):
            match = cue.search(opening)
            if match is not None and (offer is None or match.start() < offer.start()):
                cite = description.cite(*match.span())
                return KindFound("seeking_work" if cue is _SEEKS else "other", [cite], goods=cue is _GOODS)
    return KindFound("offer", [description.cite(*offer.span())] if offer is not None else [])
