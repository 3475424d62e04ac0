"""What holds for any posting: nothing is raised, quotes are exact, hostile text ends, equal in gives equal out."""

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.gig import Gig
from index.normalize import kind, mode, normalize, pay, place, terms
from index.normalize.cue import Cue, needs, split
from index.normalize.evidence import Passage, lower
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
def test_the_words_of_a_text_never_hide_a_match(cue: Cue) -> None:
    """Texts made from the pattern itself are found by way of their words wherever a plain search finds something."""

    @settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.from_regex(cue.pattern, alphabet=st.characters(max_codepoint=0x7F)))
    def run(text: str) -> None:
        passage = Passage("description", text)
        wanted, found = cue.pattern.search(passage.low), passage.search(cue)
        assert (found is None) == (wanted is None), passage.low
        assert found is None or wanted is None or found.start() == wanted.start()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run()


@pytest.mark.parametrize(
    ("pattern", "needed", "begins"),
    [
        (r"\b(?:fees?|deposits?) of\b", {"fee of", "fees of", "depo of"}, {"fee", "fees", "depo"}),
        (r"\bpay ?pal\b", {"pay pal", "payp"}, {"pay", "payp"}),
        (r"\b(?:\w{1,5} )?parcels?\b", {"parc"}, None),
        (r"^(?:test|testing)(?: post)?$", {"test"}, {"test"}),
        (r"\b[0-9]{1,2} hours\b", {"# hour"}, {"#"}),
        (r"[$€] ?[0-9]{2}", {"#"}, None),
        (r"\bcolou?rs?(?! x)", {"colo"}, {"colo"}),
    ],
)
def test_words_that_a_pattern_needs(pattern: str, needed: set[str], begins: set[str] | None) -> None:
    keys, heads = needs(pattern)
    assert {" ".join(sorted(key)) for key in keys} == {" ".join(sorted(key.split())) for key in needed}
    assert heads == begins


def test_branches_of_a_pattern() -> None:
    assert split(r"\b(?:one|two(?:a|b)|[|])\b") == [r"\b(?:one)\b", r"\b(?:two(?:a|b))\b", r"\b(?:[|])\b"]
    assert split("(?:one|two)?") == ["(?:one|two)?"]
    assert split("one|two") == ["one", "two"]


def test_gold_postings(shared: Path) -> None:
    for line in (shared / "gold" / "postings.ndjson").read_text("utf-8").splitlines():
        gig = normalize(Posting.model_validate(json.loads(line)))
        check_quotes(gig)
