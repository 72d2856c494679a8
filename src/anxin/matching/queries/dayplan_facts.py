"""Reading a desk's days: its visits and who may make them, its workers' shifts and what they are booked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from anxin.agencies import public as agencies
from anxin.catalogue import public as catalogue
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import SHANGHAI
from anxin.kit.geo import Point, travel_minutes
from anxin.matching.engine.score import score
from anxin.matching.models import DayPlan
from anxin.matching.queries.choosing import rules_at
from anxin.matching.rules.dayplan import DAY, Asked, Busy, Drawn, Duty, Facts
from anxin.matching.rules.dayplan_carried import went
from anxin.matching.rules.dayplan_hours import fits
from anxin.matching.values import Rules
from anxin.matching.values.dayplan import BREAK, OPEN_MINUTES, PROMISED_MINUTES
from anxin.orders import public as orders
from anxin.orders.values import MIN_NOTICE_MINUTES, AssignmentState, OrderState, VisitState
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.values import DAY_CAP, REST, WEEK_CAP, BookingFacts, BookingKind, Caps, Gate, Span

MOST_VISITS = 300
# Longer services (a live-in carer) are no visits; they stand in the worker's calendar like everything else.
LONGEST = timedelta(hours=14)
WAITING = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED)
TAKEN = (
    *WAITING,
    OrderState.IN_SERVICE,
    OrderState.COMPLETED,
    OrderState.BILLED,
    OrderState.PAID,
    OrderState.CLOSED,
)
# So far around a plan may lie work of a week that it touches.
AROUND = timedelta(days=7)
# What the plan itself settles.
OF_THE_PLAN = frozenset({Gate.FREE, Gate.TRAVEL, Gate.HOURS})
# Who fails one of these does not come, whatever was promised.
GONE = frozenset({Gate.ACTIVE, Gate.AFFILIATION})


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def days_of(plan: DayPlan) -> Span:
    """The plan's days, local midnight to midnight."""
    start = midnight(plan.first_date)
    return Span(start, start + timedelta(days=plan.days))


def minute_of(plan: DayPlan, moment: datetime) -> int:
    """Minutes since the plan's first midnight."""
    return round((moment - days_of(plan).start).total_seconds() / 60)


def moment_of(plan: DayPlan, minute: float) -> datetime:
    return days_of(plan).start + timedelta(minutes=minute)


def live_of(order: orders.Order) -> orders.Assignment | None:
    """Who comes as things stand (a proposal before what it would replace), of an order read by `desk_orders`."""
    live: list[orders.Assignment] = sorted(
        order.live_assignments,  # type: ignore[attr-defined]  # prefetched
        key=lambda one: (one.state == AssignmentState.AGREED, one.created_at),
    )
    return live[0] if live else None


def stands_at(order: orders.Order) -> datetime:
    """When it begins as things stand: another time may be asked for with whoever is proposed."""
    live = live_of(order)
    starts_at: datetime = ((live and live.asked) or visit_of(order)).starts_at
    return starts_at


def visit_of(order: orders.Order) -> orders.Visit:
    """The one coming to the door of an order read by `desk_orders`."""
    visit: orders.Visit = order.visits.all()[0]
    return visit


def desk_orders(plan: DayPlan) -> list[orders.Order]:
    """The agency's orders whose service lies in the plan's days, soonest first, with visits and who is proposed.

    Four queries.
    """
    days = days_of(plan)
    rows = orders.board(SYSTEM, tuple(str(state) for state in TAKEN)).filter(
        provider=plan.organisation_id, starts_at__gte=days.start, starts_at__lt=days.end
    )
    found = [order for order in rows if order.ends_at - order.starts_at <= LONGEST]
    return [one for one in found if one.state in WAITING or live_of(one) is not None][:MOST_VISITS]


