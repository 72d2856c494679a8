"""Money, states, numbers and masks: plain values."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.kit import ids, masks, money
from anxin.kit.geo import Point, distance_m, travel_minutes
from anxin.orders.states import ORDER, OrderState

fen = st.integers(0, 10**13)


@given(fen)
def test_yuan_reads_back_as_the_same_fen(amount):
    assert money.parse_yuan(money.yuan(amount)) == amount


@pytest.mark.parametrize("text", ["", "abc", "1.234", "NaN", "inf", "1,2,3.x", "１２"])
def test_what_is_no_amount_is_refused(text):
    if text == "１２":
        assert money.parse_yuan(text) == 1200
        return
    with pytest.raises(ValueError):
        money.parse_yuan(text)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "零元整"), (12850, "壹佰贰拾捌元伍角整"), (100, "壹元整"), (5, "伍分"), (105, "壹元零伍分"),
        (1_000_100, "壹万零壹元整"), (10_000_000_000, "壹亿元整"), (10_010_000_000, "壹亿零壹拾万元整"),
        (2_000_003, "贰万元零叁分"), (-150, "负壹元伍角整"), (1_005_00, "壹仟零伍元整"),
    ],
)  # fmt: skip
def test_amounts_in_chinese_capitals(amount, words):
    assert money.capital(amount) == words


@given(fen, st.integers(0, 10_000))
def test_a_share_is_never_more_than_the_whole(amount, basis_points):
    assert 0 <= money.share(amount, basis_points) <= amount


def test_halves_round_up_as_on_a_bill():
    assert money.times(5, Decimal("0.5")) == 3
    assert money.times(15, Decimal("0.1")) == 2


def test_the_state_table_answers_what_can_be_done():
    assert ORDER.allows("submitted", OrderState.ACCEPTED)
    assert not ORDER.allows("closed", OrderState.SUBMITTED)
    assert "cancel" in ORDER.verbs("signed") and not ORDER.verbs("closed")
    assert OrderState.CLOSED in ORDER.final and ORDER.before("bill") == (OrderState.COMPLETED,)


def test_numbers_for_people_tell_the_day_and_nothing_else():
    at = datetime(2026, 3, 21, 17, 0, tzinfo=UTC)
    found = {ids.number("O", at) for _ in range(500)}
    assert len(found) == 500
    assert all(n.startswith("O260322-") and not set(n[8:]) & set("01IOLU") for n in found)


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("张晓明", "张*明"), ("欧阳晓明", "欧阳**"), ("王", "王"), ("", "")]
)
def test_names_are_masked_as_people_are_used_to(name, masked):
    assert masks.mask_name(name) == masked


@given(st.floats(29.9, 30.5), st.floats(118.8, 119.9), st.floats(29.9, 30.5), st.floats(118.8, 119.9))
def test_distance_is_a_metric_and_travel_takes_time(a, b, c, d):
    here, there = Point(a, b), Point(c, d)
    assert distance_m(here, here) == 0
    assert distance_m(here, there) == pytest.approx(distance_m(there, here))
    assert travel_minutes(here, there) >= 5
