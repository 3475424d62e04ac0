"""Reading, comparing, judging: what makes two texts one gig."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.dedupe.keys import keys_of
from index.dedupe.match import group_postings
from index.dedupe.passages import learn, without_boilerplate
from index.dedupe.read import Number, plain_number, read
from index.dedupe.traits import Traits, pack, traits_of, unpack
from index.dedupe.verdict import judge
from index.normalize import normalize
from index.posting import Posting
from tests.index.conftest import posting
from tests.index.dedupe_pairs import Pair, blind_pairs, pairs

PAIRS = list(pairs())
BLIND = list(blind_pairs())


def traits(one: Posting, **more: object) -> Traits:
    return traits_of(one, normalize(one), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("pair", [pair for pair in PAIRS if not pair.same], ids=lambda pair: pair.name)
def test_two_gigs_are_never_called_one(pair: Pair) -> None:
    assert judge(traits(pair.a), traits(pair.b)).answer != "same"


def test_nearly_all_copies_are_found() -> None:
    copies = [pair for pair in PAIRS if pair.same]
    missed = [pair.name for pair in copies if judge(traits(pair.a), traits(pair.b)).answer != "same"]
    assert len(copies) > 70
    assert len(missed) <= 0.05 * len(copies), missed


def test_pairs_of_a_stranger() -> None:
    """Written before the rules for them, so that what is missed says how much is missed elsewhere (docs/dedupe.md)."""
    found = {pair.name: judge(traits(pair.a), traits(pair.b)).answer == "same" for pair in BLIND}
    assert [pair.name for pair in BLIND if found[pair.name] and not pair.same] == []
    copies = [pair for pair in BLIND if pair.same]
    assert sum(found[pair.name] for pair in copies) >= 0.55 * len(copies)


def test_copies_share_a_key() -> None:
    for pair in PAIRS:
        if pair.same:
            assert set(keys_of(traits(pair.a))) & set(keys_of(traits(pair.b))), pair.name


def test_verdicts_are_symmetric_and_say_why() -> None:
    for pair in PAIRS:
        a, b = traits(pair.a), traits(pair.b)
        assert judge(a, b) == judge(b, a)
        assert judge(a, b).reasons


def test_stored_traits_judge_alike_and_hold_no_words() -> None:
    for pair in PAIRS[::5]:
        a, b = traits(pair.a, key=b"secret"), traits(pair.b, key=b"secret")
        assert unpack(pack(a)) == a
        assert judge(unpack(pack(a)), unpack(pack(b))) == judge(a, b)
        readable = pack(a).decode("latin-1").lower()
        assert not any(word in readable for word in ("family", "hedge", "chestnut", "marlow", "agnes"))
        assert pack(a) != pack(traits(pair.a, key=b"another"))


def test_chunks_of_a_template_are_weak_keys() -> None:
    from index.dedupe.match import ties_of

    notice = "every applicant has to read the rules of this board before any message is sent to anybody at all"
    rows = [
        posting(
            "alpha", str(n), title=WORDS[-n], description=" ".join([*random.Random(n).choices(WORDS, k=40), notice])
        )
        for n in range(200)
    ]
    prints = {("alpha", row.external_id): (traits(row), keys_of(traits(row))) for row in rows}
    assert ties_of(prints).verdicts < 40 * 40


WORDS = ["".join(random.Random(n).choices("abcdefghijklmno", k=8)) for n in range(3_000)]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("we pay $1,200.00 for it", "money", "1200"),
        ("we pay 1.200 euros", "money", "1200"),
        ("at 14 Chestnut Street", "street", "14"),
        ("in der Holzstraße 7", "street", "7"),
        ("au 12 rue des Lices", "street", "12"),
        ("a flat of 85 m2", "size", "85"),
        ("starts 9 am", "time", "9"),
        ("on 14 March", "date", "14"),
        ("about 20 hours", "hours", "20"),
        ("form 48213", "code", "48213"),
        ("4 reasons", "count", "4"),
    ],
)
def test_numbers_are_known_by_what_stands_beside_them(text: str, kind: str, value: str) -> None:
    assert Number(kind, value) in read(text).numbers


@pytest.mark.parametrize(("written", "plain"), [("1,000", "1000"), ("1.000,00", "1000"), ("20.00", "20"), ("007", "7")])
def test_a_number_has_one_spelling(written: str, plain: str) -> None:
    assert plain_number(written) == plain


@settings(deadline=None)  # the first one loads the gazetteer
@given(st.text(max_size=400))
def test_any_text_can_be_read(text: str) -> None:
    one = posting("alpha", "1", description=text.replace("\x00", "") or None)
    its = traits(one)
    assert unpack(pack(its)) == its
    assert judge(its, its).answer in ("same", "unsure")


# --- boilerplate ---

NOTICE = "Always meet in a public place and never send money in advance."


def test_boilerplate_is_what_many_different_titles_share() -> None:
    texts = [(f"Job {number}", f"Do thing number {number} well for us. {NOTICE}") for number in range(30)]
    reposted = [("Paint a fence", "Paint our fence in two colours this week.")] * 30
    learned = learn(texts + reposted, b"")
    assert len(learned) == 1
    assert without_boilerplate(texts[0][1], learned, b"").strip() == "Do thing number 0 well for us."
    assert without_boilerplate(reposted[0][1], learned, b"") == reposted[0][1]


def test_few_postings_teach_nothing() -> None:
    assert learn([(f"Job {number}", NOTICE) for number in range(5)], b"") == frozenset()


# --- bad input ---


def test_ten_thousand_copies_cost_bounded_time_and_make_no_giant() -> None:
    text = PAIRS[0].a.description
    rows = [posting("alpha", str(n), title="Nanny for two boys", description=text) for n in range(3_000)]
    gig = normalize(rows[0])
    started = time.process_time()
    groups, matched = group_postings((row, gig) for row in rows)
    assert time.process_time() - started < 60
    assert matched.capped > 2_900
    assert max(len(group.keys) for group in groups) <= 200


def test_adversarial_near_copies_are_bounded() -> None:
    rng = random.Random(4)
    words = (PAIRS[0].a.description or "").split()
    rows = []
    for number in range(400):
        mine = list(words)
        for _ in range(3):
            mine[rng.randrange(len(mine))] = f"Word{rng.randrange(10_000)}"
        rows.append(posting("alpha", str(number), title="Nanny for two boys", description=" ".join(mine)))
    started = time.process_time()
    groups, matched = group_postings((row, normalize(row)) for row in rows)
    assert time.process_time() - started < 60
    assert matched.verdicts < 400 * 500
    assert max(len(group.keys) for group in groups) <= 200


@pytest.mark.parametrize("text", ["a " * 1_000_000, "<b>" * 600_000, "9" * 2_000_000, "Ab" * 1_000_000, "1 " * 900_000])
def test_huge_texts_take_no_longer(text: str) -> None:
    gig = normalize(posting("alpha", "1")).model_copy(update={"description": text[:50_000]})
    started = time.process_time()
    its = traits_of(posting("alpha", "1"), gig)
    judge(its, its)
    assert time.process_time() - started < 2


def test_chains_of_small_edits_don_t_drift() -> None:
    """Each text is like the next one; the first and the last are not alike at all, and don't end in one gig."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("abcdefghijklmno", k=7)) for _ in range(4_000)]
    words = rng.choices(vocabulary, k=60)
    rows = []
    for number in range(60):
        text = " ".join(words)
        rows.append(posting("alpha", f"{number:03}", title="Odd work", description=text, location="Austin, TX"))
        for _ in range(2):
            words[rng.randrange(len(words))] = rng.choice(vocabulary)
    groups, _ = group_postings((row, normalize(row)) for row in rows)
    gig_of = {key: number for number, group in enumerate(groups) for key in group.keys}
    assert gig_of["alpha", "000"] == gig_of["alpha", "001"]
    assert gig_of["alpha", "000"] != gig_of["alpha", "059"]


