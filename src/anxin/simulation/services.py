"""What the agencies of the demo publish: a catalogue's item at a usual price."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from anxin.agencies.values import (
    DayFactor,
    DayFactorKind,
    ExtraItem,
    Hours,
    Night,
    PriceList,
    ServiceContent,
    SpecStep,
)
from anxin.catalogue.values import ItemFacts, PriceRange, Unit

# Categories of the catalogue in which people are cared for: infants, elders, the sick.
CARE = frozenset({"03", "04", "05"})


def content_of(
    item: ItemFacts,
    towns: tuple[str, ...],
    rng: Random,
    *,
    all_day: bool = False,
    usual: PriceRange | None = None,
) -> ServiceContent:
    """A published service: the catalogue's steps, a price within the usual range, plain surcharges."""
    usual = usual or item.prices[0]
    price = round(rng.uniform(usual.low_fen, usual.high_fen) / 500) * 500 or usual.low_fen
    hourly = usual.unit is Unit.HOUR
    least = Decimal(max(1, item.min_quantity if usual.unit is item.unit else 1))
    surcharges: list[Any] = [DayFactor(DayFactorKind.STATUTORY, 20_000)]
    if hourly:
        surcharges += [Night(20 * 60, 24 * 60, 13_000), ExtraItem("windows", "擦玻璃", "平方米", 1_000)]
    return ServiceContent(
        name=item.name,
        price_list=PriceList(
            unit=usual.unit, unit_price_fen=price, minimum=least,
            step=Decimal("0.5") if hourly else Decimal(1), included=item.included[:4], surcharges=tuple(surcharges),
        ),
        specification=tuple(
            SpecStep(f"s{n}", step.title, step.standard, step.photo) for n, step in enumerate(item.steps, start=1)
        ),
        description=item.summary,
        towns=towns,
        hours=tuple(Hours(day, 0, 24 * 60) if all_day else Hours(day, 8 * 60, 20 * 60) for day in range(7)),
        notice_minutes=120,
    )  # fmt: skip


def priced(item: ItemFacts, index: int) -> PriceRange:
    """Most price an item in its usual unit; some agencies that care for people do so by the day or the month."""
    if index % 3 != 2 or item.category not in CARE:
        return item.prices[0]
    return item.prices[index // 3 % len(item.prices)]
