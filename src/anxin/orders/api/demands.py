"""Demands, offers, choosing and changing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Status

from anxin.kit import clock
from anxin.kit.access import ONESELF, SIGNED_IN, holds, ruled
from anxin.kit.inputs import PageNumber
from anxin.orders import queries
from anxin.orders.actions import assign, change, demand, offer, refusals
from anxin.orders.actions import grab as grabbing
from anxin.orders.actions.telling import side_of, speaker
from anxin.orders.api.finding import (
    PARTY,
    live_assignment,
    mine_of,
    order_of,
    shape,
    visit_of,
)
from anxin.orders.api.schemas import (
    AgainIn,
    AnswerIn,
    AssignmentOut,
    CancelIn,
    ChangeIn,
    ChangeOut,
    DemandIn,
    HallOut,
    NoteOut,
    OrderDetail,
    OrderOut,
    ProposedOut,
    ReasonIn,
    TermsOut,
)
from anxin.orders.models import Assignment, Change, Offer, Order
from anxin.orders.values import AssignmentState, Side

router = Router(tags=["orders"])


@router.post("/orders/", response={201: OrderOut})
@ruled(ONESELF)
def submit(request: Any, body: DemandIn) -> Status[Order]:
    values = body.dict(exclude={"order_id"})
    values["qualifications"], values["unit"] = tuple(values["qualifications"]), values["unit"] or ""
    wanted = demand.Demand(**values)
    actor = request.actor.through("api")
    return Status(201, demand.submit_demand(wanted, order_id=body.order_id, by=actor, at=clock.now()))


@router.get("/orders/", response=list[OrderOut])
@ruled(PARTY)
def orders(request: Any, page: PageNumber = 1, page_size: int = 50) -> list[Order]:
    size = max(1, min(page_size, 100))
    start = (max(page, 1) - 1) * size
    found = queries.board(request.actor) if request.actor.organisation_id else queries.mine(request.actor)
    return list(found[start : start + size])


@router.post("/orders/{number}/again/", response=OrderOut)
@ruled(SIGNED_IN)
def again(request: Any, number: str, body: AgainIn) -> Order:
    """Open a demand that nobody answered again, for all agencies; of a pair both halves."""
    found = mine_of(request, number)
    ends_at = body.starts_at + (found.ends_at - found.starts_at)
    return demand.submit_again(
        found, starts_at=body.starts_at, ends_at=ends_at, by=request.actor, at=clock.now()
    )


@router.get("/orders/hall/", response=list[HallOut])
@ruled(SIGNED_IN)
def hall(request: Any) -> list[queries.HallEntry]:
    return queries.hall_for(request.actor, clock.now())


@router.get("/orders/{number}/", response=OrderDetail)
@ruled(PARTY)
def order(request: Any, number: str) -> Order:
    found = order_of(request, number)
    # A worker is told that another comes too, not by which order.
    if side_of(found, request.actor) != Side.WORKER and (beside := queries.other_half(found)):
        found.other_half = beside.number  # type: ignore[attr-defined]  # for the answer alone
    return found


@router.get("/orders/{number}/timeline/", response=list[NoteOut])
@ruled(PARTY)
def timeline(request: Any, number: str) -> list[Any]:
    found = order_of(request, number)
    return queries.timeline(found, side_of(found, request.actor), request.actor)


@router.get("/orders/{number}/card/", response=AssignmentOut)
@ruled(PARTY)
def card(request: Any, number: str) -> Assignment:
    """Who is proposed, or agreed, to come; the customer hears of somebody once that worker has confirmed, a worker of
    nobody but themself."""
    order = order_of(request, number)
    side = side_of(order, request.actor)
    found = (
        queries.assignment_for_worker(order, request.actor)
        if side is Side.WORKER
        else queries.current_assignment(order)
    )
    unheard = found is not None and found.state == AssignmentState.PROPOSED
    if found is None or (unheard and side is Side.CUSTOMER):
        raise refusals.OrderUnknown
    return found


@router.get("/proposals/", response=list[ProposedOut])
@ruled(SIGNED_IN)
def proposals(request: Any) -> list[dict[str, Any]]:
    """What waits for this worker's word, the most urgent first."""
    found = queries.worker_proposals(request.actor, clock.now())[:100]
    return [shape(one, AssignmentOut) | {"order": one.order.number} for one in found]