# --- what a review found ---

HOUSE_RULES = (
    "We run background checks on everyone who registers. Payment is released when both sides have confirmed that "
    "the work was done. Please keep all messages on this site so that our staff can help you when something goes "
    "wrong. Reviews are published after a week and stay for three years unless the law says otherwise."
)
CAFE = (
    "Our little cafe by the canal looks for somebody friendly who can make a proper flat white, keep the counter "
    "tidy and smile before nine in the morning. We train you on the machine, meals are free and tips are shared "
    "between all of us."
)


def verdict(one: dict[str, object], other: dict[str, object]) -> str:
    traits = []
    for number, data in enumerate((one, other)):
        posting = Posting.model_validate(
            {"board": f"b{number}", "external_id": "1", "url": "https://b.example/1", "description": CAFE} | data
        )
        traits.append(traits_of(posting, normalize(posting)))
    assert judge(*traits) == judge(*reversed(traits))
    return judge(*traits).answer


@pytest.mark.parametrize("title", ["Barista Dallas", "Barista in Paris", "Server, Columbus", "Nounou à Nantes"])
def test_an_ad_has_no_conflict_with_itself(title: str) -> None:
    posting = {"title": title, "location": title.split()[-1]}
    assert verdict(posting, posting) == "same"


@pytest.mark.parametrize("letter", ["\uff9e", "\uff9f", "\u3099", "\u20dd"])
def test_a_lone_mark_is_no_word(letter: str) -> None:
    assert read(f"a {letter} b {letter}{letter} 1").words == ("a", "b", "1")


