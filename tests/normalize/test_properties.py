"""What holds for any posting: nothing is raised, quotes are exact, hostile text ends, equal in gives equal out."""

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.gig import Gig
from index.normalize import kind, mode, normalize, pay, place, terms
from index.normalize.cue import Cue
from index.normalize.evidence import Passage, lower
from index.normalize.literals import FARTHEST, Literal, read_pattern
from index.normalize.risk import RULES
from index.posting import Posting
from tests.normalize.posting import posting

PHRASES = [
    "$20-30/hr", "Reward: $2 per HIT", "up to €500", "in Boston, MA", "based in London", "remote", "work from home",
    "registration fee of $40", "send me a quote", "500 points", "minimum payout $5", "US residents only", "18+",
    "İstanbul",
    "~15 minutes", "<b>bold</b>", "&amp;amp;", "2 years experience", "own car", "ﬁve", "𝟓𝟎 USD", "ß", "\u202e", "nanny",
]  # fmt: skip


def check_quotes(gig: Gig) -> None:
    quotes = [cite for cites in gig.evidence.values() for cite in cites]
    for cite in quotes:
        if cite.source == "board":
            assert cite.start is None
            continue
        assert cite.start is not None
        text = gig.title if cite.source == "title" else gig.description
        assert cite.text
        assert text[cite.start : cite.end] == cite.text
    for signal in gig.risk.signals:
        assert signal.text in {gig.title[signal.start : signal.end], gig.description[signal.start : signal.end]}


words = st.lists(st.sampled_from(PHRASES) | st.text(max_size=12), max_size=12).map(" ".join)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=words, description=words, field=words, location=words)
def test_any_words(title: str, description: str, field: str, location: str) -> None:
    gig = normalize(posting(title.strip() or "x", description, pay={"text": field}, location=location))
    check_quotes(gig)
    assert gig.model_dump_json()


@given(st.text())
def test_lower_case_keeps_offsets(text: str) -> None:
    assert len(lower(text)) == len(text)


HOSTILE = {
    "spaces": " " * 300_000,
    "digits": "9" * 300_000,
    "numbers": "1 " * 150_000,
    "thousands": "1 111" * 60_000,
    "dollars": "$" * 300_000,
    "amounts": "$5 " * 100_000,
    "ranges": "$5-" * 100_000,
    "letters": "a" * 300_000,
    "capitals": "in A" * 75_000,
    "negations": "no " * 100_000,
    "fees": "you must pay " * 25_000,
    "receive": "receive " * 40_000,
    "tags": "<" * 300_000,
    "nested": "<div>" * 60_000,
    "misnested": "<font color=a><p>" * 20_000,
    "links": '<a href="' * 40_000,
    "scripts": "<script>" * 40_000,
    "entities": "&amp;" * 60_000,
    "mojibake": "Ã©" * 100_000,
    "commas": "," * 300_000,
    "lines": "\n" * 300_000,
    "questions": "what " * 60_000,
    "quotes": "\"'" * 150_000,
    "minutes": "takes about 5 " * 25_000,
    "words of money": "twenty or thirty hundred and forty dollars an hour " * 6_000,
    "thresholds": "payout when you reach " * 15_000,
    "media": "cash or check or bank transfer via paypal " * 8_000,
    "contracts": "employee or contractor on a 1099 " * 10_000,
    "signs": "like and follow and share my verified account open a new account " * 5_000,
    "blanks": "1 000 " * 50_000,
    "listing": "| remote | full-time " * 15_000,
    "two megabytes": "paid work in London, $20 an hour. " * 58_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_ends(name: str) -> None:
    text = HOSTILE[name]
    gig = normalize(
        posting(text[:2_000].strip() or "x", text[:2_000_000], location=text[:2_000], pay={"text": text[:2_000]})
    )
    check_quotes(gig)


def test_pure() -> None:
    one = posting("Dog walker in Boston", "I pay $20 an hour.")
    assert normalize(one) == normalize(one.model_copy(deep=True))


def _cues() -> list[Cue]:
    found = [rule.cue for rule in RULES]
    for module in (kind, mode, pay, place, terms):
        for value in vars(module).values():
            for item in value if isinstance(value, tuple) else (value,):
                cue = item[1] if isinstance(item, tuple) else item
                if isinstance(cue, Cue):
                    found.append(cue)
    return found


@pytest.mark.parametrize("cue", _cues(), ids=lambda cue: cue.source[:40])
def test_literals_never_hide_a_match(cue: Cue) -> None:
    """In texts made from the pattern itself a passage finds, by way of literals, all that a plain search finds."""
    alike = st.from_regex(cue.pattern, alphabet=st.characters(max_codepoint=0x7F))

    @settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(alike, max_size=2), st.integers(1, 60))
    def run(texts: list[str], until: int) -> None:
        passage = Passage("description", " ".join(texts))
        for end in (len(passage.low), until):
            wanted = [match.span() for match in cue.pattern.finditer(passage.low, 0, end)]
            assert [match.span() for match in passage.finditer(cue, end)] == wanted, passage.low
            first = passage.search(cue, end)
            assert (first.span() if first is not None else None) == (wanted[0] if wanted else None), passage.low

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run()


@pytest.mark.parametrize("cue", _cues(), ids=lambda cue: cue.source[:40])
def test_time_is_linear(cue: Cue) -> None:
    """A pattern reads at most `longest` characters from a place, and a literal sends it to at most FARTHEST places."""
    reading = read_pattern(cue.source)
    assert reading.longest <= 400, "an unbounded repetition takes quadratic time: write {0,6} instead of *"
    assert all(literal.far <= FARTHEST for literal in reading.literals)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\b(?:fees?|deposits?) of\b", {(text, 0, 0) for text in ("fee of", "fees of", "deposit of", "deposits o")}),
        (r"\bpay ?pal\b", {("pay pal", 0, 0), ("paypal", 0, 0)}),
        (r"\b(?:\w{1,5} )?parcels?\b", {("parcel", 0, 6)}),
        (r"\b(?:quick|one \w{1,4} parcel)\b", {("quick", 0, 0), (" parcel", 5, 8)}),
        (r"\b[0-9]{1,2} hours\b", {(" hours", 1, 2)}),
        (r"years(?: \w{1,9}){0,2} exp", {("years ", 0, 0)}),
        (r"[$€] ?[56]{3}", {(f"{sign}{digit}", 0, 0) for sign in ("$", "$ ", "€", "€ ") for digit in "56"}),
        (r"\b(?:a|b|c)(?!x)(?<=c)\w", {("a", 0, 0), ("b", 0, 0), ("c", 0, 0)}),
        (r"\w+ (?:parcel)?", set()),
        (r"[^a]b*", set()),
    ],
)
def test_literals_of_a_pattern(pattern: str, literals: set[tuple[str, int, int]]) -> None:
    assert {tuple(literal) for literal in read_pattern(pattern).literals} == literals


def test_a_pattern_is_read() -> None:
    assert read_pattern("^(?:one|two){1,3}") == ((), True, False, 9)
    assert not read_pattern("^one|two").anchored
    assert read_pattern(r"\bone\b").bounded
    assert read_pattern("a{2}") == ((Literal("a", 0, 0),), False, False, 2)
    with pytest.raises(ValueError, match="flags"):
        read_pattern("(?i)one")
    with pytest.raises(ValueError, match="everywhere"):
        Cue(r"\w{1,5}")


def test_gold_postings(shared: Path) -> None:
    for line in (shared / "gold" / "postings.ndjson").read_text("utf-8").splitlines():
        gig = normalize(Posting.model_validate(json.loads(line)))
        check_quotes(gig)
