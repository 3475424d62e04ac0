import struct
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.document import MAX_SEQ, document, instant_value, money_value, sort_key
from index.engine.base import KEY_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TOKEN_FIELDS
from index.gig import Gig, Pay, Place, Source
from index.posting import EARLIEST, LATEST


def gig(**changes: object) -> Gig:
    return Gig(**({"id": "a", "seq": 7, "title": "Walk dogs"} | changes))  # type: ignore[arg-type]


money = st.floats(0, 1e12)
instants = st.integers(0, 110 * 31_536_000).map(lambda seconds: EARLIEST + timedelta(seconds=seconds))


@given(money, money)
def test_money_orders_as_it_should(one: float, other: float) -> None:
    rounded = [struct.unpack(">f", struct.pack(">f", usd))[0] for usd in (one, other)]
    assert (money_value(one) < money_value(other)) == (rounded[0] < rounded[1])
    assert 0 < money_value(one) < 2**32


def test_a_hundredth_of_a_cent_and_a_fortune_keep_their_places() -> None:
    amounts = [None, 0.0, 0.0001, 0.0002, 0.004, 0.01, 19.99, 20.0, 250_000.0, 250_000.05, 5e6, 1e12]
    values = [money_value(usd) for usd in amounts]
    assert values == sorted(set(values))


@given(instants, instants)
def test_instants_order_to_the_second(one: datetime, other: datetime) -> None:
    if abs(one - other) >= timedelta(seconds=1):
        assert (instant_value(one) < instant_value(other)) == (one < other)
    assert 0 < instant_value(one) < 2**32


def test_keys_are_unique_and_fit_an_engine() -> None:
    assert sort_key(0, 1) > 0
    assert sort_key(5, MAX_SEQ) < sort_key(6, 1)
    assert sort_key(2**32 - 1, MAX_SEQ) < 2**63
    assert instant_value(LATEST) < 2**32


def test_a_document_has_every_field() -> None:
    made = document(gig(places=[Place(text="x", lat=1, lon=2)], pay=Pay(usd_min=1)), 0, ["page"])
    assert tuple(made.keywords) == KEYWORD_FIELDS
    assert tuple(made.tokens) == TOKEN_FIELDS
    assert set(made.numbers) <= {*NUMBER_FIELDS, *KEY_FIELDS}
    assert set(KEY_FIELDS) <= set(made.numbers)


def test_what_is_unknown_is_left_out_and_sorts_last() -> None:
    unknown, known = document(gig(), 0, []), document(gig(seq=1, pay=Pay(usd_min=0.0)), 0, [])
    assert "usd_top" not in unknown.numbers
    assert "posted" not in unknown.numbers
    assert unknown.numbers["key_pay"] < known.numbers["key_pay"]


def test_repeated_values_count_once() -> None:
    place = Place(text="x", country="DE", lat=1, lon=2)
    source = Source(board="a", external_id="1", url="u")
    made = document(gig(places=[place, place], sources=[source, source]), 0, ["page"])
    assert made.keywords["country"] == ("DE",)
    assert made.keywords["board"] == ("a",)
    assert len(made.keywords["cell"]) == 1


@pytest.mark.parametrize("seq", [None, 0, -1, MAX_SEQ + 1])
def test_a_gig_without_usable_seq_is_refused(seq: int | None) -> None:
    with pytest.raises(ValueError, match="seq"):
        document(gig(seq=seq), 0, ["page"])
