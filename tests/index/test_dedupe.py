"""Canonical links and groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.dedupe import Node, canonical_link
from index.dedupe import group as group_nodes


def group(links):
    """Groups of postings by their links alone."""
    return group_nodes({key: Node(its) for key, its in links.items()})[0]


@pytest.mark.parametrize(
    "other",
    [
        "http://jobs.example/a/7?x=1&b=2",
        "https://www.jobs.example/a/7/?b=2&x=1",
        "HTTPS://JOBS.EXAMPLE:443/a/7?b=2&x=1#apply",
        " https://jobs.example/a/7?utm_source=m&b=2&x=1&ref=z&fbclid=q ",
    ],
)
def test_links_to_the_same_page_are_equal(other: str) -> None:
    assert canonical_link(other) == canonical_link("https://jobs.example/a/7?b=2&x=1") == "jobs.example/a/7?b=2&x=1"


@pytest.mark.parametrize(
    "other",
    [
        "https://jobs.example/a/8",
        "https://jobs.example/A/7",
        "https://jobs.example:8080/a/7",
        "https://jobs.example/a/7?id=2",
        "https://jobs.example/a/7?ref=1001",
        "https://jobs.example/a/7#/job/1001",
    ],
)
def test_links_to_other_pages_differ(other: str) -> None:
    assert canonical_link(other) != canonical_link("https://jobs.example/a/7")


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        "",
        "urn:gigdex:file:x#1",
        "mailto:a@b.example",
        "https://jobs.example/",
        "https://jobs.example/#/",
        "https://jobs.example:99999/a",
        "http://[",
    ],
)
def test_what_names_no_page_is_no_link(nothing: str | None) -> None:
    assert canonical_link(nothing) is None


@given(st.text())
def test_any_text_is_a_link_or_none(text: str) -> None:
    canonical_link(text)
    canonical_link("https://x.example/" + text)


def test_groups_are_connected_by_links() -> None:
    groups = group({("a", "1"): ["x"], ("b", "1"): ["x", "y"], ("c", "1"): ["y"], ("c", "2"): ["z"]})
    assert [one.keys for one in groups] == [(("a", "1"), ("b", "1"), ("c", "1")), (("c", "2"),)]
    assert groups[0].why == {("a", "1"): "same link x", ("b", "1"): "same link x", ("c", "1"): "same link y"}
    assert groups[1].why == {}


def test_a_link_used_for_several_ids_of_one_board_says_nothing() -> None:
    assert len(group({("a", "1"): ["x"], ("a", "2"): ["x"], ("b", "1"): ["x"]})) == 3


KEYS = st.tuples(st.sampled_from("abc"), st.sampled_from("123"))


@given(st.dictionaries(KEYS, st.lists(st.sampled_from("vwxyz"), max_size=3)), st.randoms())
def test_groups_do_not_depend_on_the_order(postings, random) -> None:
    shuffled = list(postings.items())
    random.shuffle(shuffled)
    assert group(dict(shuffled)) == group(postings)
    assert sorted(key for one in group(postings) for key in one.keys) == sorted(postings)
