"""A day plan with names, places and words, as pages and programs show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext

from anxin.kit.geo import Point
from anxin.matching.models import DayPlan
from anxin.matching.rules.dayplan import Asked
from anxin.matching.values import CHANGE_LABELS, Change
from anxin.matching.values.dayplan import BUSY_LABELS, TURN_LABELS, Turn
from anxin.orders import public as orders
from anxin.workers.values import GATE_LABELS, Gate


@dataclass(frozen=True)
class Person:
    """A worker by name; free: the plan leaves them the time."""

    worker_id: UUID
    number: str
    name: str
    free: bool = True


@dataclass(frozen=True)
class ShownStop:
    """A visit, or time that is taken (`order` None). way: minutes from the stop before; late: beyond the window."""

    kind: str
    position: int
    begins: datetime
    ends: datetime
    minutes: int
    way: int
    late: int
    order: orders.Order | None = None
    town: str = ""
    asked: Asked | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    turn: Turn = Turn.SAME
    substitutes: tuple[Person, ...] = ()

    @property
    def locked(self) -> bool:
        return self.asked is None or bool(self.asked.fixed) or self.asked.begun

    @property
    def label(self) -> str:
        return gettext(self.order.item_name if self.order else BUSY_LABELS[self.kind])

    @property
    def turn_label(self) -> str:
        return gettext(TURN_LABELS[self.turn])

    @property
    def point(self) -> Point | None:
        return Point(self.order.lat, self.order.lng) if self.order else None


@dataclass(frozen=True)
class ShownShift:
    """One worker's day."""

    index: int
    person: Person
    day: date
    begins: datetime
    ends: datetime
    base: Point | None
    stops: tuple[ShownStop, ...]
    way_home: int

    @property
    def visits(self) -> int:
        return sum(stop.order is not None for stop in self.stops)

    @property
    def way(self) -> int:
        return sum(stop.way for stop in self.stops) + self.way_home

    @property
    def work(self) -> int:
        return sum(stop.minutes for stop in self.stops if stop.order is not None)


@dataclass(frozen=True)
class ShownLeft:
    """A visit that nobody makes: why, and what would help soonest (a `Change` and what it is about)."""

    order: orders.Order
    asked: Asked
    town: str
    agreed: datetime
    change: str
    what: str
    substitutes: tuple[Person, ...]

    @property
    def reason(self) -> str:
        """Why nobody makes it, in words."""
        one = self.asked
        if one.out:
            return gettext("您没有排这一单")
        if one.fixed:
            return gettext("约定或指定的服务员这天去不了")
        if one.may:
            return gettext("有 %(n)s 人可以去，但都排不开，或者工时到了上限") % {"n": len(one.may)}
        if not one.gates:
            return gettext("没有人可以去")
        gate = max(one.gates, key=lambda key: (one.gates[key], key))
        return gettext("没有人通过全部门槛；最多的是：%(gate)s") % {"gate": gettext(GATE_LABELS[Gate(gate)])}

    @property
    def help(self) -> str:
        """What would help soonest, in words; empty if nothing was found."""
        return gettext(CHANGE_LABELS[Change(self.change)]) % {"what": self.what} if self.change else ""


@dataclass(frozen=True)
class Difference:
    """What becomes of one visit: who and when it was, who and when it will be; its price (fen) now and then, where it
    is asked for at another time."""

    order: orders.Order
    town: str
    turn: Turn
    was: Person | None
    was_at: datetime
    becomes: Person | None
    becomes_at: datetime
    before_fen: int | None = None
    after_fen: int | None = None

    @property
    def repriced(self) -> bool:
        """Whether the customer is asked for another price as well."""
        return self.after_fen is not None and self.before_fen != self.after_fen

    @property
    def label(self) -> str:
        return gettext(TURN_LABELS[self.turn])


@dataclass(frozen=True)
class Board:
    """A plan with names and places."""

    plan: DayPlan
    shifts: tuple[ShownShift, ...]
    left: tuple[ShownLeft, ...]
    out: tuple[ShownLeft, ...]
    differences: tuple[Difference, ...]
    cost: dict[str, float]
    people: tuple[Person, ...]
