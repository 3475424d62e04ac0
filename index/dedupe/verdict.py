"""Whether two postings are one gig: same, different, or unsure, with a score and reasons in words.

Rules, not weights fitted to examples: each says what a careful reader would say. Precision comes first. What speaks
against decides before what speaks for, and who is unsure merges nothing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.dedupe.read import NUMBER_KINDS
from index.dedupe.traits import Money, Spot, Traits, shingles, vocabulary

VERSION = 3
"""Raised whenever a rule changes what some pair is."""

NEAR_KM = 30.0
"""Two names of one metropolitan area are no further apart: towns of other names within it are no proof of two gigs, and
none of one."""
PAY_TOLERANCE = 0.03
"""Between two currencies, whose rates differ from day to day."""

HOURS = {"hour": 1, "day": 8, "week": 40, "month": 170, "year": 2_000}
HOURS_TOLERANCE = 0.5
"""A week is paid for twenty hours or for forty."""
MOST_APART = 2.0
"""Of a range of which one end agrees, how many times the other end may be."""
ONE_SIGN = (
    frozenset({"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "ARS", "CLP", "COP"}),
    frozenset({"SEK", "NOK", "DKK", "ISK", "CZK"}),
    frozenset({"JPY", "CNY"}),
    frozenset({"INR", "PKR", "LKR", "NPR"}),
)
"""Currencies that are written with one sign: $, kr, ¥, Rs."""

DRIFTED = 0.3
EQUAL_TEXT = 0.95
CLOSE_TEXT = 0.8
LIKE_TEXT = 0.5
"""Of the shingles of both, how many both have (Jaccard)."""
HELD = 0.9
"""Of the shingles of the shorter one, how many the longer one has, from which on one text is the other with more."""
INSIDE = 0.75
LONG = 40
"""Shingles from which on an equal text is no coincidence, whatever the title says."""
SLOT = 5
"""Words at most that fill one place of a sentence."""
SLOTS = 6
"""Places in which two texts of one template differ at most; with more, one was reworded."""
FEW = 2
"""With more, a word of the sentence that is the same may be so by chance."""
EDGE = -1
"""Stands before the first word and after the last."""
ANCHORS = 3
"""Names and numbers in common from which on two texts speak of one thing."""
DECIDING = frozenset(NUMBER_KINDS.index(kind) for kind in ("street", "size", "time", "date", "age", "hours", "code"))
"""Kinds of numbers that make another gig when each side has one of its own. Money is looked at by itself, and a small
count ("4 reasons") is often edited."""
PLACING = frozenset(NUMBER_KINDS.index(kind) for kind in ("street", "date", "time"))
UNCERTAIN = tuple(NUMBER_KINDS.index(kind) for kind in ("code", "count"))
MONEY = NUMBER_KINDS.index("money")

Answer = Literal["same", "different", "unsure"]


@dataclass(frozen=True, slots=True)
class Verdict:
    answer: Answer
    score: float
    """How alike the texts are, 0 to 1."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """How alike two texts are."""

    jaccard: float
    held: float
    shorter: int
    """Shingles of the shorter one."""


def compare_texts(a: Traits, b: Traits) -> Texts:
    one, other = shingles(a), shingles(b)
    common = len(one & other)
    shorter = min(len(one), len(other))
    union = len(one) + len(other) - common
    return Texts(common / union if union else 0.0, common / shorter if shorter else 0.0, shorter)


def judge(a: Traits, b: Traits) -> Verdict:
    """The verdict on two postings. Symmetric, pure."""
    if against := next(conflicts(a, b), None):
        return Verdict("different", 0.0, (against,))
    texts = compare_texts(a, b)
    score = round(texts.jaccard, 3)
    if a.is_short or b.is_short:
        return _judge_short(a, b, score)
    title, place, poster = _titles(a, b), _places(a, b), _same_poster(a, b)
    anchors = len(a.names & b.names) + len(a.numbers & b.numbers)
    reasons = (f"text {texts.jaccard:.2f}", title, f"place {place}", *([poster] if poster else []))
    equal = texts.jaccard >= EQUAL_TEXT or (texts.jaccard >= LIKE_TEXT and texts.held >= 0.99)
    close = equal or texts.jaccard >= CLOSE_TEXT or (texts.jaccard >= LIKE_TEXT and texts.held >= HELD)

    if place == "elsewhere" and not close:
        return Verdict("unsure", score, (*reasons, "online work under other towns needs a closer text"))
    if place == "nearby" and not (a.mode == b.mode == "online"):
        return Verdict("unsure", score, (*reasons, "towns of other names, close to each other"))
    if place == "one-sided" and not (poster or equal):
        return Verdict("unsure", score, (*reasons, "only one names a place"))
    if poster and (texts.jaccard >= EQUAL_TEXT or a.board == b.board) and _unsaid(a, b):
        return Verdict("unsure", score, (*reasons, "the same poster gave them two titles"))
    if doubt := _doubt(a, b, title):
        return Verdict("unsure", score, (*reasons, doubt))
    if not (close and title == "same title") and _one_pay_of_several(a, b):
        return Verdict("unsure", score, (*reasons, "only one names the pay of the other"))
    if title == "other title":
        online = a.mode == b.mode == "online"
        # A text that names neither work is a notice of the board, not what is wanted.
        spoken = not (a.title.isdisjoint(a.words) and b.title.isdisjoint(b.words))
        unplaced = place == "none" or (online and place != "one-sided")
        # Where the text says all of one title, the other is another board's word for it.
        said = any(one.title and one.title <= frozenset(one.words) for one in (a, b))
        elsewhere = place == "same" and a.board != b.board and said
        agreed = equal and texts.shorter >= LONG and spoken and (unplaced or elsewhere)
        return Verdict("same" if agreed else "unsure", score, reasons)
    if close:
        return Verdict("same", score, reasons)
    if texts.jaccard >= LIKE_TEXT and a.title & b.title and a.board == b.board and _nothing_alone(a, b):
        return Verdict("same", score, (*reasons, "neither names or counts what the other doesn't"))
    known = place == "same" or poster or anchors >= ANCHORS
    if texts.jaccard >= LIKE_TEXT and title == "same title" and known:
        return Verdict("same", score, (*reasons, f"{anchors} names and numbers in common"))
    if (
        texts.held >= INSIDE
        and title == "same title"
        and a.title & b.title
        and known
        and len(a.names & b.names) >= ANCHORS
    ):
        return Verdict("same", score, (*reasons, f"{texts.held:.2f} of the shorter text is in the longer one"))
    return Verdict("unsure", score, reasons)


def apart(a: Traits, b: Traits) -> bool:
    """Whether the two can't be in one gig even where others tie them together: they conflict, or are two by what they
    say of themselves, or the texts have drifted apart over a chain of small edits."""
    if next(conflicts(a, b), None):
        return True
    if a.is_short or b.is_short:
        return False
    if _perhaps_two(a, b, _titles(a, b)):
        return True
    if _same_poster(a, b):
        return False
    texts = compare_texts(a, b)
    return texts.jaccard < DRIFTED and texts.held < INSIDE


def says_the_same(before: Traits | None, after: Traits) -> bool:
    """Whether two texts say mostly the same, such as one before and after it was changed; yes if nobody knows what it
    said before."""
    if before is None:
        return True
    texts = compare_texts(before, after)
    return texts.jaccard >= LIKE_TEXT or texts.held >= INSIDE


def other_work(a: Traits, b: Traits) -> bool:
    """Whether two postings with one link are two gigs all the same: they conflict and say other things, so that the
    link is a form or a page of many jobs."""
    if next(conflicts(a, b), None) is None:
        return False
    if a.is_short or b.is_short:
        return bool(a.title and b.title) and a.title.isdisjoint(b.title)
    return not says_the_same(a, b)


def _judge_short(a: Traits, b: Traits, score: float) -> Verdict:
    """A title and a price are one gig only when the same poster says the same of the same place."""
    poster, place = _same_poster(a, b), _places(a, b)
    reasons = ("short text", *([poster] if poster else ["poster unknown"]), f"place {place}")
    equal = a.title == b.title and a.title_numbers == b.title_numbers and bool(a.title) and set(a.words) == set(b.words)
    if not equal:
        return Verdict("unsure", score, (*reasons, "words differ"))
    if poster and place in ("same", "none") and a.pay == b.pay:
        return Verdict("same", score, (*reasons, "same words, same pay"))
    return Verdict("unsure", score, reasons)


def conflicts(a: Traits, b: Traits) -> Iterator[str]:
    """What makes them two gigs, whatever else they share, the cheapest to see first; nothing when nothing does."""
    if a.title_numbers and b.title_numbers and not (a.title_numbers & b.title_numbers):
        yield "another number in the title"
    if reason := _pay_differs(a, b):
        yield reason
    if _places(a, b) == "elsewhere" and not (a.mode == b.mode == "online"):
        yield "another place"
    for kind in sorted(_kinds_alone(a, b) & _kinds_alone(b, a) & DECIDING):
        yield f"another {NUMBER_KINDS[kind]} number"
    words_a, words_b = vocabulary(a), vocabulary(b)
    if _other_organization(a, b):
        yield "another organization"
    if a.towns - words_b and b.towns - words_a and not (a.mode == b.mode == "online"):
        yield "other towns"
    elif _other_names(a, b, words_a, words_b):
        yield "other names in the same sentence"


def _one_names_the_other(a: Traits, b: Traits) -> bool:
    """Whether one says the whole name of the other's organization."""
    return a.organization <= vocabulary(b) or b.organization <= vocabulary(a)


