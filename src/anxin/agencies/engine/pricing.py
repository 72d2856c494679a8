"""The one way a price is worked out: for the estimate, the contract and the bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction

from anxin.agencies.engine import explained
from anxin.agencies.values import (
    DAY_FACTOR_LABELS,
    ONCE,
    PER_WORKER,
    UNIT_LABELS,
    DayFactorKind,
    ExtraUse,
    Line,
    Night,
    PriceList,
    Quote,
    Unit,
    Usage,
    plain,
)
from anxin.kit.clock import SHANGHAI
from anxin.kit.money import times, yuan
from anxin.kit.text import gettext_noop

# A line's quantity as it is printed, so that anybody can multiply it out.
PRECISION = Decimal("0.0001")
WEEKEND = frozenset({5, 6})


class UnknownExtra(ValueError):
    """An extra that is neither in the price list nor has an agreed price."""


def price(price_list: PriceList, usage: Usage) -> Quote:
    """Price a usage line by line; the total is the sum of the lines and never below zero.

    Surcharges count the time really worked in the night or on the day in question, exactly; they add
    up and do not multiply. Never decreases when the quantity grows. Raises ValueError for a negative quantity,
    a period that ends before it starts, fewer than one worker, and UnknownExtra.
    """
    _check(usage)
    lines = [_service(price_list, usage)]
    visits = Decimal(max(1, len(usage.periods)))
    if price_list.base_fee_fen:
        lines.append(
            _line("base", gettext_noop("上门费"), visits, UNIT_LABELS[Unit.VISIT], price_list.base_fee_fen)
        )
    lines += _time_lines(price_list, usage)
    lines += [
        _line("travel", gettext_noop("远程交通费"), visits, UNIT_LABELS[Unit.VISIT], travel.fee_fen)
        for travel in price_list.travel
        if travel.town_code == usage.town_code and travel.fee_fen
    ]
    lines += [_extra(price_list, use) for use in usage.extras]
    rest = sum(line.amount_fen for line in lines)
    for deduction in usage.deductions:
        amount = min(deduction.amount_fen, rest)
        rest -= amount
        limited = {"amount": yuan(deduction.amount_fen)}
        why = "" if amount == deduction.amount_fen else explained.LIMITED % limited
        lines.append(
            Line(f"deduction:{deduction.code}", deduction.label, Decimal(1), "", -amount, -amount, why)
        )
    return Quote(tuple(lines), rest, price_list.deposit_fen)


def billed_quantity(price_list: PriceList, usage: Usage) -> Decimal:
    """The quantity of one worker (or of the whole) that is charged: rounded up to steps, never below the minimum.

    Hours are rounded visit by visit, since each visit is a way of its own.
    """
    if price_list.unit is not Unit.HOUR or len(usage.periods) < 2:
        return _stepped(Fraction(usage.quantity), price_list)
    total = sum(_length(start, end) for start, end in usage.periods)
    if not total:
        return _stepped(Fraction(usage.quantity), price_list)
    return sum(
        (
            _stepped(Fraction(usage.quantity) * _length(start, end) / total, price_list)
            for start, end in usage.periods
        ),
        Decimal(0),
    )


def spread(
    periods: Iterable[tuple[datetime, datetime]],
    day_kinds: dict[str, str],
    nights: tuple[Night, ...],
) -> tuple[dict[Night, int], dict[str, int], int]:
    """Time in each night window, time on each kind of day, and all time of the periods, in microseconds."""
    by_night = dict.fromkeys(nights, 0)
    by_kind: dict[str, int] = {}
    total = 0
    cuts = sorted({0, *(n.start_minute % 1440 for n in nights), *(n.end_minute % 1440 for n in nights)})
    for start, end in periods:
        for a, b in _pieces(start.astimezone(SHANGHAI), end.astimezone(SHANGHAI), cuts):
            length = _length(a, b)
            total += length
            for night in nights:
                if night.holds(a.hour * 60 + a.minute):
                    by_night[night] += length
            fallback = "weekend" if a.weekday() in WEEKEND else "workday"
            kind = day_kinds.get(a.date().isoformat(), fallback)
            by_kind[kind] = by_kind.get(kind, 0) + length
    return by_night, by_kind, total


def _check(usage: Usage) -> None:
    if usage.quantity < 0 or usage.headcount < 1:
        raise ValueError("quantity and headcount must not be negative")
    if any(end < start for start, end in usage.periods):
        raise ValueError("a period ends before it starts")
    if any(d.amount_fen < 0 for d in usage.deductions) or any(e.quantity < 0 for e in usage.extras):
        raise ValueError("extras and deductions must not be negative")


def _service(price_list: PriceList, usage: Usage) -> Line:
    billed = billed_quantity(price_list, usage)
    unit = price_list.unit.counted
    why = []
    if billed != usage.quantity:
        used = plain(usage.quantity.quantize(Decimal("0.01")))
        why.append(explained.ROUNDED % {"used": used, "billed": plain(billed), "unit": unit})
    quantity = billed
    if price_list.unit in PER_WORKER and usage.headcount > 1:
        why.append(explained.WORKERS % {"heads": usage.headcount, "billed": plain(billed), "unit": unit})
        quantity = billed * usage.headcount
    return _line(
        "service",
        gettext_noop("服务费"),
        quantity,
        unit,
        price_list.unit_price_fen,
        explained.SEPARATOR.join(why),
    )


def _time_lines(price_list: PriceList, usage: Usage) -> list[Line]:
    """A line for each surcharge that has time in it: the share of the usage that falls there."""
    kinds = {day.isoformat(): str(kind) for day, kind in usage.day_kinds}
    by_night, by_kind, total = spread(usage.periods, kinds, price_list.nights)
    if not total:
        return []
    heads = usage.headcount if price_list.unit in PER_WORKER else 1
    whole = Fraction(usage.quantity) * heads
    unit = price_list.unit.counted
    found: list[tuple[str, str, int, int, str]] = [
        (
            "night",
            gettext_noop("夜间加价"),
            night.factor_bp,
            by_night[night],
            f"{clock_text(night.start_minute)}–{clock_text(night.end_minute)}",
        )
        for night in price_list.nights
    ]
    for factor in price_list.day_factors:
        label = {
            DayFactorKind.WEEKEND: gettext_noop("周末加价"),
            DayFactorKind.STATUTORY: gettext_noop("法定节假日加价"),
        }[factor.kind]
        length = by_kind.get(str(factor.kind), 0)
        found.append((str(factor.kind), label, factor.factor_bp, length, DAY_FACTOR_LABELS[factor.kind]))
    lines = []
    for code, label, factor_bp, length, window in found:
        quantity = _rounded(whole * length / total)
        if factor_bp <= ONCE or not quantity:
            continue
        more = times(price_list.unit_price_fen, Decimal(factor_bp - ONCE) / ONCE)
        why = explained.SURCHARGE % {"window": window, "unit": unit, "percent": percent(factor_bp)}
        lines.append(_line(code, label, quantity, unit, more, why))
    return lines


def _extra(price_list: PriceList, use: ExtraUse) -> Line:
    listed = next((item for item in price_list.extras if item.code == use.code), None)
    if listed is None and use.agreed_price_fen is None:
        raise UnknownExtra(use.code)
    agreed = use.agreed_price_fen is not None
    unit_price = (
        use.agreed_price_fen if use.agreed_price_fen is not None else (listed and listed.unit_price_fen)
    )
    label = use.label or (listed.label if listed else use.code)
    unit = use.unit or (listed.unit if listed else UNIT_LABELS[Unit.VISIT])
    why = gettext_noop("现场约定的价格") if agreed else ""
    return _line(f"extra:{use.code}", label, use.quantity, unit, unit_price or 0, why)


def _line(code: str, label: str, quantity: Decimal, unit: str, unit_price_fen: int, why: str = "") -> Line:
    return Line(code, label, quantity, unit, unit_price_fen, times(unit_price_fen, quantity), why)


def _pieces(start: datetime, end: datetime, cuts: list[int]) -> Iterator[tuple[datetime, datetime]]:
    """Cut a local period at the given minutes of each day (midnight among them)."""
    here = start
    while here < end:
        midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
        marks = [midnight + timedelta(minutes=cut) for cut in cuts]
        following = next((mark for mark in marks if mark > here), midnight + timedelta(days=1))
        yield here, min(following, end)
        here = following


def _stepped(quantity: Fraction, price_list: PriceList) -> Decimal:
    step = price_list.step
    if step > 0:
        # ceil of an exact fraction: 2.5 hours in steps of 0.5 must not become 3 by a rounding error.
        steps = -((-quantity) // Fraction(step))
        return max(price_list.minimum, Decimal(steps) * step)
    return max(price_list.minimum, _rounded(quantity, ROUND_CEILING))


def _rounded(quantity: Fraction, rounding: str = ROUND_HALF_UP) -> Decimal:
    return (Decimal(quantity.numerator) / Decimal(quantity.denominator)).quantize(PRECISION, rounding)


def _length(start: datetime, end: datetime) -> int:
    """Microseconds: whole numbers, so that pieces add up to the period they were cut from."""
    return (end - start) // timedelta(microseconds=1)


def clock_text(minute: int) -> str:
    """1320 → 22:00; 1440 → 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def percent(factor_bp: int) -> str:
    """The part above once: 15000 → 50%."""
    return f"{plain(Decimal(factor_bp - ONCE) / 100)}%"
