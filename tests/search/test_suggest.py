"""Suggestions on every engine: the words of titles, slips of the finger."""

from hypothesis import given
from hypothesis import strategies as st

from index import tokens
from index.suggest import distance
from tests.search.conftest import World


def test_engines_list_the_words_of_titles(world: World) -> None:
    held: dict[str, set[int]] = {}
    for gig in world.gigs:
        for word in tokens.surface([tokens.words(gig.title)]).split():
            held.setdefault(word, set()).add(gig.seq or 0)
    for prefix in {word[:length] for word in held for length in (1, 2, len(word))}:
        listed = world.search.title_words(prefix, 1_000)
        assert set(listed) == {word for word in held if word.startswith(prefix)}
        counts = list(listed.values())
        assert counts == sorted(counts, reverse=True)
    assert world.search.title_words("no-such-word", 10) == {}
    assert len(world.search.title_words(next(iter(held))[0], 1)) == 1


letters = st.text(st.sampled_from("abc"), max_size=7)


@given(letters, letters)
def test_distance_counts_slips(a: str, b: str) -> None:
    assert distance(a, b, 10) == distance(b, a, 10)
    assert (distance(a, b, 10) == 0) == (a == b)
    assert abs(len(a) - len(b)) <= distance(a, b, 10) <= max(len(a), len(b))


@given(letters, letters, st.integers(0, 3))
def test_distance_may_stop_early(a: str, b: str, most: int) -> None:
    exact = distance(a, b, 10)
    assert distance(a, b, most) == exact if exact <= most else distance(a, b, most) > most


@given(letters.filter(lambda text: len(text) > 1), st.integers(0, 5))
def test_one_slip_is_one(a: str, at: int) -> None:
    at %= len(a) - 1
    swapped = a[:at] + a[at + 1] + a[at] + a[at + 2 :]
    assert distance(a, swapped, 3) == (swapped != a)
    assert distance(a, a[:at] + a[at + 1 :], 3) == 1
    assert distance(a, a[:at] + "x" + a[at + 1 :], 3) == 1