def _other_organization(a: Traits, b: Traits) -> bool:
    """Whether the name of neither is part of the other's, and neither text names the other: a template of job ads is
    used by many, and an agency that posts for somebody says for whom."""
    one, other = a.organization, b.organization
    if not one or not other or one <= other or other <= one or a.contacts & b.contacts:
        return False
    return not _one_names_the_other(a, b)


def _other_names(a: Traits, b: Traits, words_a: frozenset[int], words_b: frozenset[int]) -> bool:
    """Whether the texts put names of their own in one place of a sentence: "at Nada is hiring", "at Boca is hiring".

    A place of a sentence is known by the words around it: by one of them where both sides say a name there, by both
    where one side does.
    """
    if a.names <= words_b and b.names <= words_a:
        return False
    before: dict[int, list[tuple[int, bool]]] = {}
    after: dict[int, list[tuple[int, bool]]] = {}
    for left, right, named in _runs(a, words_b, a.names):
        before.setdefault(left, []).append((right, named))
        after.setdefault(right, []).append((left, named))
    for left, right, named in _runs(b, words_a, b.names):
        for its_right, its_named in before.get(left, ()):
            if (named and its_named) or ((named or its_named) and right == its_right):
                return True
        if named and any(its_named for _, its_named in after.get(right, ())):
            return True
    return False


