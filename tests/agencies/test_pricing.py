"""The one pricing: what estimate, contract and bill are worked out with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.agencies.engine.pricing import UnknownExtra, price, spread
from anxin.agencies.values import (
    DayFactor,
    DayFactorKind,
    Deduction,
    ExtraItem,
    ExtraUse,
    Night,
    PriceList,
    Quote,
    Travel,
    Unit,
    Usage,
)
from tests.agencies.prices import HOURLY, PLAIN

CN = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=CN)


def lines(quote: Quote) -> dict[str, int]:
    return {line.code: line.amount_fen for line in quote.lines}


@pytest.mark.requirement("B-7.1.2")
def test_a_plain_weekday_costs_hours_and_way():
    quote = price(HOURLY, Usage(Decimal(3), ((at(18, 9), at(18, 12)),)))
    assert lines(quote) == {"service": 13_500, "base": 1000}
    assert (quote.total_fen, quote.deposit_fen) == (14_500, 5000)


def test_hours_split_exactly_at_the_night_boundary():
    # 20:30 to 23:30: an hour and a half of it is night, at a fifth more.
    quote = price(HOURLY, Usage(Decimal(3), ((at(18, 20, 30), at(18, 23, 30)),)))
    night = next(line for line in quote.lines if line.code == "night")
    assert night.quantity == Decimal("1.5")
    assert (night.unit_price_fen, night.amount_fen) == (900, 1350)
    assert "22:00–06:00" in night.explanation


def test_a_night_over_midnight_splits_by_the_kind_of_each_day():
    # Friday 22:00 to Saturday 02:00: four night hours, two weekend hours.
    quote = price(HOURLY, Usage(Decimal(4), ((at(20, 22), at(21, 2)),)))
    by_code = {line.code: line.quantity for line in quote.lines}
    assert by_code["night"] == 4
    assert by_code["weekend"] == 2


def test_the_calendar_decides_what_a_day_is():
    saturday = ((at(21, 9), at(21, 12)),)
    made_up = Usage(Decimal(3), saturday, ((date(2026, 3, 21), "workday"),))
    statutory = Usage(Decimal(3), saturday, ((date(2026, 3, 21), "statutory"),))
    assert "weekend" in lines(price(HOURLY, Usage(Decimal(3), saturday)))
    assert "weekend" not in lines(price(HOURLY, made_up))
    assert lines(price(HOURLY, statutory))["statutory"] == 13_500
    assert "weekend" not in lines(price(HOURLY, statutory))


def test_seconds_and_other_zones_are_split_by_local_time():
    utc = ZoneInfo("UTC")
    start = datetime(2026, 3, 18, 13, 59, 30, tzinfo=utc)  # 21:59:30 here
    by_night, by_kind, total = spread([(start, start + timedelta(minutes=1))], {}, HOURLY.nights)
    assert (list(by_night.values()), by_kind, total) == ([30_000_000], {"workday": 60_000_000}, 60_000_000)


def test_usage_is_rounded_up_to_steps_and_never_below_the_minimum():
    assert price(HOURLY, Usage(Decimal("0.5"))).lines[0].quantity == 2
    assert price(HOURLY, Usage(Decimal("2.5"))).lines[0].quantity == Decimal("2.5")
    line = price(HOURLY, Usage(Decimal("2.6"))).lines[0]
    assert line.quantity == 3
    assert "2.6" in line.explanation and "3" in line.explanation


def test_the_minimum_holds_for_each_visit_by_the_hour():
    visits = ((at(18, 9), at(18, 10)), (at(19, 9), at(19, 13)))
    quote = price(HOURLY, Usage(Decimal(5), visits))
    assert quote.lines[0].quantity == 6
    assert lines(quote)["base"] == 2000


def test_a_month_of_daily_visits_is_one_month():
    monthly = PriceList(Unit.MONTH, 600_000)
    days = tuple((at(d, 9), at(d, 18)) for d in range(1, 27))
    assert price(monthly, Usage(Decimal(1), days)).total_fen == 600_000


def test_a_statutory_day_within_a_month_costs_its_share():
    monthly = PriceList(Unit.MONTH, 600_000, surcharges=(DayFactor(DayFactorKind.STATUTORY, 20_000),))
    days = tuple((at(d, 9), at(d, 18)) for d in range(1, 26))
    quote = price(monthly, Usage(Decimal(1), days, ((date(2026, 3, 5), "statutory"),)))
    assert lines(quote)["statutory"] == 600_000 // 25


def test_a_second_worker_doubles_time_but_not_area():
    span = ((at(18, 9), at(18, 11)),)
    assert price(PLAIN, Usage(Decimal(2), span, headcount=2)).total_fen == 16_000
    area = PriceList(Unit.SQUARE_METRE, 600, minimum=Decimal(30))
    assert price(area, Usage(Decimal(90), span, headcount=2)).total_fen == 54_000


def test_travel_is_charged_for_its_town_only():
    assert lines(price(HOURLY, Usage(Decimal(2), town_code="330112102")))["travel"] == 3000
    assert "travel" not in lines(price(HOURLY, Usage(Decimal(2), town_code="330112006")))


def test_extras_cost_their_list_price_or_what_was_agreed():
    listed = price(HOURLY, Usage(Decimal(2), extras=(ExtraUse("oven", Decimal(2)),)))
    agreed = price(HOURLY, Usage(Decimal(2), extras=(ExtraUse("oven", Decimal(1), 5000),)))
    free = price(HOURLY, Usage(Decimal(2), extras=(ExtraUse("balcony", Decimal(1), 3000, "封闭阳台"),)))
    assert lines(listed)["extra:oven"] == 16_000
    assert lines(agreed)["extra:oven"] == 5000
    assert free.lines[-1].label == "封闭阳台"
    with pytest.raises(UnknownExtra):
        price(HOURLY, Usage(Decimal(2), extras=(ExtraUse("balcony"),)))


def test_deductions_never_take_the_total_below_zero():
    quote = price(PLAIN, Usage(Decimal(1), deductions=(Deduction("late", "迟到减免", 99_999),)))
    assert quote.total_fen == 0
    assert quote.lines[-1].amount_fen == -4000
    assert "999.99" in quote.lines[-1].explanation


@pytest.mark.parametrize(
    "usage",
    [
        Usage(Decimal(-1)),
        Usage(Decimal(1), ((at(18, 12), at(18, 9)),)),
        Usage(Decimal(1), headcount=0),
        Usage(Decimal(1), extras=(ExtraUse("oven", Decimal(-1)),)),
        Usage(Decimal(1), deductions=(Deduction("x", "x", -1),)),
    ],
)
def test_impossible_usage_has_no_price(usage):
    with pytest.raises(ValueError):
        price(HOURLY, usage)


def test_a_line_is_rounded_half_up_once():
    odd = PriceList(Unit.HOUR, 3333, minimum=Decimal("0.1"), step=Decimal("0.1"))
    assert price(odd, Usage(Decimal("1.5"))).total_fen == 5000  # 4999.5


# ── properties ──────────────────────────────────────────────────────────────────────────────────────
fen = st.integers(1, 200_000)
nights = st.builds(Night, st.integers(1100, 1439), st.integers(0, 420), st.integers(10_001, 20_000))
days = st.builds(DayFactor, st.sampled_from(DayFactorKind), st.integers(10_001, 30_000))
lists = st.builds(
    PriceList,
    unit=st.sampled_from(Unit),
    unit_price_fen=fen,
    minimum=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(2)]),
    step=st.sampled_from([Decimal("0.1"), Decimal("0.25"), Decimal("0.5"), Decimal(1)]),
    base_fee_fen=st.integers(0, 20_000),
    included=st.just(("工具",)),
    surcharges=st.tuples(
        nights, days, st.builds(Travel, st.just("330112102"), fen), st.just(ExtraItem("a", "加项", "次", 100))
    ),
    deposit_fen=st.integers(0, 50_000),
)
periods = st.lists(
    st.builds(
        lambda start, minutes: (
            start.replace(tzinfo=CN),
            start.replace(tzinfo=CN) + timedelta(minutes=minutes),
        ),
        st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
        st.integers(1, 3000),
    ),
    max_size=4,
).map(tuple)
usages = st.builds(
    Usage,
    quantity=st.decimals(0, 200, places=3),
    periods=periods,
    headcount=st.integers(1, 4),
    extras=st.lists(st.builds(ExtraUse, st.just("a"), st.decimals(0, 9, places=1)), max_size=2).map(tuple),
    deductions=st.lists(
        st.builds(Deduction, st.just("d"), st.just("减免"), st.integers(0, 300_000)), max_size=2
    ).map(tuple),
    town_code=st.sampled_from(["", "330112102", "330112006"]),
)


@given(lists, usages)
def test_the_total_is_the_sum_of_its_lines_and_never_negative(price_list, usage):
    quote = price(price_list, usage)
    assert quote.total_fen == sum(line.amount_fen for line in quote.lines) >= 0
    for line in quote.lines:
        product = line.quantity * line.unit_price_fen
        assert abs(product - line.amount_fen) <= Decimal("0.5")


@given(lists, usages, st.decimals(0, 50, places=3))
def test_more_never_costs_less(price_list, usage, more):
    bigger = replace(usage, quantity=usage.quantity + more)
    assert price(price_list, bigger).total_fen >= price(price_list, usage).total_fen


@given(lists, usages)
def test_everything_survives_being_frozen_as_json(price_list, usage):
    import json

    def frozen(value):
        return type(value).from_json(json.loads(json.dumps(value.to_json())))

    assert frozen(price_list) == price_list
    assert price(frozen(price_list), frozen(usage)) == price(price_list, usage)
    quote = price(price_list, usage)
    assert frozen(quote) == quote


@given(lists, periods)
def test_the_pieces_of_a_period_add_up(price_list, spans):
    by_night, by_kind, total = spread(spans, {}, price_list.nights)
    assert sum(by_kind.values()) == total == sum((b - a) // timedelta(microseconds=1) for a, b in spans)
    assert all(0 <= seconds <= total for seconds in by_night.values())


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"unit": "hour"},
        {"unit": "acre", "unit_price_fen": 1},
        {"unit": "hour", "unit_price_fen": "12"},
        {"unit": "hour", "unit_price_fen": 1, "step": "NaN"},
    ],
)
def test_a_malformed_price_list_is_refused(data):
    with pytest.raises(ValueError):
        PriceList.from_json(data)
