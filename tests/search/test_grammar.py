import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.grammar import MAX_WORDS, Parsed, Words, parse


def written(parsed: Parsed) -> str:
    """A query in one notation: alternatives in (), phrases in quotes."""

    def item(words: Words) -> str:
        text = "+".join(words.tokens)
        return f'"{text}"' if words.exact else text

    required = [item(a[0]) if len(a) == 1 else f"({' '.join(map(item, a))})" for a in parsed.required]
    return " ".join([*required, *(f"-{item(words)}" for words in parsed.excluded)])


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("", ""),
        ("dog walking", "dog walking"),
        ('"data entry" remote', '"data+entry" remote'),
        ("“data entry”", '"data+entry"'),
        ('-"data entry" -spam x', 'x -"data+entry" -spam'),
        ("a OR b", "(a b)"),
        ("dog OR cat walking", "(dog cat) walking"),
        ("walking dog OR cat OR pet", "walking (dog cat pet)"),
        ('a OR "b c" d', '(a "b+c") d'),
        ("a or b", "a or b"),
        ("Portland OR", "portland or"),
        ("OR x", "or x"),
        ("a OR -b", "a or -b"),
        ("-a OR b", "or b -a"),
        ("a OR OR b", "(a or) b"),
        ("a OR ((( b", "(a b)"),
        ("full-time R&D", "full+time r+d"),
        ("id:a", "id+a"),
        ("http://x.y/z?q=1", "http+x+y+z+q+1"),
        ('"', ""),
        ('5" pipe', "5 pipe"),
        ('"no end', "no end"),
        ('a "" b', "a b"),
        ("((", ""),
        ("- -- -x ---y", "-x -y"),
        ("C++ -C# .NET", "c++ .net -c#"),
        ("a\0b", "a b"),
        ("cleaning,ironing, 1,000", "cleaning ironing 1+000"),
        ("NOT a AND b", "not a and b"),
    ],
)
def test_reading(q: str, expected: str) -> None:
    assert written(parse(q)) == expected


@given(st.text())
def test_any_text_is_a_query_of_at_most_so_many_words(q: str) -> None:
    parsed = parse(q)
    items = [words for alternatives in parsed.required for words in alternatives] + list(parsed.excluded)
    assert sum(len(words.tokens) for words in items) <= MAX_WORDS
    assert all(alternatives for alternatives in parsed.required)
    assert all(words.tokens for words in items)


def test_what_exceeds_the_limit_is_ignored() -> None:
    few = " ".join(f"w{n}" for n in range(MAX_WORDS))
    assert parse(f"{few} more -less") == parse(few)
    assert parse(f'a "{few} {few}"') == parse(f'a "{" ".join(few.split()[:-1])}"')


item = st.sampled_from(["a", "b", '"c d"', "-e", '-"f g"', "h-i", "OR"])


@given(st.lists(item, max_size=8))
def test_everything_said_is_read_once(items: list[str]) -> None:
    """No word is lost or doubled: what is neither joined nor excluded by a rule is a word."""
    parsed = parse(" ".join(items))
    read = [words for alternatives in parsed.required for words in alternatives]
    joins = sum(len(alternatives) - 1 for alternatives in parsed.required)
    assert len(read) + len(parsed.excluded) == len(items) - joins
    assert len(parsed.excluded) == sum(said.startswith("-") for said in items)


def test_a_cut_among_alternatives_leaves_alternatives() -> None:
    parsed = parse(" OR ".join(f"w{number}" for number in range(50)))
    [alternatives] = parsed.required
    assert len(alternatives) == 32
