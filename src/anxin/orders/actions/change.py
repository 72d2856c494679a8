"""Cancelling, both sides by one table; moving together with another worker. Moving alone: `reschedule`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from anxin.audit.public import record
from anxin.kit import money
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.models import NotAllowed, move
from anxin.kit.text import gettext_noop
from anxin.orders import queries, rules
from anxin.orders.actions import assign, refusals, reschedule
from anxin.orders.actions.assign import release_all
from anxin.orders.actions.pair import lock_all
from anxin.orders.actions.reschedule import ask_change as ask_change
from anxin.orders.actions.telling import lock, side_of, speaker, tell
from anxin.orders.events import OrderCancelled
from anxin.orders.models import Assignment, Change, Offer, Order, Visit
from anxin.orders.queries import cancel_terms_of, card_unanswered
from anxin.orders.states import AssignmentState, ChangeState, OfferState, OrderState, VisitState
from anxin.orders.values import Side

BESIDE_CANCELLED = gettext_noop("同来的另一单已取消，这一单照常，只来一位服务员")
PAIR_MOVES = gettext_noop("两位一起来的，时间要两单一起改。请先商量改期，改好后再换服务员。")
BOTH_REFUSED = gettext_noop("客户不同意新的时间和服务员，都按原来的")
BOTH_REFUSED_TOLD = gettext_noop("客户不同意改到 %(starts_at)s 由另一位服务员上门，都按原来的：%(was_at)s")
# By whether it was the customer who had asked.
TAKEN_BACK = {
    True: gettext_noop("客户收回了改到 %(starts_at)s 的请求，仍按原时间 %(was_at)s"),
    False: gettext_noop("机构收回了改到 %(starts_at)s 的请求，仍按原时间 %(was_at)s"),
}
BOTH_TAKEN_BACK = gettext_noop("机构收回了改期和换服务员的请求")
BOTH_TAKEN_BACK_TOLD = gettext_noop(
    "机构收回了改到 %(starts_at)s 由另一位服务员上门的请求，都按原来的：%(was_at)s"
)


@transaction.atomic
def ask_both(
    visit: Visit, *, starts_at: datetime, worker_id: UUID, score: dict[str, Any], reason: str,
    seen_total_fen: int | None = None, by: Actor, at: datetime,
) -> Assignment:  # fmt: skip
    """Ask the customer for another time and another worker in one: the worker confirms, then the customer answers
    both with one word. Until then whoever is agreed stays, at the agreed time and price.

    seen_total_fen: the price at the new time that the asker was shown; needed where it differs from today's.
    Refuses: what `ask_change` and `propose` refuse; CannotChange for one half of a pair. Source: B-7.5.2, B-7.3.2.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    together = queries.visits_together(visit)
    if len(together) > 1:
        raise refusals.CannotChange(reason=gettext(PAIR_MOVES))
    [asked], terms = reschedule.drawn_up(
        together,
        starts_at=starts_at,
        reason=reason,
        seen_total_fen=seen_total_fen,
        by=by,
        at=at,
        staying=False,
    )
    if not terms.needs_consent or asked.asked_side == Side.CUSTOMER:
        raise NotAllowed
    asked.save(force_insert=True)
    record("orders.ask_change", by=by, at=at, subject="order", subject_id=visit.order_id,
           detail={"before_fen": asked.before_fen, "after_fen": asked.after_fen, "worker": str(worker_id)})  # fmt: skip
    return assign.propose(visit.order, worker_id=worker_id, score=score, change=asked, by=by, at=at)


