"""Day plans for programs, and for the board: who goes where, what a move would cost, the same actions as the pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status

from anxin.kit import clock
from anxin.kit.access import holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Moment
from anxin.matching import actions, queries
from anxin.matching.models import DayPlan
from anxin.matching.states import PlanState
from anxin.matching.values.dayplan import MOST_DAYS, Happening, PlanPrices, Turn

router = Router(tags=["matching"])
DISPATCH = holds("orders.dispatch")


class PricesIn(Schema):
    """What counts how much, in minutes of way."""

    way: float = Field(1.0, ge=0, le=1_000_000)
    late: float = Field(30.0, ge=0, le=1_000_000)
    unserved: float = Field(1000.0, ge=0, le=1_000_000)
    liking: float = Field(60.0, ge=0, le=1_000_000)
    change: float = Field(60.0, ge=0, le=1_000_000)
    unequal: float = Field(0.0, ge=0, le=1_000_000)


class PlanIn(Schema):
    first_date: date
    days: int = Field(1, ge=1, le=MOST_DAYS)
    prices: PricesIn = Field(default_factory=lambda: PricesIn.model_validate({}))
    seed: int = Field(1, ge=0, le=2**31 - 1)


class PlanRow(Schema):
    """progress 0–1; cost in minutes of way: of the best plan so far, null before there is one."""

    id: UUID
    first_date: date
    days: int
    state: PlanState
    asked_at: datetime
    progress: float
    best_cost: float | None
    version: int
    trouble: str
    base_id: UUID | None


class PlaceOut(Schema):
    lat: float
    lng: float


class PersonOut(Schema):
    """free: the plan leaves them the time for it."""

    worker_id: UUID
    number: str
    name: str
    free: bool


class StopOut(Schema):
    """A visit (kind "visit" with an order) or time that is taken. way_minutes: from the stop before; late_minutes:
    beyond latest; turn: what publishing does about it."""

    kind: str
    label: str
    position: int
    begins: datetime
    ends: datetime
    minutes: int
    turnover_minutes: int = 0
    way_minutes: int
    late_minutes: int
    order_id: UUID | None = None
    order_number: str = ""
    item: str = ""
    town: str = ""
    place: PlaceOut | None = None
    earliest: datetime | None = None
    latest: datetime | None = None
    locked: bool
    promised: bool = False
    agreed: bool = False
    begun: bool = False
    turn: Turn = Turn.SAME
    turn_label: str = ""
    substitutes: list[PersonOut] = []


class ShiftOut(Schema):
    """One worker's day. base: roughly where they start from."""

    index: int
    worker: PersonOut
    date: date
    begins: datetime
    ends: datetime
    base: PlaceOut | None
    way_home_minutes: int
    stops: list[StopOut]


class LeftOut(Schema):
    """A visit that nobody makes, why, and what would help (words). out: the desk left it out."""

    order_id: UUID
    order_number: str
    item: str
    town: str
    place: PlaceOut
    agreed: datetime
    minutes: int
    candidates: int
    reason: str
    help: str
    out: bool
    substitutes: list[PersonOut]


class PlanOut(PlanRow):
    """The whole plan; shifts and unserved are empty before the first search has ended."""

    prices: dict[str, float]
    cost: dict[str, float]
    total: float | None
    shifts: list[ShiftOut]
    unserved: list[LeftOut]


class VersionIn(Schema):
    """The version that was seen: who changes what somebody else has changed meanwhile is refused."""

    version: int


class SearchIn(VersionIn):
    prices: PricesIn | None = None
    seed: int | None = Field(None, ge=0, le=2**31 - 1)


class MoveIn(VersionIn):
    """One change of one visit: send a worker (at a position among the other stops of their day, from 0, or where it
    costs least), lock it, let it begin minutes sooner or later, leave it out. What is not said stays."""

    order_id: UUID
    worker_id: UUID | None = None
    position: int | None = Field(None, ge=0, le=100)
    lock: bool | None = None
    sooner: int | None = None
    later: int | None = None
    out: bool | None = None


