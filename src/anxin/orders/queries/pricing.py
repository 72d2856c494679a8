"""What a demand would cost: under one agency's version, and over all that cover it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from anxin.agencies import public as agencies
from anxin.agencies.values import Usage
from anxin.places.values import DayKind

# More agencies than any county has; the range then speaks for the first of them.
MOST_OFFERS = 500


class Planned(Protocol):
    """What pricing needs to know of a demand, whether it is one, an order, or an entry of the hall."""

    @property
    def quantity(self) -> Decimal: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def headcount(self) -> int: ...


class Asked(Planned, Protocol):
    """… and the item it is for, in the unit in which it is priced."""

    @property
    def item_code(self) -> str: ...
    @property
    def unit(self) -> str: ...


def usage_of(demand: Planned, town_code: str, calendar: Mapping[date, DayKind] | None = None) -> Usage:
    """The planned usage of a demand, as pricing takes it. One query, none with the `calendar` of a whole list."""
    return agencies.usage_for(
        quantity=demand.quantity,
        periods=[(demand.starts_at, demand.ends_at)],
        town_code=town_code,
        headcount=demand.headcount,
        calendar=calendar,
    )


def price_range(demand: Asked, town_code: str, at: datetime) -> dict[str, Any]:
    """Lowest and highest price over all agencies that cover the demand, in fen, and how many they are."""
    found, count = agencies.offers(
        demand.item_code,
        at=at,
        town_code=town_code,
        span=(demand.starts_at, demand.ends_at),
        unit=demand.unit,
        limit=MOST_OFFERS,
    )
    usage = usage_of(demand, town_code)
    totals = sorted(agencies.quoted(one.version, usage).total_fen for one in found)
    return {
        "low_fen": totals[0] if totals else None,
        "high_fen": totals[-1] if totals else None,
        "offers": count,
    }