@router.post("/orders/{number}/acceptance/", response=OrderOut)
@ruled(holds("orders.accept"))
def accept(request: Any, number: str) -> Order:
    found = queries.offered_order(number, request.actor)
    if found is None:
        raise refusals.AlreadyTaken
    return offer.accept(
        found.order, organisation_id=request.actor.organisation_id, by=request.actor, at=clock.now()
    )


@router.post("/orders/{number}/refusal/", response={204: None})
@ruled(holds("orders.accept"))
def decline(request: Any, number: str, body: ReasonIn) -> Status[None]:
    found = Offer.objects.visible_to(request.actor).filter(order__number=number, state="open").first()
    if found is None:
        raise refusals.OrderUnknown
    offer.decline(found, reason=body.reason, by=request.actor, at=clock.now())
    return Status(204, None)


@router.post("/orders/{number}/grab/", response=AssignmentOut)
@ruled(SIGNED_IN)
def grab(request: Any, number: str) -> Assignment:
    found = queries.hall_order(number)
    if found is None:
        raise refusals.OrderUnknown
    return grabbing.grab(found, by=request.actor, at=clock.now())


@router.post("/orders/{number}/assignment/confirmation/", response=AssignmentOut)
@ruled(SIGNED_IN)
def worker_confirms(request: Any, number: str) -> Assignment:
    return assign.confirm(live_assignment(request, number, of_worker=True), by=request.actor, at=clock.now())


@router.post("/orders/{number}/assignment/refusal/", response=AssignmentOut)
@ruled(SIGNED_IN)
def worker_declines(request: Any, number: str, body: ReasonIn) -> Assignment:
    found = live_assignment(request, number, of_worker=True)
    return assign.decline(found, reason=body.reason, by=request.actor, at=clock.now())


@router.post("/orders/{number}/card/confirmation/", response=AssignmentOut)
@ruled(SIGNED_IN)
def customer_agrees(request: Any, number: str) -> Assignment:
    return assign.agree(live_assignment(request, number), by=request.actor, at=clock.now())


@router.post("/orders/{number}/card/refusal/", response=AssignmentOut)
@ruled(SIGNED_IN)
def customer_rejects(request: Any, number: str, body: ReasonIn) -> Assignment:
    return assign.reject(
        live_assignment(request, number), reason=body.reason, by=request.actor, at=clock.now()
    )


@router.get("/orders/{number}/cancellation/", response=TermsOut)
@ruled(PARTY)
def cancel_terms(request: Any, number: str) -> TermsOut:
    found = order_of(request, number)
    side = side_of(found, request.actor)
    terms = queries.cancel_terms_of(found, side=side, at=clock.now())
    return TermsOut(
        **terms.__dict__,
        fee_fen=change.fee_of(found, terms),
        compensation_fen=change.compensation_of(found, terms),
    )


@router.post("/orders/{number}/cancellation/", response=OrderOut)
@ruled(PARTY)
def cancel(request: Any, number: str, body: CancelIn) -> Order:
    found = order_of(request, number)
    speaker(found, request.actor)
    return change.cancel(
        found, reason=body.reason, seen_fee_fen=body.seen_fee_fen,
        seen_compensation_fen=body.seen_compensation_fen, by=request.actor, at=clock.now(),
    )  # fmt: skip


@router.post("/visits/{visit_id}/change/", response={200: ChangeOut, 204: None})
@ruled(PARTY)
def ask_change(request: Any, visit_id: UUID, body: ChangeIn) -> Any:
    found = visit_of(request, visit_id)
    speaker(found.order, request.actor)
    asked = change.ask_change(
        found,
        starts_at=body.starts_at,
        reason=body.reason,
        seen_total_fen=body.seen_total_fen,
        by=request.actor,
        at=clock.now(),
    )
    return Status(200, asked) if asked else Status(204, None)


@router.post("/changes/{change_id}/answer/", response=ChangeOut)
@ruled(PARTY)
def answer_change(request: Any, change_id: UUID, body: AnswerIn) -> Change:
    found = queries.change_of(change_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    speaker(found.order, request.actor)
    return change.answer_change(
        found, agreed=body.agreed, answer=body.answer, seen_total_fen=body.seen_total_fen, by=request.actor,
        at=clock.now(),
    )  # fmt: skip


@router.post("/changes/{change_id}/withdrawal/", response=ChangeOut)
@ruled(PARTY)
def take_back_change(request: Any, change_id: UUID) -> Change:
    """The side that asked takes its request back before it is answered; of a pair for both halves."""
    found = queries.change_of(change_id, request.actor)
    if found is None:
        raise refusals.OrderUnknown
    return change.take_back(found, by=request.actor, at=clock.now())