class MoveQuery(Schema):
    """dry: only say what it would cost."""

    dry: bool = False


class MoveOut(Schema):
    """Cost in parts, in minutes of way; notes: what to know before doing it. plan: as it is after it, null when dry."""

    version: int
    before: dict[str, float]
    after: dict[str, float]
    difference: dict[str, float]
    adds: float
    notes: list[str]
    plan: PlanOut | None


class PublicationIn(VersionIn):
    """leave_out: orders that stay as they are. seen: by order its price (fen) at another time as it was shown; a visit
    whose price changes is refused without it, and the refusal tells the price."""

    leave_out: list[UUID] = Field([], max_length=300)
    seen: dict[UUID, int] = Field({}, max_length=300)


class RefusedVisitOut(Schema):
    order_id: UUID
    number: str
    reason: str
    before_fen: int | None = None
    after_fen: int | None = None


class PublicationOut(Schema):
    """Published as a whole."""

    state: PlanState
    refused: list[RefusedVisitOut]


class NotPublishedOut(PublicationOut):
    """Nothing at all was published: every refused visit with its reason, beside what every refusal tells."""

    code: str
    message: str
    field: str | None
    request_id: str


class ReplanIn(Schema):
    why: Happening
    worker_id: UUID | None = None
    since: Moment | None = None
    minutes: int = 0


def _plan(request: Any, plan_id: UUID) -> DayPlan:
    found = queries.day_plan(plan_id, request.actor)
    if found is None:
        raise NotFound
    return found


def _person(one: queries.Person) -> dict[str, Any]:
    return dict(one.__dict__)


def _place(point: Any) -> dict[str, float] | None:
    return None if point is None else {"lat": point.lat, "lng": point.lng}


def _stop(one: queries.ShownStop) -> dict[str, Any]:
    order, asked = one.order, one.asked
    more: dict[str, Any] = {}
    if order is not None and asked is not None:
        more = {
            "order_id": order.pk, "order_number": order.number, "item": _(order.item_name), "town": one.town,
            "turnover_minutes": asked.turnover, "promised": bool(asked.held), "agreed": asked.firm,
            "begun": asked.begun, "turn_label": one.turn_label,
        }  # fmt: skip
    return {
        "kind": one.kind, "position": one.position, "label": one.label, "begins": one.begins,
        "ends": one.ends, "minutes": one.minutes, "way_minutes": one.way, "late_minutes": one.late,
        "place": _place(one.point), "earliest": one.earliest, "latest": one.latest, "locked": one.locked,
        "turn": one.turn, "substitutes": [_person(p) for p in one.substitutes], **more,
    }  # fmt: skip


def _left(one: queries.ShownLeft) -> dict[str, Any]:
    return {
        "order_id": one.order.pk, "order_number": one.order.number, "item": _(one.order.item_name), "town": one.town,
        "place": {"lat": one.order.lat, "lng": one.order.lng}, "agreed": one.agreed, "minutes": one.asked.minutes,
        "candidates": len(one.asked.may), "reason": one.reason, "help": one.help,
        "out": one.asked.out, "substitutes": [_person(p) for p in one.substitutes],
    }  # fmt: skip


def _whole(request: Any, found: DayPlan) -> dict[str, Any]:
    shown = queries.board(found, request.actor, clock.now())
    row = {name: getattr(found, name) for name in PlanRow.model_fields} | {"prices": found.prices}
    if shown is None:
        return row | {"cost": {}, "total": None, "shifts": [], "unserved": []}
    return row | {
        "cost": shown.cost, "total": round(sum(shown.cost.values()), 3),
        "shifts": [
            {
                "index": one.index, "worker": _person(one.person), "date": one.day, "begins": one.begins,
                "ends": one.ends, "base": _place(one.base), "way_home_minutes": one.way_home,
                "stops": [_stop(stop) for stop in one.stops],
            }
            for one in shown.shifts
        ],
        "unserved": [_left(one) for one in (*shown.left, *shown.out)],
    }  # fmt: skip


