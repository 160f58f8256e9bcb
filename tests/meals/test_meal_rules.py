"""Decisions about meals and campaigns, without a database."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.foundation.clock import SHANGHAI
from app.meals import rules
from tests.duty.helpers import NOON

DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))


@given(today=DAYS, ahead=st.integers(-1, 21), other=st.integers(-1, 21), number=st.integers(0, 9999))
def test_a_code_names_one_day_of_those_that_can_be_meant(
    today: date, ahead: int, other: int, number: int
) -> None:
    one, two = today + timedelta(days=ahead), today + timedelta(days=other)
    assert (rules.code_of(one, number) == rules.code_of(two, number)) == (one == two)
    assert (rules.CODES_LIVE.days, rules.FURTHEST.days) == (1, 21)


@pytest.mark.parametrize("said", ["281234", " 28 1234", "28-1234", "28\u30001234"])
def test_a_code_is_understood_however_it_is_written(said: str) -> None:
    assert rules.clean_code(said) == "281234"


@pytest.mark.parametrize(
    ("quantity", "free", "due"), [(1, False, 1500), (2, False, 3000), (1, True, 0), (2, True, 1500)]
)
def test_a_coupon_covers_one_portion(quantity: int, free: bool, due: int) -> None:
    assert rules.due_fen(1500, quantity, free) == due


@pytest.mark.parametrize(
    ("fen", "said"), [(1200, "12 元"), (1250, "12.5 元"), (5, "0.05 元"), (100000, "1000 元")]
)
def test_money_as_it_is_said(fen: int, said: str) -> None:
    assert rules.money(fen) == said


def test_the_day_of_a_meal_is_shanghai_s() -> None:
    late = datetime(2026, 11, 22, 23, 59, tzinfo=SHANGHAI)
    assert rules.meal_day(late) == date(2026, 11, 22)
    assert rules.meal_day(late + timedelta(minutes=2)) == date(2026, 11, 23)


def test_why_an_order_is_refused() -> None:
    end = NOON + timedelta(hours=1)
    assert rules.order_refusal(False, end, 2, 2, NOON) is None
    assert rules.order_refusal(False, end, 1, 2, NOON) is rules.SOLD_OUT
    assert rules.order_refusal(True, end, 0, 1, NOON) is rules.CLOSED
    assert rules.order_refusal(False, end, 9, 1, end) is rules.CLOSED


@pytest.mark.parametrize("details", [{}, {"offer_id": 7}, {"offer_id": "x"}, {"offer_id": "0" * 32}])
def test_what_names_no_offer_is_a_wish(details: dict[str, object]) -> None:
    assert rules.wanted_offer(details) is None


def test_where_a_campaign_stands() -> None:
    span = NOON, NOON + timedelta(hours=1)
    at = [NOON - timedelta(seconds=1), NOON, NOON + timedelta(hours=1)]
    assert [rules.campaign_state(*span, False, now) for now in at] == ["planned", "running", "over"]
    assert rules.campaign_state(*span, True, NOON) == "settled"


@given(scanned=st.integers(0, 1000), by_hand=st.integers(0, 1000), said=st.none() | st.integers(0, 2000))
def test_a_settlement_adds_up(scanned: int, by_hand: int, said: int | None) -> None:
    refusal = rules.settlement_refusal(scanned, by_hand, said)
    assert (refusal is None) == (said is None or said == scanned + by_hand)