def _other_facts(a: Traits, b: Traits) -> bool:
    """Whether the texts put other words of those that say which one is meant into one place of a sentence: "on Monday",
    "on Thursday"; "a dishwasher", "a bartender". Both of the words around must be the same, or one and little else may
    differ."""
    words_a, words_b = vocabulary(a), vocabulary(b)
    if a.facts <= words_b or b.facts <= words_a:
        return False
    mine, theirs = list(_runs(a, words_b, a.facts)), list(_runs(b, words_a, b.facts))
    differing = max(len(mine), len(theirs))
    if differing > SLOTS:
        return False
    for left, right, fact in mine:
        for its_left, its_right, its_fact in theirs:
            same = (left == its_left != EDGE) + (right == its_right != EDGE)
            if fact and its_fact and (same == 2 or (same and differing <= FEW)):
                return True
    return False


def _unsaid(a: Traits, b: Traits) -> bool:
    """Whether one title has a word that the other posting doesn't say at all."""
    return bool(a.title - vocabulary(b) or b.title - vocabulary(a))


def _runs(traits: Traits, known: frozenset[int], names: frozenset[int]) -> Iterator[tuple[int, int, bool]]:
    """(word before, word after, whether one of `names` is in it) of each run of words that the other side doesn't
    say."""
    words = traits.words
    start = -1
    named = False
    for number, word in enumerate((*words, EDGE)):
        if word != EDGE and word not in known:
            if start < 0:
                start, named = number, False
            named = named or word in names
        elif start >= 0:
            if number - start <= SLOT:
                yield words[start - 1] if start else EDGE, word, named
            start = -1


def _perhaps_two(a: Traits, b: Traits, title: str) -> str | None:
    """What speaks for two gigs so much that even a third posting, like both, doesn't make them one."""
    if title != "other title" and (a.ranks - b.ranks - vocabulary(b) or b.ranks - a.ranks - vocabulary(a)):
        return "another rank in the title"
    if a.contacts and b.contacts and not a.contacts & b.contacts:
        return "other contacts"
    one, other = a.organization, b.organization
    if one and other and one != other and not _one_names_the_other(a, b):
        return "the organizations may be two"
    if _other_facts(a, b):
        return "other words for what is wanted in the same sentence"
    return None


def _doubt(a: Traits, b: Traits, title: str) -> str | None:
    """What is no proof of two gigs, and too much to merge them."""
    if reason := _perhaps_two(a, b, title):
        return reason
    names = a.names - vocabulary(b), b.names - vocabulary(a)
    if title == "like title" and any(names):
        return "only one has some of the names, and the titles differ"
    if all(names):
        alone_a, alone_b = _kinds_alone(a, b), _kinds_alone(b, a)
        if (MONEY in alone_a and MONEY in alone_b) or (alone_a | alone_b) & PLACING:
            return "both have names and numbers of their own"
    return None


def _nothing_alone(a: Traits, b: Traits) -> bool:
    """Whether neither names or counts anything that the other doesn't."""
    return a.names <= vocabulary(b) and b.names <= vocabulary(a) and not (_kinds_alone(a, b) | _kinds_alone(b, a))


def _kinds_alone(a: Traits, b: Traits) -> set[int]:
    """Kinds of which `a` has numbers that `b` doesn't have, neither as that kind nor as a number of no certain kind."""
    return {kind for kind, value in a.numbers if not any((k, value) in b.numbers for k in (kind, *UNCERTAIN))}


