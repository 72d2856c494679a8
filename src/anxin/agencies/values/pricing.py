"""A price list, what was used, and what it costs. Frozen, and JSON both ways: an order keeps its terms.

Money is whole fen; factors are basis points (10000 = ×1, 15000 = ×1.5); times of day are minutes from local
midnight (0 to 1440); quantities are Decimal and travel as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from anxin.catalogue.values import Unit
from anxin.kit.money import yuan
from anxin.kit.text import gettext_noop

ONCE = 10_000
DAY_MINUTES = 1_440


# The quantity of these is one worker's time, so a second worker doubles it.
PER_WORKER = frozenset({Unit.HOUR, Unit.DAY, Unit.MONTH, Unit.TERM26, Unit.SHIFT})
# The nights and weekends of these are part of the work itself.
NIGHTS_INCLUDED = frozenset({Unit.DAY, Unit.MONTH, Unit.TERM26})
WEEKENDS_INCLUDED = frozenset({Unit.MONTH, Unit.TERM26})


class DayFactorKind(StrEnum):
    """The kinds of days with a factor of their own; the words are those of places' DayKind."""

    WEEKEND = "weekend"
    STATUTORY = "statutory"


DAY_FACTOR_LABELS = {
    DayFactorKind.WEEKEND: gettext_noop("周末"),
    DayFactorKind.STATUTORY: gettext_noop("法定节假日"),
}


@dataclass(frozen=True, slots=True)
class Night:
    """Work between two times of day costs `factor_bp`; the window may pass midnight (1320 → 360)."""

    start_minute: int
    end_minute: int
    factor_bp: int

    def holds(self, minute: int) -> bool:
        """Whether the window covers this minute of the day."""
        if self.start_minute < self.end_minute:
            return self.start_minute <= minute < self.end_minute
        return minute >= self.start_minute or minute < self.end_minute


@dataclass(frozen=True, slots=True)
class DayFactor:
    """Work on a weekend or a statutory holiday costs `factor_bp`."""

    kind: DayFactorKind
    factor_bp: int


@dataclass(frozen=True, slots=True)
class Travel:
    """A fee for each visit to one town (9-digit code)."""

    town_code: str
    fee_fen: int


@dataclass(frozen=True, slots=True)
class ExtraItem:
    """Something that can be added, at a price of its own."""

    code: str
    label: str
    unit: str
    unit_price_fen: int


Surcharge = Night | DayFactor | Travel | ExtraItem