@router.get("/dispatch/plans/", response=list[PlanRow])
@ruled(DISPATCH)
def plans(request: Any) -> list[DayPlan]:
    return list(queries.plans(request.actor)[:50])


@router.post("/dispatch/plans/", response={201: PlanRow})
@ruled(DISPATCH)
def ask(request: Any, body: PlanIn) -> Status[DayPlan]:
    prices = PlanPrices(**body.prices.dict())
    return Status(
        201,
        actions.ask_plan(
            first_date=body.first_date,
            days=body.days,
            prices=prices,
            seed=body.seed,
            by=request.actor,
            at=clock.now(),
        ),
    )


@router.get("/dispatch/plans/{plan_id}/", response=PlanOut)
@ruled(DISPATCH)
def plan(request: Any, plan_id: UUID) -> dict[str, Any]:
    return _whole(request, _plan(request, plan_id))


@router.post("/dispatch/plans/{plan_id}/search/", response=PlanRow)
@ruled(DISPATCH)
def search(request: Any, plan_id: UUID, body: SearchIn) -> DayPlan:
    prices = PlanPrices(**body.prices.dict()) if body.prices else None
    return actions.search_again(
        plan_id=plan_id, version=body.version, prices=prices, seed=body.seed, by=request.actor, at=clock.now()
    )


@router.post("/dispatch/plans/{plan_id}/stop/", response=PlanRow)
@ruled(DISPATCH)
def stop(request: Any, plan_id: UUID) -> DayPlan:
    return actions.stop_plan(plan_id=plan_id, by=request.actor, at=clock.now())


@router.post("/dispatch/plans/{plan_id}/drop/", response=PlanRow)
@ruled(DISPATCH)
def drop(request: Any, plan_id: UUID) -> DayPlan:
    return actions.drop_plan(plan_id=plan_id, by=request.actor, at=clock.now())


@router.post("/dispatch/plans/{plan_id}/moves/", response=MoveOut)
@ruled(DISPATCH)
def move(request: Any, plan_id: UUID, body: MoveIn, how: Query[MoveQuery]) -> dict[str, Any]:
    found, tried = actions.change_visit(
        plan_id=plan_id, by=request.actor, at=clock.now(), dry=how.dry, **body.dict()
    )
    difference = tried.difference
    return {
        "version": found.version, "before": tried.before, "after": tried.after, "difference": difference,
        "adds": round(sum(difference.values()), 3), "notes": list(tried.notes),
        "plan": None if how.dry else _whole(request, found),
    }  # fmt: skip


@router.post("/dispatch/plans/{plan_id}/publication/", response={200: PublicationOut, 409: NotPublishedOut})
@ruled(DISPATCH)
def publish(request: Any, plan_id: UUID, body: PublicationIn) -> Status[dict[str, Any]]:
    try:
        found = actions.publish_plan(
            plan_id=plan_id, version=body.version, leave_out=body.leave_out, seen=body.seen, by=request.actor,
            at=clock.now(),
        )  # fmt: skip
    except actions.PlanRefused as refusal:
        refused = [one.__dict__ for one in refusal.refused]
        return Status(409, refusal.told(request.request_id) | {"state": PlanState.READY, "refused": refused})
    return Status(200, {"state": found.state, "refused": []})


@router.post("/dispatch/plans/{plan_id}/replan/", response={201: PlanRow})
@ruled(DISPATCH)
def replan(request: Any, plan_id: UUID, body: ReplanIn) -> Status[DayPlan]:
    return Status(201, actions.replan(plan_id=plan_id, by=request.actor, at=clock.now(), **body.dict()))