def _pay_differs(a: Traits, b: Traits) -> str | None:
    """Pay of the same unit differs unless one end of the ranges agrees, or one mentions the other's amount as well
    ("cooks $18, at night $20"); pay by different times when an hour of both is not worth the same, roughly."""
    if a.pay is None or b.pay is None or not a.pay.unit or not b.pay.unit:
        return None
    if a.pay.unit != b.pay.unit:
        return None if _hours_agree(a.pay, b.pay) else "another pay"
    if _pay_agrees(a.pay, b.pay) or _says(a, b.pay) or _says(b, a.pay):
        return None
    return "another pay"


def _one_pay_of_several(a: Traits, b: Traits) -> bool:
    """Whether the pay of one is among several that the other mentions, and not the other way round."""
    if a.pay is None or b.pay is None or a.pay.unit != b.pay.unit or _pay_agrees(a.pay, b.pay):
        return False
    return _says(a, b.pay) != _says(b, a.pay)


def _says(a: Traits, pay: Money) -> bool:
    """Whether a text mentions an amount of that pay as money."""
    return any((MONEY, amount) in a.numbers for amount in pay.amounts)


def _hours_agree(a: Money, b: Money) -> bool:
    """Whether pay by different units may be one: unknown where one isn't by time."""
    hours_a, hours_b = HOURS.get(a.unit), HOURS.get(b.unit)
    if hours_a is None or hours_b is None or a.usd is None or b.usd is None:
        return True
    return math.isclose(a.usd / hours_a, b.usd / hours_b, rel_tol=HOURS_TOLERANCE)


def _pay_agrees(a: Money, b: Money) -> bool:
    if a.currency != b.currency:
        if a.amounts == b.amounts and any(a.currency in sign and b.currency in sign for sign in ONE_SIGN):
            return True  # a sign that several currencies have is read by the country
        if a.usd is None or b.usd is None:
            return not a.currency or not b.currency
        return math.isclose(a.usd, b.usd, rel_tol=PAY_TOLERANCE)
    ends = [(x, y) for x, y in ((a.low, b.low), (a.high, b.high)) if x is not None and y is not None]
    close = [max(x, y) <= MOST_APART * min(x, y) for x, y in ends]
    return not ends or (any(math.isclose(x, y) for x, y in ends) and all(close))


def _titles(a: Traits, b: Traits) -> str:
    """same title (one has all words of the other), like title (what one says alone the other says in its text) or
    other title."""
    if bool(a.title) != bool(b.title):  # "Now hiring" is any work; the text must say that of the other title
        one = a if a.title else b
        return "other title" if one.title.isdisjoint(one.words) else "like title"
    if a.title <= b.title or b.title <= a.title:
        return "same title"
    only_a, only_b = a.title - b.title, b.title - a.title
    return "other title" if only_a - frozenset(b.words) and only_b - frozenset(a.words) else "like title"


def _same_poster(a: Traits, b: Traits) -> str | None:
    if a.contacts & b.contacts:
        return "same contact"
    if a.organization and a.organization == b.organization:
        return "same organization"
    return None


def _places(a: Traits, b: Traits) -> str:
    """same, nearby, elsewhere, one-sided or none."""
    if not a.places and not b.places:
        if a.towns == b.towns:
            return "none"
        return "none" if a.towns & b.towns else "one-sided"
    if not a.places or not b.places:
        one, other = (a, b) if a.places else (b, a)
        said = any(spot.words and vocabulary(other).issuperset(spot.words) for spot in one.places)
        return "same" if said else "one-sided"
    verdicts = {_near(one, other) for one in a.places for other in b.places}
    return next(verdict for verdict in ("same", "nearby", "one-sided", "elsewhere") if verdict in verdicts)


def _near(a: Spot, b: Spot) -> str:
    """One-sided where one is only the country or state that the other lies in."""
    if a.country and b.country and a.country != b.country:
        return "elsewhere"
    if a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None:
        if _kilometres(a.lat, a.lon, b.lat, b.lon) > NEAR_KM:
            return "elsewhere"
        return "same" if a.name == b.name or not (a.is_town and b.is_town) else "nearby"
    if a.name == b.name:
        return "same"
    if (not a.country or not b.country) and not set(a.words).isdisjoint(b.words):
        return "same"  # "80634 Munich" and "Munich": one is as written, and nobody knows it
    if a.is_town and b.is_town:
        return "elsewhere"
    return "elsewhere" if a.region and b.region and a.region != b.region else "one-sided"


def _kilometres(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Good enough over the few kilometres that matter."""
    x = math.radians(other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return 6371 * math.hypot(x, math.radians(other_lat - lat))