@transaction.atomic
def answer_change(
    change: Change, *, agreed: bool, answer: str = "", seen_total_fen: int | None = None, by: Actor, at: datetime
) -> Change:  # fmt: skip
    """The other side agrees to a new time and its price, or not; with a worker asked for together, to both or neither.

    Refuses: NotYourAnswer, ChangeEnded, TooSoon, MoveBlocked, MoveRepriced, workers' TimeTaken and TravelTooFar;
    NotAllowed before that worker has confirmed.
    """
    together = Assignment.objects.filter(order=change.order_id, change=change.pk).live()
    candidate = together.select_related("order__customer", "visit", "replaces", "change").first()
    if candidate is None:
        return reschedule.answer_time(
            change, agreed=agreed, answer=answer, seen_total_fen=seen_total_fen, by=by, at=at
        )
    reschedule.check_answer(change, by)
    if agreed:
        assign.agree(candidate, seen_total_fen=seen_total_fen, by=by, at=at)
    else:
        lock(candidate.order)
        reschedule.close(change, ChangeState.REFUSED, answer=answer, at=at)
        # Not `reject`: the same worker may come at another time.
        assign.end(candidate, AssignmentState.WITHDRAWN, reason=BOTH_REFUSED, by=by, at=at)
        tell(candidate.order, "change_refused", BOTH_REFUSED_TOLD, to="customer provider former", by=by, at=at,
             **reschedule.times_of(change))  # fmt: skip
    change.refresh_from_db()
    record("orders.answer_change", by=by, at=at, subject="order", subject_id=change.order_id,
           detail={"agreed": agreed, "worker": str(candidate.worker_id)})  # fmt: skip
    return change


@transaction.atomic
def take_back(change: Change, *, by: Actor, at: datetime) -> Change:
    """The side that asked for another time does not want it any more, before it is answered: what was agreed stays. Of
    a pair for both halves; a worker who was asked for together with the new time is free again.

    Refuses: OrderUnknown (speaks for neither side), NotYourRequest, ChangeEnded. Source: B-7.3.2.
    """
    of_customer = speaker(change.order, by) is Side.CUSTOMER
    if of_customer != (change.asked_side == Side.CUSTOMER):
        raise refusals.NotYourRequest
    lock_all(change.order)
    together = Assignment.objects.filter(change=change.pk).live().select_related("order__customer").first()
    for one in (change, *queries.asked_beside(change)):
        reschedule.hold(one.order, one.visit)
        reschedule.close(one, ChangeState.WITHDRAWN, at=at)
        if together is None:
            # The worker was told of it, or has read of it on the order.
            to = ("provider worker" if of_customer else "customer worker") if one is change else "worker"
            tell(one.order, "change_taken_back", TAKEN_BACK[of_customer], to=to, by=by, at=at,
                 **reschedule.times_of(one))  # fmt: skip
        record("orders.take_back_change", by=by, at=at, subject="order", subject_id=one.order_id)
    if together is not None:
        # The customer hears of it only if they had been asked: once that worker had confirmed.
        to = "customer former" if together.state == AssignmentState.CARDED else "former"
        assign.end(together, AssignmentState.WITHDRAWN, reason=BOTH_TAKEN_BACK, by=by, at=at)
        tell(change.order, "change_taken_back", BOTH_TAKEN_BACK_TOLD, to=to, by=by, at=at,
             **reschedule.times_of(change))  # fmt: skip
    return change


