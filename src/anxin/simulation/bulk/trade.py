"""Orders of a year: most of them over, the others anywhere on their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from anxin.agencies import public as market
from anxin.agencies.values import Usage
from anxin.kit.clock import at_local, local_date
from anxin.orders.values import OrderState, VisitState
from anxin.simulation.bulk.people import Crowd, House
from anxin.simulation.bulk.rows import make, stateful, write
from anxin.simulation.platform import CITY

S, V = OrderState, VisitState
LINE = (
    S.SUBMITTED, S.ACCEPTED, S.CONTRACTING, S.SIGNED, S.IN_SERVICE, S.COMPLETED, S.BILLED, S.PAID, S.CLOSED,
)  # fmt: skip
VISIT = (V.PLANNED, V.EN_ROUTE, V.ARRIVED, V.IN_SERVICE, V.DONE, V.CONFIRMED)
YEAR, AHEAD = 360, 14
# The words of the product's own timeline, so that they are translated like any other.
TOLD = {
    S.SUBMITTED: ("submitted", "提交了服务需求", "customer"),
    S.ACCEPTED: ("accepted", "机构已接单，正在选派服务员", "agency"),
    S.CONTRACTING: ("agreed", "客户选定了服务员", "customer"),
    S.CANCELLED: ("cancelled", "取消了订单", "customer"),
    S.UNANSWERED: ("unanswered", "暂时没有机构接单，可以换个时间再试", "platform"),
}


@dataclass
class Heap:
    """Rows waiting to be written, table by table, in the order that foreign keys ask for."""

    orders: list[Any] = field(default_factory=list)
    visits: list[Any] = field(default_factory=list)
    assignments: list[Any] = field(default_factory=list)
    bookings: list[Any] = field(default_factory=list)
    offers: list[Any] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    history: dict[str, list[Any]] = field(default_factory=dict)

    def keep(self, kind: str, made: tuple[Any, list[Any]]) -> Any:
        row, history = made
        getattr(self, kind).append(row)
        self.history.setdefault(kind, []).extend(history)
        return row

    def write(self) -> None:
        for rows in (
            self.orders,
            self.visits,
            self.assignments,
            self.bookings,
            self.offers,
            self.steps,
            self.notes,
        ):
            write(rows)
        for rows in self.history.values():
            write(rows)


def trade(
    crowd: Crowd, houses: list[House], customers: dict[str, list[tuple[Any, Any]]], count: int
) -> Iterator[int]:
    """Write `count` orders, a thousand at a time; yields how many each time."""
    rng = crowd.rng
    days: dict[date, Usage] = {}
    seats = [(house, worker, skills) for house in houses for worker, skills in house.workers]
    heap, grants = Heap(), set()
    for index in range(count):
        house, worker, skills = seats[index % len(seats)]
        lap = index // len(seats)
        # A worker has at most one order a day: laps take turns in different parts of the year.
        ahead = index % 10 == 0
        span = AHEAD if ahead else YEAR
        laps = count // len(seats) + 1
        low, high = lap * span // laps, max(lap * span // laps, (lap + 1) * span // laps - 1)
        day = local_date(crowd.now) + timedelta(days=(1 + rng.randint(low, high)) * (1 if ahead else -1))
        code = rng.choice([c for c in skills if c in house.versions] or ["0101"])
        town = rng.choice([t for t in house.towns if t in customers] or list(customers))
        customer, address = rng.choice(customers[town])
        if day not in days:
            noon = at_local(day, 12, 0)
            days[day] = market.usage_for(quantity=Decimal(1), periods=[(noon, noon + timedelta(hours=1))])
        ends = _order(crowd, heap, house, worker, code, customer, address, day, days[day], ahead=ahead)
        if ends:
            grants.add((house.organisation.pk, customer.pk))
        if len(heap.orders) == 1_000 or index == count - 1:
            heap.write()
            yield len(heap.orders)
            heap = Heap()
    write(
        make("customers.Sight", organisation_id=o, customer_id=c, since=crowd.now) for o, c in sorted(grants)
    )


def _fate(crowd: Crowd, *, ahead: bool) -> OrderState:
    names, weights = (
        ((S.SUBMITTED, S.ACCEPTED, S.CONTRACTING, S.SIGNED), (20, 20, 10, 50))
        if ahead
        else ((S.CLOSED, S.CANCELLED, S.UNANSWERED), (92, 5, 3))
    )
    return crowd.rng.choices(names, weights)[0]


def _order(
    crowd: Crowd, heap: Heap, house: House, worker: Any, code: str, customer: Any, address: Any, day: date,
    usage: Usage, *, ahead: bool,
) -> bool:  # fmt: skip
    """One order with its visit, worker, offer, checklist and timeline. True if an agency has it."""
    rng, item = crowd.rng, crowd.items[code]
    fate = _fate(crowd, ahead=ahead)
    starts = at_local(day, rng.choice((8, 9, 10, 13, 14, 15)), rng.choice((0, 30)))
    ends = starts + timedelta(hours=rng.choice((2, 3, 4)))
    asked = min(starts, crowd.now) - timedelta(hours=rng.uniform(2, 60))
    version = house.versions.get(code) or next(iter(house.versions.values()))
    quantity = Decimal(max(item.min_quantity, 80 if str(item.unit) == "square_metre" else 3))
    usage = replace(usage, quantity=quantity, periods=((starts, ends),))
    facts = version.content.price_list
    quote = market.price(facts, usage)
    path = _path(fate, asked, ends)
    taken = fate not in (S.SUBMITTED, S.UNANSWERED)
    terms = {"version": str(version.pk), "item": version.name, "price_list": facts.to_json(),
             "usage": usage.to_json(), "quote": quote.to_json()}  # fmt: skip
    order = heap.keep("orders", stateful(
        "orders.Order", path, number=crowd.code("O"), city_code=CITY, customer=customer, way="open",
        provider=house.organisation if taken else None, version=version if taken else None, channel="bulk",
        entered_by=customer.person_id, item_code=code, item_name=item.name, mode=str(item.modes[0]),
        quantity=quantity, unit=str(facts.unit), starts_at=starts, ends_at=ends, wishes="", address=address,
        estimate={"low_fen": quote.total_fen, "high_fen": quote.total_fen, "offers": 1},
        place={"contact": address.contact_name, "phone": address.contact_phone, "town": "", "village": "",
               "detail": address.detail, "label": address.label},
        town_code=address.town_code, village_code=address.village_code, lat=address.lat, lng=address.lng,
        terms=terms if taken else {}, accepted_at=path[1][1] if taken else None, created_at=asked,
    ))  # fmt: skip
    _told(heap, order, path)
    lapses = crowd.now + timedelta(hours=6) if ahead else asked + timedelta(hours=1)
    ended = {S.SUBMITTED: "open", S.UNANSWERED: "lapsed"}.get(fate, "accepted")
    heap.keep("offers", stateful(
        "orders.Offer", [("open", asked)] + ([(ended, path[1][1])] if ended != "open" else []), order=order,
        opens_at=asked, expires_at=lapses,
    ))  # fmt: skip
    _visit(heap, order, version, worker, item, fate, path)
    return taken


def _path(fate: OrderState, asked: datetime, ends: datetime) -> list[tuple[str, datetime]]:
    line = [*LINE[: LINE.index(fate) + 1]] if fate in LINE else [S.SUBMITTED, S.ACCEPTED, fate]
    if fate == S.UNANSWERED:
        line = [S.SUBMITTED, fate]
    before = [asked + timedelta(minutes=12 * n) for n in range(4)]
    after = [ends - timedelta(hours=2), ends, *[ends + timedelta(minutes=20 * n) for n in (1, 2, 3)]]
    return [(str(state), at) for state, at in zip(line, before + after, strict=False)]


def _visit(
    heap: Heap, order: Any, version: Any, worker: Any, item: Any, fate: OrderState, path: list[tuple[str, datetime]]
) -> None:  # fmt: skip
    over = fate == S.CLOSED
    states = [str(state) for state in VISIT] if over else ["planned"]
    if fate == S.CANCELLED:
        states.append("cancelled")
    moments = [order.created_at, *[order.starts_at + timedelta(minutes=10 * n - 30) for n in range(3)],
               order.ends_at, order.ends_at + timedelta(minutes=5)]  # fmt: skip
    happened: dict[str, Any] = {}
    if over:
        happened = dict(zip(("departed_at", "arrived_at", "entered_at", "done_at", "confirmed_at"), moments[1:],
                            strict=True))  # fmt: skip
        happened |= {"contacted_at": order.starts_at - timedelta(hours=3), "contact_how": "phone",
                     "entry_how": "scan", "confirmed_how": "customer"}  # fmt: skip
    visit = heap.keep("visits", stateful(
        "orders.Visit", list(zip(states, moments, strict=False)), order=order, starts_at=order.starts_at,
        ends_at=order.ends_at, **happened,
    ))  # fmt: skip
    heap.steps += [
        make("orders.Step", visit=visit, position=n, text=step["title"][:200], needs_photo=False,
             done_at=visit.done_at)
        for n, step in enumerate(version.specification, start=1)
    ]  # fmt: skip
    if fate not in (S.CLOSED, S.CONTRACTING, S.SIGNED):
        return
    assignment = heap.keep("assignments", stateful(
        "orders.Assignment", [(state, path[1][1]) for state in ("proposed", "carded", "agreed")], order=order,
        visit=visit, worker=worker, created_at=path[1][1],
    ))  # fmt: skip
    rest = timedelta(minutes=item.turnover_minutes)
    heap.bookings.append(
        make("workers.Booking", worker=worker, kind="visit", state="firm", ref=assignment.pk, city_code=CITY,
             span=(order.starts_at, order.ends_at), buffered=(order.starts_at, order.ends_at + rest),
             lat=order.lat, lng=order.lng, created_at=path[1][1])
    )  # fmt: skip


def _told(heap: Heap, order: Any, path: list[tuple[str, datetime]]) -> None:
    for state, at in path:
        if state in TOLD:
            kind, text, side = TOLD[OrderState(state)]
            heap.notes.append(make("orders.Note", order=order, at=at, kind=kind, text=text, side=side))
