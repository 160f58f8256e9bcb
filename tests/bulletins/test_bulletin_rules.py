"""The pure decisions: K-posts, what changed, what a search folds, what a question hides."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bulletins import rules

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "km", "post", "number"),
    [
        (1812, "1812", "K1812", 1812),
        (1883.5, "1883.5", "K1883+500", 1883.5),
        ("K1883+500", "1883.5", "K1883+500", 1883.5),
        ("k1883+5", "1883.005", "K1883+005", 1883.005),
        ("1883.05", "1883.05", "K1883+050", 1883.05),
        (1812.0, "1812", "K1812", 1812),
        (0, "0", "K0", 0),
    ],
)
def test_a_k_post_is_read_and_said(written: object, km: str, post: str, number: float) -> None:
    found = rules.read_km(written)
    assert found == Decimal(km)
    assert rules.km_post(found) == post
    assert rules.km_number(found) == number
    assert type(rules.km_number(found)) is type(number)


@pytest.mark.parametrize("written", ["", None])
def test_no_k_post_is_none(written: object) -> None:
    assert rules.read_km(written) is None


@pytest.mark.parametrize(
    "written", [-1, True, "K", "K12345", "1812-1883", "abc", float("nan"), [1], "1812,5"]
)
def test_what_is_no_k_post_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="K-post"):
        rules.read_km(written)


def test_any_moment_from_now_on_and_a_slow_clock_means_now() -> None:
    minute = timedelta(minutes=1)
    assert rules.send_moment(NOW + minute, NOW) == NOW + minute
    assert rules.send_moment(NOW, NOW) == NOW
    assert rules.send_moment(NOW - 2 * minute, NOW) == NOW
    assert rules.send_moment(NOW - 6 * minute, NOW) is None


def test_what_changed_is_told_field_by_field() -> None:
    before = {
        "title": "示例", "category": "road", "source": None, "starts_at": None, "expires_at": NOW,
        "stations": ["GS001"], "body": "一\n\n二",
        "roads": [{"road": "G30", "km_from": 1812, "km_to": 1883}, {"road": "G6", "measure": "限速"}],
    }  # fmt: skip
    after = {
        **before,
        "source": "示例支队",
        "expires_at": NOW + timedelta(hours=4),
        "stations": [],
        "body": "一\n\n三",
        "roads": [{"road": "G30", "km_from": 1812, "km_to": 1900}, {"road": "G6", "measure": "限速"}],
    }
    assert rules.changes(before, before) == []
    told = {change["field"]: change for change in rules.changes(before, after)}
    assert list(told) == ["roads", "stations", "expires_at", "source", "body"]
    assert told["roads"]["removed"] == ["G30 K1812–K1883"]
    assert told["roads"]["added"] == ["G30 K1812–K1900"]
    assert (told["stations"]["removed"], told["stations"]["added"]) == (["GS001"], [])
    assert (told["expires_at"]["before"], told["expires_at"]["after"]) == (
        "2026-11-24 00:00",
        "2026-11-24 04:00",
    )
    assert (told["source"]["before"], told["source"]["after"]) == (None, "示例支队")
    assert (told["body"]["removed"], told["body"]["added"]) == (["二"], ["三"])


@given(st.text(max_size=60), st.data())
def test_every_substring_is_found_by_its_keys(text: str, data: st.DataObject) -> None:
    folded = rules.fold(text)
    if not folded:
        return
    start = data.draw(st.integers(0, len(folded) - 1))
    part = folded[start : data.draw(st.integers(start + 1, len(folded)))]
    if part != "\n":
        assert set(rules.sought(part)) <= rules.grams(folded) | {"\n"}


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("我电话 13800001234", "我电话 138******34"),
        ("甘A12345 能走吗", "甘A**** 能走吗"),
        ("甘A·D12345 能走吗", "甘A**** 能走吗"),
        ("从 12328 打进来 2 小时", "从 12328 打进来 2 小时"),
        ("G30 K1812 封了吗", "G30 K1812 封了吗"),
        ("编号 2138000012345", "编号 2138000012345"),
    ],
)
def test_numbers_and_plates_are_masked_in_what_everybody_reads(asked: str, shown: str) -> None:
    assert rules.without_numbers(asked) == shown