def test_no_single_character_stops_the_reading() -> None:
    for code in (*range(0x250), *range(0x300, 0x3000, 7), *range(0x3000, 0x3200), *range(0xFE00, 0x10000)):
        if not 0xD800 <= code < 0xE000:
            read(f"{chr(code)} x {chr(code)}1 {chr(code)}{chr(code)}")


def test_a_boards_notice_makes_no_gig_of_many() -> None:
    for one, other in (("Dog walker needed", "Math tutor needed"), ("Now hiring", "Dishwasher")):
        for more in ({}, {"remote": True}):
            titles = [{"title": title, "description": HOUSE_RULES, "board": "b0", **more} for title in (one, other)]
            assert verdict(*titles) != "same"


@pytest.mark.parametrize(("one", "other"), [("Oakland, CA", "Berkeley, CA"), ("Potsdam", "Berlin")])
def test_neighbouring_towns_are_two_towns(one: str, other: str) -> None:
    assert verdict({"title": "Barista", "location": one}, {"title": "Barista", "location": other}) == "unsure"


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [
        ("$20 an hour", "$20 a day", "different"),
        ("$20 an hour", "$5000 a week", "different"),
        ("$20 an hour", "€20 an hour", "different"),
        ("$20 - $30 an hour", "$20 - $300 an hour", "different"),
        ("$20 an hour", "$800 a week", "same"),
        ("$20 an hour", "A$20 an hour", "same"),
        ("$20 an hour", "$20 - $25 an hour", "same"),
    ],
)
def test_pay_that_cannot_be_one(one: str, other: str, answer: str) -> None:
    assert verdict({"title": "Barista", "pay": {"text": one}}, {"title": "Barista", "pay": {"text": other}}) == answer


def test_a_boards_own_number_and_age_of_a_posting_say_nothing() -> None:
    lines = ("Job ID: 123456. Posted 3 days ago.", "Ref: AB-99812. Listed 12 hours ago.")
    one, other = ({"title": "Barista", "location": "Leeds, UK", "description": f"{CAFE} {line}"} for line in lines)
    assert verdict(one, other) == "same"
