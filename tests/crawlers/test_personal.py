"""Postings without people: what goes, and what must stay."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.personal import REMOVED, without_people
from index.posting import Posting


def posting(**more: Any) -> Posting:
    data = {"board": "b", "external_id": "1", "url": "https://b.example/1", "title": "Walk my dog, $20 an hour"} | more
    return Posting.model_validate(data)


@pytest.mark.parametrize(
    "text",
    [
        "jane.doe@mail.example.org",
        "mailto:jane@x.se",
        "@octo-cat",
        "+46 8 123 45 67",
        "+1 (555) 010-0199",
        "0046-8-1234567",
    ],
)
def test_what_reaches_people_goes(text: str) -> None:
    found = without_people(posting(description=f"Ask {text} about it.", title=f"Dog walk ({text})"))
    assert found.description == f"Ask {REMOVED} about it."
    assert found.title == f"Dog walk ({REMOVED})"


@pytest.mark.parametrize(
    "text",
    [
        "pays $1,000 - $2,500 for 40 hours",
        "2026-12-01 to 2026-12-31",
        "reference 20261127-4711",
        "€12.50 an hour, 1000 items",
        "https://x.example/@team/page",
        "user testing of a mail program",
    ],
)
def test_what_looks_like_it_stays(text: str) -> None:
    assert without_people(posting(description=text)).description == text


def test_people_that_the_board_names_go_from_the_texts_as_well() -> None:
    found = without_people(
        posting(
            title="Assistant to Jane Doe",
            description="<p>JANE DOE looks for help. Doers wanted.</p>",
            organization="Jane Doe",
            tags=["jane doe", "pets"],
            extra={
                "contactPersons": [{"name": "Jane Doe", "phone": "08-123"}],
                "user.login": "octocat",
                "userTesting": 1,
                "places": {"contact_email": "x@y.example", "city": "Lund"},
                "contactless": "yes",
            },
        )
    )
    assert found.title == f"Assistant to {REMOVED}"
    assert found.description == f"<p>{REMOVED} looks for help. Doers wanted.</p>"
    assert found.organization is None
    assert found.tags == [REMOVED, "pets"]
    assert found.extra == {"places": {"city": "Lund"}, "contactless": "yes"}


def test_a_company_stays() -> None:
    assert without_people(posting(organization="Acme Ltd", extra={"contact": "Jo"})).organization == "Acme Ltd"


@given(st.text(max_size=200), st.dictionaries(st.text(max_size=20), st.text(max_size=30), max_size=4))
def test_any_posting_stays_one(text: str, extra: dict[str, Any]) -> None:
    raw = posting(description=text, extra=extra)
    found = without_people(raw)
    assert Posting.model_validate(found.model_dump()) == found
    assert without_people(found) == found
