"""Decisions about money as pure functions: what was really used, how tax splits, what may be refunded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from anxin.agencies.values import Deduction, ExtraUse, Unit, Usage

SECONDS_PER_HOUR = Decimal(3600)
BP = 10_000


def served_usage(
    planned: Usage,
    unit: Unit,
    worked: Sequence[tuple[datetime, datetime]],
    extras: Iterable[ExtraUse] = (),
    deductions: Iterable[Deduction] = (),
) -> Usage:
    """What a bill prices: the agreed usage, corrected by what was really done (B-7.8.1).

    Hours are those really worked, one worker's, but never more than agreed: longer work counts only as an extra
    that the customer agreed to. Other units are delivered or not, so their quantity stands. Extras and
    deductions are those given here plus those already in the agreement.
    """
    agreed = (*planned.extras, *extras)
    off = (*planned.deductions, *deductions)
    if not worked:
        return replace(planned, extras=agreed, deductions=off)
    periods = tuple(worked)
    if unit is not Unit.HOUR:
        return replace(planned, periods=periods, extras=agreed, deductions=off)
    hours = sum((_hours(start, end) for start, end in periods), Decimal(0))
    if hours < planned.quantity:
        return replace(planned, quantity=hours, periods=periods, extras=agreed, deductions=off)
    # Worked longer than agreed: the agreed periods stand, or a night surcharge could grow by the overrun.
    shorter = tuple(_cut(period, planned) for period in periods)
    return replace(planned, periods=shorter, extras=agreed, deductions=off)


def _cut(period: tuple[datetime, datetime], planned: Usage) -> tuple[datetime, datetime]:
    """A worked period, not longer than the agreed one of its place."""
    longest = max((end - start for start, end in planned.periods), default=period[1] - period[0])
    start, end = period
    return start, min(end, start + longest)


def _hours(start: datetime, end: datetime) -> Decimal:
    seconds = Decimal(str((end - start).total_seconds()))
    return (seconds / SECONDS_PER_HOUR).quantize(Decimal("0.0001"), ROUND_HALF_UP)


def fee(amount_fen: int, bp: int) -> int:
    """The platform's share of an amount, half a fen up."""
    return (amount_fen * bp + BP // 2) // BP


def fee_back(fee_fen: int, paid_fen: int, refunded_before: int, refund_fen: int) -> int:
    """What of the fee goes back with one refund. Summed over all refunds it never exceeds the fee, and is exactly
    the fee when everything is refunded; a deposit that paid for the rest of the bill bore none."""
    if not fee_fen:
        return 0
    before = fee_fen * min(refunded_before, paid_fen) // paid_fen
    after = fee_fen * min(refunded_before + refund_fen, paid_fen) // paid_fen
    return after - before


@dataclass(frozen=True)
class TaxedLine:
    """A line of an invoice: `net_fen` + `tax_fen` = the amount on the bill."""

    label: str
    unit: str
    quantity: Decimal
    net_fen: int
    tax_fen: int
    tax_bp: int

    @property
    def gross_fen(self) -> int:
        """What the customer pays for it."""
        return self.net_fen + self.tax_fen


def split_tax(gross_fen: int, tax_bp: int) -> tuple[int, int]:
    """(net, tax) of a tax-inclusive amount; net + tax is the amount to the fen."""
    sign = -1 if gross_fen < 0 else 1
    gross = abs(gross_fen)
    net = (gross * BP * 2 + BP + tax_bp) // (2 * (BP + tax_bp))
    return sign * net, sign * (gross - net)


def taxed(lines: Iterable[tuple[str, str, Decimal, int]], tax_bp: int) -> tuple[TaxedLine, ...]:
    """Lines (label, unit, quantity, gross fen) with their tax. Lines of nothing are left out."""
    made = []
    for label, unit, quantity, gross in lines:
        if gross:
            net, tax = split_tax(gross, tax_bp)
            made.append(TaxedLine(label, unit, quantity, net, tax, tax_bp))
    return tuple(made)


def masked_lines(
    lines: Sequence[tuple[str, str, Decimal, int]], payable_fen: int, rest_label: str
) -> list[tuple[str, str, Decimal, int]]:
    """Bill lines as they go on an invoice for `payable_fen`: a difference (refunds) becomes a discount line."""
    total = sum(line[3] for line in lines)
    made = list(lines)
    if total != payable_fen:
        made.append((rest_label, "", Decimal(1), payable_fen - total))
    return made