@dataclass(frozen=True, slots=True)
class PriceList:
    """What a service costs. `minimum` and `step` are in `unit`: usage is rounded up to steps, never below the minimum
    (of each visit for hours, of the whole otherwise). `base_fee_fen` is due for each visit. The deposit is
    refundable and stands beside the total.
    """

    unit: Unit
    unit_price_fen: int
    minimum: Decimal = Decimal(1)
    step: Decimal = Decimal(1)
    base_fee_fen: int = 0
    included: tuple[str, ...] = ()
    surcharges: tuple[Surcharge, ...] = ()
    deposit_fen: int = 0
    tax_note: str = ""

    @property
    def nights(self) -> tuple[Night, ...]:
        return tuple(s for s in self.surcharges if isinstance(s, Night))

    @property
    def day_factors(self) -> tuple[DayFactor, ...]:
        return tuple(s for s in self.surcharges if isinstance(s, DayFactor))

    @property
    def travel(self) -> tuple[Travel, ...]:
        return tuple(s for s in self.surcharges if isinstance(s, Travel))

    @property
    def extras(self) -> tuple[ExtraItem, ...]:
        return tuple(s for s in self.surcharges if isinstance(s, ExtraItem))

    def to_json(self) -> dict[str, Any]:
        return {
            "unit": str(self.unit),
            "unit_price_fen": self.unit_price_fen,
            "minimum": plain(self.minimum),
            "step": plain(self.step),
            "base_fee_fen": self.base_fee_fen,
            "included": list(self.included),
            "surcharges": [surcharge_to_json(s) for s in self.surcharges],
            "deposit_fen": self.deposit_fen,
            "tax_note": self.tax_note,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PriceList:
        """Read what to_json wrote. Raises ValueError for anything malformed."""
        try:
            return cls(
                unit=Unit(data["unit"]),
                unit_price_fen=_fen(data["unit_price_fen"]),
                minimum=_decimal(data.get("minimum", "1")),
                step=_decimal(data.get("step", "1")),
                base_fee_fen=_fen(data.get("base_fee_fen", 0)),
                included=tuple(str(text) for text in data.get("included", ())),
                surcharges=tuple(surcharge_from_json(s) for s in data.get("surcharges", ())),
                deposit_fen=_fen(data.get("deposit_fen", 0)),
                tax_note=str(data.get("tax_note", "")),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a price list: {error}") from error


@dataclass(frozen=True, slots=True)
class ExtraUse:
    """An extra that was added: by its code in the price list, or at a price agreed on the spot (with its label)."""

    code: str
    quantity: Decimal = Decimal(1)
    agreed_price_fen: int | None = None
    label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Deduction:
    """A sum (positive fen) taken off, with the reason in `label`."""

    code: str
    label: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What is asked for, or what was done.

    quantity: in the price list's unit, of one worker (PER_WORKER) or of the whole.
    periods: aware half-open (start, end), one for each visit; they tell how the quantity spreads over nights
    and kinds of days. day_kinds: (local date, "workday" | "weekend" | "statutory"); a day that is not named
    counts by its weekday.
    """

    quantity: Decimal
    periods: tuple[tuple[datetime, datetime], ...] = ()
    day_kinds: tuple[tuple[date, str], ...] = ()
    headcount: int = 1
    extras: tuple[ExtraUse, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    town_code: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "quantity": plain(self.quantity),
            "periods": [[start.isoformat(), end.isoformat()] for start, end in self.periods],
            "day_kinds": [[day.isoformat(), str(kind)] for day, kind in self.day_kinds],
            "headcount": self.headcount,
            "extras": [
                {
                    "code": e.code,
                    "quantity": plain(e.quantity),
                    "agreed_price_fen": e.agreed_price_fen,
                    "label": e.label,
                    "unit": e.unit,
                }
                for e in self.extras
            ],
            "deductions": [
                {"code": d.code, "label": d.label, "amount_fen": d.amount_fen} for d in self.deductions
            ],
            "town_code": self.town_code,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Usage:
        """Read what to_json wrote. Raises ValueError for anything malformed."""
        try:
            return cls(
                quantity=_decimal(data["quantity"]),
                periods=tuple(
                    (datetime.fromisoformat(start), datetime.fromisoformat(end))
                    for start, end in data.get("periods", ())
                ),
                day_kinds=tuple(
                    (date.fromisoformat(day), str(kind)) for day, kind in data.get("day_kinds", ())
                ),
                headcount=int(data.get("headcount", 1)),
                extras=tuple(
                    ExtraUse(
                        str(e["code"]),
                        _decimal(e.get("quantity", "1")),
                        None if e.get("agreed_price_fen") is None else _fen(e["agreed_price_fen"]),
                        str(e.get("label", "")),
                        str(e.get("unit", "")),
                    )
                    for e in data.get("extras", ())
                ),
                deductions=tuple(
                    Deduction(str(d["code"]), str(d["label"]), _fen(d["amount_fen"]))
                    for d in data.get("deductions", ())
                ),
                town_code=str(data.get("town_code", "")),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a usage: {error}") from error


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an estimate, a contract or a bill: amount = quantity × unit price, rounded half up to fen.

    `code` is one of service, base, night, weekend, statutory, travel, extra:<code>, deduction:<code>.
    """

    code: str
    label: str
    quantity: Decimal
    unit: str
    unit_price_fen: int
    amount_fen: int
    explanation: str = ""

    @property
    def note(self) -> str:
        """What a price table says beneath the label: how often at how much, and why."""
        parts = [self.explanation] if self.explanation else []
        if self.quantity != 1 and self.unit:
            parts.insert(
                0,
                f"{plain(self.quantity.quantize(Decimal('0.01')))} {self.unit} × ¥{yuan(self.unit_price_fen)}",
            )
        return "；".join(parts)

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "label": self.label,
            "quantity": plain(self.quantity),
            "unit": self.unit,
            "unit_price_fen": self.unit_price_fen,
            "amount_fen": self.amount_fen,
            "explanation": self.explanation,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Line:
        try:
            return cls(
                str(data["code"]),
                str(data["label"]),
                _decimal(data["quantity"]),
                str(data["unit"]),
                _fen(data["unit_price_fen"]),
                _fen(data["amount_fen"]),
                str(data.get("explanation", "")),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a line: {error}") from error


@dataclass(frozen=True, slots=True)
class Quote:
    """Lines and their sum; the deposit is not part of the total."""

    lines: tuple[Line, ...]
    total_fen: int
    deposit_fen: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "lines": [line.to_json() for line in self.lines],
            "total_fen": self.total_fen,
            "deposit_fen": self.deposit_fen,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Quote:
        try:
            return cls(
                tuple(Line.from_json(line) for line in data["lines"]),
                _fen(data["total_fen"]),
                _fen(data.get("deposit_fen", 0)),
            )
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a quote: {error}") from error


def surcharge_to_json(surcharge: Surcharge) -> dict[str, Any]:
    match surcharge:
        case Night(start, end, factor):
            return {"kind": "night", "start_minute": start, "end_minute": end, "factor_bp": factor}
        case DayFactor(kind, factor):
            return {"kind": str(kind), "factor_bp": factor}
        case Travel(town, fee):
            return {"kind": "travel", "town_code": town, "fee_fen": fee}
        case ExtraItem(code, label, unit, price):
            return {"kind": "extra", "code": code, "label": label, "unit": unit, "unit_price_fen": price}


def surcharge_from_json(data: Mapping[str, Any]) -> Surcharge:
    match data["kind"]:
        case "night":
            return Night(int(data["start_minute"]), int(data["end_minute"]), int(data["factor_bp"]))
        case "weekend" | "statutory":
            return DayFactor(DayFactorKind(data["kind"]), int(data["factor_bp"]))
        case "travel":
            return Travel(str(data["town_code"]), _fen(data["fee_fen"]))
        case "extra":
            return ExtraItem(
                str(data["code"]), str(data["label"]), str(data["unit"]), _fen(data["unit_price_fen"])
            )
    raise ValueError(f"no surcharge is called {data['kind']!r}")


def plain(value: Decimal) -> str:
    """2.50 → "2.5", 3.0 → "3", never in exponents."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def _decimal(value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error
    if not number.is_finite():
        raise ValueError(f"not a number: {value!r}")
    return number


def _fen(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"not an amount in fen: {value!r}")
    return value