@transaction.atomic
def cancel(
    order: Order,
    *,
    reason: str,
    seen_fee_fen: int | None = None,
    seen_compensation_fen: int | None = None,
    at_fault: Side | None = None,
    by: Actor,
    at: datetime,
) -> Order:
    """End an order before the service has begun, on the terms of the published table for this stage and side.

    seen_fee_fen, seen_compensation_fen: what the canceller was shown that the customer or the agency would owe; if
    something else holds now, TermsChanged or CompensationChanged tells it and nothing changes. Frees the worker,
    closes offers. Of a pair that nobody has taken both halves end; once it is taken the other half goes on, and
    everybody in it is told. Refuses: ReasonNeeded, CannotCancel, TermsChanged, CompensationChanged.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    others = [] if order.party is None else lock_all(order)[1:]
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order.pk)
    )
    terms = cancel_terms_of(order, side=side_of(order, by), at=at, at_fault=at_fault)
    if not terms.allowed:
        raise refusals.CannotCancel(reason=terms.reason)
    fee_fen = fee_of(order, terms)
    if seen_fee_fen is not None and seen_fee_fen != fee_fen:
        raise refusals.TermsChanged(fee=money.yuan(fee_fen))
    if seen_compensation_fen is not None and seen_compensation_fen != compensation_of(order, terms):
        raise refusals.CompensationChanged(compensation=money.yuan(compensation_of(order, terms)))
    untaken = order.state in rules.UNTAKEN
    _end(order, terms, reason=reason.strip(), at_fault=at_fault, by=by, at=at)
    for half in others:
        if untaken:
            _end(half, terms, reason=reason.strip(), at_fault=at_fault, told=False, by=by, at=at)
        elif half.state in rules.AHEAD:
            tell(half, "beside_cancelled", BESIDE_CANCELLED, to="customer provider worker", by=by, at=at,
                 side=side_of(order, by))  # fmt: skip
    return order


def _end(
    order: Order, terms: rules.CancelTerms, *, reason: str, at_fault: Side | None, told: bool = True, by: Actor,
    at: datetime,
) -> None:  # fmt: skip
    """told: people hear of it; else the line stands in the timeline alone."""
    side = side_of(order, by)
    fee_fen, compensation_fen = fee_of(order, terms), compensation_of(order, terms)
    move(order, OrderState.CANCELLED, by=by, at=at, why=reason, cancelled_by=str(side), fee_fen=fee_fen,
         compensation_fen=compensation_fen, at_fault=str(at_fault or ""), waits_for="")  # fmt: skip
    release_all(order, by=by, at=at, reason=gettext_noop("订单已取消"))
    for offer in Offer.objects.filter(order=order, state=OfferState.OPEN):
        move(offer, OfferState.CLOSED, by=by, at=at)
    for visit in Visit.objects.filter(order=order).exclude(state=VisitState.CANCELLED):
        move(visit, VisitState.CANCELLED, by=by, at=at)
    Change.objects.filter(order=order, state=ChangeState.ASKED).update(
        state=ChangeState.WITHDRAWN, answered_at=at
    )
    order.warnings.filter(cleared_at__isnull=True).update(cleared_at=at, cleared_how="cancelled")
    tell(order, "cancelled", gettext_noop("订单已取消：%(reason)s"), to="customer provider former" if told else "",
         by=by, at=at, side=side, sms=True, reason=reason[:100])  # fmt: skip
    record("orders.cancel", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"side": str(side), "fee_fen": fee_fen, "compensation_fen": compensation_fen})  # fmt: skip
    announce(OrderCancelled(order.pk, str(side), fee_fen, compensation_fen, terms.reason))


@transaction.atomic
def close_unready(order: Order, *, at: datetime) -> Order:
    """End an accepted order that is not ready although its start lies the published minutes back: whoever failed is
    found and kept, both sides are told, the worker is free, and what is owed follows the table of cancelling.

    Refuses what cancel refuses. Safe to run twice.
    """
    lock(order)
    order.refresh_from_db(fields=["waits_for"])
    late = order.starts_at <= at - timedelta(minutes=queries.close_minutes(at))
    if order.state not in rules.UNREADY or not late:
        raise NotAllowed
    side, why = rules.unready_fault(
        state=order.state, waits_for=order.waits_for, card_unanswered=card_unanswered(order)
    )
    return cancel(order, reason=why, at_fault=side, by=SYSTEM, at=at)


def fee_of(order: Order, terms: rules.CancelTerms) -> int:
    """What the customer would owe on these terms, in fen."""
    return money.share(order.total_fen, terms.fee_bp)


def compensation_of(order: Order, terms: rules.CancelTerms) -> int:
    """What the agency would owe on these terms, in fen."""
    return money.share(order.total_fen, terms.compensation_bp)
