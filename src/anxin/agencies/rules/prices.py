"""Which price lists are absurd, and what a list comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from anxin.agencies.rules.problem import Problem
from anxin.agencies.values import (
    DAY_MINUTES,
    NIGHTS_INCLUDED,
    ONCE,
    WEEKENDS_INCLUDED,
    DayFactorKind,
    Night,
    PriceList,
    Usage,
)
from anxin.kit.clock import SHANGHAI
from anxin.kit.text import gettext_noop

MOST_FEN = 10_000_000
# Night and weekend at most double; a statutory day at most triple, as employees are paid on it.
MOST_FACTOR = 20_000
MOST_STATUTORY = 30_000


def price_list_problems(prices: PriceList) -> list[Problem]:
    """Everything that makes a price list absurd or ambiguous; none = it can be published."""
    found = [*_amounts(prices), *_quantities(prices), *_factors(prices), *_items(prices)]
    if _overlap(prices.nights):
        found.append(Problem("night", gettext_noop("夜间时段互相重叠，同一时间只能有一个夜间加价。")))
    return found


def _amounts(prices: PriceList) -> Iterator[Problem]:
    if prices.unit_price_fen <= 0:
        yield Problem("unit_price", gettext_noop("单价必须大于 0 元。"))
    for field, fen in (
        ("unit_price", prices.unit_price_fen),
        ("base_fee", prices.base_fee_fen),
        ("deposit", prices.deposit_fen),
    ):
        if fen < 0 and field != "unit_price":
            yield Problem(field, gettext_noop("金额不能小于 0 元。"))
        if fen > MOST_FEN:
            yield Problem(field, gettext_noop("金额不能超过 10 万元，请检查小数点。"))


def _quantities(prices: PriceList) -> Iterator[Problem]:
    if not Decimal("0.01") <= prices.step <= 1000:
        yield Problem("step", gettext_noop("计价步长要在 0.01 到 1000 之间。"))
    if not 0 < prices.minimum <= 10_000:
        yield Problem("minimum", gettext_noop("起订量要大于 0，且不超过 10000。"))
    elif prices.step > 0 and prices.minimum % prices.step:
        yield Problem("minimum", gettext_noop("起订量应是计价步长的整数倍。"))


def _factors(prices: PriceList) -> Iterator[Problem]:
    for night in prices.nights:
        if not (0 <= night.start_minute < DAY_MINUTES and 0 <= night.end_minute <= DAY_MINUTES):
            yield Problem("night", gettext_noop("夜间时段要写成 00:00 到 24:00 之间的时间。"))
        elif night.start_minute == night.end_minute % DAY_MINUTES:
            yield Problem("night", gettext_noop("夜间时段不能从头到尾都是同一时刻。"))
        if not ONCE < night.factor_bp <= MOST_FACTOR:
            yield Problem("night", gettext_noop("夜间加价要大于 0%，且不超过 100%。"))
        if prices.unit in NIGHTS_INCLUDED:
            yield Problem("night", gettext_noop("按天、按月计价的服务已包含夜间，不能再加夜间费。"))
    kinds = [factor.kind for factor in prices.day_factors]
    if len(kinds) != len(set(kinds)):
        yield Problem("surcharges", gettext_noop("同一种日期只能有一个加价。"))
    for factor in prices.day_factors:
        statutory = factor.kind is DayFactorKind.STATUTORY
        if not ONCE < factor.factor_bp <= (MOST_STATUTORY if statutory else MOST_FACTOR):
            text = (
                gettext_noop("法定节假日加价要大于 0%，且不超过 200%。")
                if statutory
                else gettext_noop("周末加价要大于 0%，且不超过 100%。")
            )
            yield Problem(str(factor.kind), text)
        if not statutory and prices.unit in WEEKENDS_INCLUDED:
            yield Problem("weekend", gettext_noop("按月计价的服务已包含周末，不能再加周末费。"))


def _items(prices: PriceList) -> Iterator[Problem]:
    towns = [travel.town_code for travel in prices.travel]
    if len(towns) != len(set(towns)):
        yield Problem("travel", gettext_noop("同一个镇街只能有一个交通费。"))
    if any(not 0 <= travel.fee_fen <= MOST_FEN for travel in prices.travel):
        yield Problem("travel", gettext_noop("交通费不能小于 0 元或超过 10 万元。"))
    codes = [extra.code for extra in prices.extras]
    if len(codes) != len(set(codes)):
        yield Problem("extras", gettext_noop("加项的编号重复了。"))
    for extra in prices.extras:
        if not extra.code or not extra.label.strip():
            yield Problem("extras", gettext_noop("每个加项都要有名称。"))
        if not 0 < extra.unit_price_fen <= MOST_FEN:
            yield Problem("extras", gettext_noop("加项单价要大于 0 元，且不超过 10 万元。"))


def _overlap(nights: Sequence[Night]) -> bool:
    return any(
        sum(night.holds(minute) for night in nights) > 1
        for minute in {n.start_minute % DAY_MINUTES for n in nights}
    ) or len(set(nights)) != len(nights)


def examples(prices: PriceList, minutes: int, wednesday: date) -> list[tuple[str, Usage]]:
    """Three usages that show what a price list comes to: a plain day, a Saturday, and an evening or a holiday.

    `wednesday` is a day of an ordinary week; `minutes` the usual length of a visit that is not priced by the hour.
    """
    quantity = max(prices.minimum, Decimal(3)) if prices.unit == "hour" else prices.minimum
    length = timedelta(minutes=float(quantity * 60)) if prices.unit == "hour" else timedelta(minutes=minutes)

    def on(day: date, hour: int, kind: str) -> Usage:
        start = datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)
        end = start + length
        kinds = tuple((d, kind) for d in sorted({start.date(), end.date()}))
        return Usage(quantity, ((start, end),), kinds)

    return [
        (gettext_noop("工作日白天"), on(wednesday, 9, "workday")),
        (gettext_noop("周六白天"), on(wednesday + timedelta(days=3), 9, "weekend")),
        (
            (gettext_noop("工作日 20:00 开始"), on(wednesday, 20, "workday"))
            if prices.nights
            else (gettext_noop("法定节假日白天"), on(wednesday, 9, "statutory"))
        ),
    ]