@dataclass
class Reading:
    """Everything a reading of facts needs beside the visits, read once."""

    plan: DayPlan
    at: datetime
    staff: list[workers.OnShift]
    numbers: Rules
    tolerances: tuple[int, int]
    pause: dict[str, float]
    before: dict[str, str]
    hours: Facts
    notice: datetime
    beside: dict[UUID, UUID]
    green: dict[tuple[date, date], set[UUID]] = field(default_factory=dict)

    @property
    def soonest(self) -> int:
        """The first minute that a customer may still be asked for."""
        return -(-int((self.notice - days_of(self.plan).start).total_seconds()) // 60)

    @property
    def ids(self) -> list[UUID]:
        return [one.worker_id for one in self.staff]

    def wish(self, order_id: UUID | str) -> dict[str, Any]:
        return dict(self.plan.wishes.get("visits", {}).get(str(order_id), {}))

    def gone_at(self, worker_id: str) -> int | None:
        """The minute from which a worker is away."""
        found: int | None = self.plan.wishes.get("away", {}).get(worker_id)
        return found

    def green_on(self, span: Span) -> set[UUID]:
        days = span.days()
        if days not in self.green:
            self.green[days] = set(safetycode.green_ids(self.ids, *days))
        return self.green[days]


def reading(plan: DayPlan, at: datetime, found: Iterable[orders.Order]) -> Reading:
    """found: the plan's orders. A fixed number of queries."""
    values = policies.read_many(PROMISED_MINUTES, OPEN_MINUTES, BREAK, MIN_NOTICE_MINUTES, at=at)
    staff = workers.on_shift(plan.organisation_id, at)
    return Reading(
        plan, at, staff, rules_at(at), (values[PROMISED_MINUTES.key], values[OPEN_MINUTES.key]),
        dict(values[BREAK.key]), _before(plan.base), _hours(plan, staff, found),
        at + timedelta(minutes=values[MIN_NOTICE_MINUTES.key]), orders.halves_among(found),
    )  # fmt: skip


def _hours(plan: DayPlan, staff: Iterable[workers.OnShift], found: Iterable[orders.Order]) -> Facts:
    """The caps of the first day, and the work beside the plan in the weeks that it touches."""
    days, own = days_of(plan), {live.pk for order in found if (live := live_of(order)) is not None}
    caps = policies.read_many(DAY_CAP, WEEK_CAP, REST, at=days.start)
    window = Span(days.start - AROUND, days.end + AROUND)
    work = {
        str(worker): tuple(
            (minute_of(plan, row.span.start), minute_of(plan, row.span.end))
            for row in rows
            if row.kind is BookingKind.VISIT and row.ref not in own
        )
        for worker, rows in workers.busy([one.worker_id for one in staff], window).items()
    }
    return Facts(
        (), (), (), (), str(plan.first_date),
        Caps(caps[DAY_CAP.key], caps[WEEK_CAP.key], caps[REST.key]), {pk: rows for pk, rows in work.items() if rows},
    )  # fmt: skip


def _before(base: DayPlan | None) -> dict[str, str]:
    """Who went to which order by the plan that is changed."""
    if base is None or base.facts is None or base.plan is None:
        return {}
    return went(Facts.of(base.facts), Drawn.of(base.plan))


def read_facts(plan: DayPlan, at: datetime, told: Callable[[float], None] | None = None) -> Facts:
    """The problem as it stands in the database now. Some five queries a visit; `told` hears how far it is (0…1)."""
    found = desk_orders(plan)
    known = reading(plan, at, found)
    visits, doors = [], []
    for number, order in enumerate(found, start=1):
        visits.append(_asked(known, order))
        doors.append(Point(order.lat, order.lng))
        if told and number % 5 == 0:
            told(number / len(found))
    own = {live.pk for order in found if (live := live_of(order)) is not None}
    window = days_of(plan)
    taken = workers.busy(known.ids, window)
    duties: list[Duty] = []
    busy: list[Busy] = []
    places = list(doors)
    for one in known.staff:
        for duty, gaps in _duties(known, one):
            held = [row for row in taken[one.worker_id] if row.ref not in own]
            rows, points = _calendar(known, len(duties), duty, held, len(places))
            if any(row.early <= duty.begins and row.early + row.minutes >= duty.ends for row in rows):
                continue
            duties.append(duty)
            busy += [*rows, *(replace(gap, duty=len(duties) - 1) for gap in gaps)]
            busy += _pauses(known, len(duties) - 1, duty)
            places += points
    bases = {one.worker_id: n for n, one in enumerate(known.staff, start=len(places))}
    spots: list[Point | None] = [*places, *(one.point for one in known.staff)]
    fares = tuple(tuple(_minutes(a, b, n == m) for m, b in enumerate(spots)) for n, a in enumerate(spots))
    placed = [_placed(duty, duties, fares, bases[UUID(duty.worker)], len(places)) for duty in duties]
    return replace(known.hours, visits=tuple(visits), duties=tuple(placed), busy=tuple(busy), fares=fares)


def _placed(duty: Duty, duties: list[Duty], fares: Sequence[Sequence[int]], base: int, doors: int) -> Duty:
    """With its base, and as much time around it as the longest way takes and the worker's other days leave."""
    gaps = [
        max(duty.begins, one.begins) - min(duty.ends, one.ends)
        for one in duties
        if one.worker == duty.worker and one.day != duty.day
    ]
    return replace(
        duty, base=base, slack=max(0, min([max(fares[base][:doors], default=0), *(g // 2 for g in gaps)]))
    )


def _minutes(a: Point | None, b: Point | None, same: bool) -> int:
    return 0 if same or a is None or b is None else travel_minutes(a, b)


def read_visit(plan: DayPlan, facts: Facts, order_id: UUID, at: datetime) -> Facts:
    """The same facts with one visit read anew, after the desk asked something for it. A fixed number of queries."""
    n = facts.index(str(order_id))
    found = desk_orders(plan)
    order = next((one for one in found if one.pk == order_id), None)
    if n is None or order is None:
        return facts
    known = reading(plan, at, found)
    visits = (*facts.visits[:n], _asked(known, order), *facts.visits[n + 1 :])
    return replace(
        facts, visits=visits, first=known.hours.first, caps=known.hours.caps, work=known.hours.work
    )


def _asked(known: Reading, order: orders.Order) -> Asked:
    plan, visit, live = known.plan, visit_of(order), live_of(order)
    item = catalogue.item(order.item_code, order.created_at)
    agreed = minute_of(plan, visit.starts_at)
    begun = visit.state not in (VisitState.PLANNED, VisitState.CANCELLED) or order.state not in WAITING
    may, gates = ({}, {}) if begun else _who(known, order, live, wide=bool(known.wish(order.pk)))
    held = str(live.worker_id) if live else ""
    stood = minute_of(plan, stands_at(order))
    lost = bool(held) and not begun and not _comes(known, held, stood, gates)
    stands = {gate: count for gate, count in gates.items() if gate != f"held:{held}"}
    minutes = minute_of(plan, visit.ends_at) - agreed
    centre = agreed if lost else stood
    fixed, early, late = _settled(known, order, centre, "" if lost else held)
    opens, closes = _opening(known, order, centre, minutes)
    if early < late:
        # Never outside the opening hours, nor sooner than may be asked for; what stands may stay.
        early = min(max(early, opens, known.soonest), centre)
        late = max(min(late, closes - minutes), centre)
    if begun:
        early = late = agreed
    return Asked(
        order=str(order.pk), day=agreed // DAY, agreed=agreed, early=early, late=late,
        minutes=minutes, turnover=item.turnover_minutes, may=may,
        gates={gate: count for gate, count in stands.items() if not gate.startswith("held:")}, held=held,
        firm=live is not None and live.state == AssignmentState.AGREED, begun=begun, lost=lost,
        before=known.before.get(str(order.pk), held if not lost else ""), fixed=fixed,
        out=bool(known.wish(order.pk).get("out")) and not begun, asks=stood if stood != agreed else None,
        closes=closes, pair=str(known.beside.get(order.pk, "")),
    )  # fmt: skip


def _opening(known: Reading, order: orders.Order, stood: int, minutes: int) -> tuple[int, int]:
    """From when to when the agency takes this work around a time on its day; if it does not then, that time alone."""
    if order.version_id is None:
        return stood // DAY * DAY, (stood // DAY + 1) * DAY
    weekday = (known.plan.first_date + timedelta(days=stood // DAY)).weekday()
    hours = agencies.frozen_version(order.version_id).content.hours
    rows = sorted((stood // DAY * DAY + h.start_minute, stood // DAY * DAY + h.end_minute)
                  for h in hours if h.weekday == weekday)  # fmt: skip
    opens, closes = stood, stood
    for begins, ends in rows:
        if begins <= stood <= ends or begins <= closes < ends:
            opens, closes = min(opens, begins), max(closes, ends)
    return (opens, closes) if stood + minutes <= closes else (stood, stood + minutes)


def _comes(known: Reading, worker: str, stood: int, gates: dict[str, int]) -> bool:
    """Whether the worker to whom a visit was promised still comes."""
    away = known.gone_at(worker)
    here = any(str(one.worker_id) == worker for one in known.staff)
    return here and f"held:{worker}" not in gates and (away is None or stood < away)


def _who(
    known: Reading, order: orders.Order, live: orders.Assignment | None, *, wide: bool
) -> tuple[dict[str, float], dict[str, int]]:
    """Worker → how little they suit; gate → how many it stops (held:<worker>: the one it was promised to)."""
    need = orders.wanted(order, moving=live.pk if live else None)
    green, visits = known.green_on(need.span), orders.visits_before(order)
    passed = OF_THE_PLAN | {Gate.SHIFT} if wide else OF_THE_PLAN
    may: dict[str, float] = {}
    stopped: Counter[str] = Counter()
    for facts, failed in workers.weighed(known.ids, need):
        gates = [gate for gate in failed if gate not in passed]
        if not fits(known.hours, str(facts.worker_id), need.span):
            gates.append(Gate.HOURS)
        if facts.worker_id not in green:
            gates.append(Gate.GREEN)
        if not gates:
            total = score(
                facts, Point(order.lat, order.lng), known.numbers, visits.get(facts.worker_id, 0)
            ).total
            may[str(facts.worker_id)] = round(1 - total / 100, 4)
            continue
        stopped.update(str(gate) for gate in gates)
        if live is not None and facts.worker_id == live.worker_id and {*GONE, Gate.GREEN} & set(gates):
            stopped[f"held:{live.worker_id}"] = 1
    return may, dict(stopped)


def _settled(known: Reading, order: orders.Order, stood: int, held: str) -> tuple[str, int, int]:
    """Who alone may go ('': anybody), and from when to when it may begin, unless the desk said otherwise."""
    wish = known.wish(order.pk)
    fixed = held if held and not wish.get("free") else ""
    wide = 0 if order.pk in known.beside else known.tolerances[0 if held else 1]
    early, late = stood - wish.get("sooner", wide), stood + wish.get("later", wide)
    if wish.get("worker"):
        fixed = wish["worker"]
        if "begins" in wish:
            early = late = wish["begins"]
    return fixed, early, max(early, late)


def _duties(known: Reading, one: workers.OnShift) -> Iterable[tuple[Duty, list[Busy]]]:
    """A worker's shift on each day, from the first minute to the last, with the gaps between its pieces (of no duty
    yet)."""
    first = known.plan.first_date
    for day in range(known.plan.days):
        weekday = (first + timedelta(days=day)).weekday()
        pieces = sorted((day * DAY + a, day * DAY + b) for d, a, b in one.shifts if d == weekday)
        if not pieces:
            continue
        begins, ends = pieces[0][0], max(b for _, b in pieces)
        yield Duty(str(one.worker_id), day, begins, ends, 0, 0), _gaps(pieces)


def _gaps(pieces: list[tuple[int, int]]) -> list[Busy]:
    found, until = [], pieces[0][1]
    for begins, ends in pieces[1:]:
        if begins > until:
            found.append(Busy(-1, "gap", until, until, begins - until))
        until = max(until, ends)
    return found


def _calendar(
    known: Reading, number: int, duty: Duty, held: Iterable[BookingFacts], place: int
) -> tuple[list[Busy], list[Point]]:
    """What is booked in a duty beside the plan's visits, and from when its worker is away."""
    rows: list[Busy] = []
    points: list[Point] = []
    for one in held:
        start, end = (minute_of(known.plan, moment) for moment in (one.span.start, one.span.end))
        begins, ends = max(start, duty.begins), min(end, duty.ends)
        if begins >= ends:
            continue
        turnover = minute_of(known.plan, one.buffered.end) - end
        where = -1 if one.point is None else place + len(points)
        if one.point is not None:
            points.append(one.point)
        kind = "booked" if one.kind is BookingKind.VISIT else str(one.kind)
        rows.append(Busy(number, kind, begins, begins, ends - begins, turnover, where))
    away = known.gone_at(duty.worker)
    if away is not None and away < duty.ends:
        begins = max(away, duty.begins)
        rows.append(Busy(number, "away", begins, begins, duty.ends - begins))
    late = known.plan.wishes.get("delayed", {}).get(duty.worker)
    if late and duty.begins <= late[0] < duty.ends:
        rows.append(Busy(number, "delayed", late[0], late[0], late[1]))
    return rows, points


def _pauses(known: Reading, number: int, duty: Duty) -> list[Busy]:
    pause = known.pause
    if pause["minutes"] <= 0 or duty.ends - duty.begins < pause["after"]:
        return []
    early = max(duty.begins, duty.day * DAY + round(pause["from"]))
    late = min(duty.ends - round(pause["minutes"]), duty.day * DAY + round(pause["until"]))
    return [Busy(number, "break", early, late, round(pause["minutes"]))] if early <= late else []
