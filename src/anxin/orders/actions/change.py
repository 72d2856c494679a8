"""Cancelling and rescheduling, both sides by one table."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.kit import money
from anxin.kit.actor import Actor
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders import rules
from anxin.orders.actions import refusals
from anxin.orders.actions.assign import release_all
from anxin.orders.actions.demand import check_span
from anxin.orders.actions.telling import lock, side_of, tell
from anxin.orders.events import OrderCancelled, OrderRescheduled
from anxin.orders.models import Assignment, Change, Offer, Order, Visit
from anxin.orders.queries import cancel_terms_of
from anxin.orders.states import ChangeState, OfferState, OrderState, VisitState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.values import Span


@transaction.atomic
def cancel(
    order: Order,
    *,
    reason: str,
    seen_fee_fen: int | None = None,
    at_fault: Side | None = None,
    by: Actor,
    at: datetime,
) -> Order:
    """End an order before the service has begun, on the terms of the published table for this stage and side.

    seen_fee_fen: the fee the canceller was shown; if another holds now, TermsChanged tells it and nothing
    changes. Frees the worker, closes offers. Refuses: ReasonNeeded, CannotCancel, TermsChanged.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order.pk)
    )
    side = side_of(order, by)
    terms = cancel_terms_of(order, side=side, at=at, at_fault=at_fault)
    if not terms.allowed:
        raise refusals.CannotCancel(reason=terms.reason)
    fee_fen = fee_of(order, terms)
    if seen_fee_fen is not None and seen_fee_fen != fee_fen:
        raise refusals.TermsChanged(fee=money.yuan(fee_fen))
    compensation_fen = money.share(order.total_fen, terms.compensation_bp)
    move(order, OrderState.CANCELLED, by=by, at=at, why=reason.strip(), cancelled_by=str(side), fee_fen=fee_fen,
         compensation_fen=compensation_fen)  # fmt: skip
    release_all(order, by=by, at=at, reason=gettext_noop("订单已取消"))
    for offer in Offer.objects.filter(order=order, state=OfferState.OPEN):
        move(offer, OfferState.CLOSED, by=by, at=at)
    for visit in Visit.objects.filter(order=order).exclude(state=VisitState.CANCELLED):
        move(visit, VisitState.CANCELLED, by=by, at=at)
    Change.objects.filter(order=order, state=ChangeState.ASKED).update(
        state=ChangeState.WITHDRAWN, answered_at=at
    )
    order.warnings.filter(cleared_at__isnull=True).update(cleared_at=at, cleared_how="cancelled")
    tell(order, "cancelled", gettext_noop("订单已取消：%(reason)s"), to="customer provider former", by=by, at=at,
         side=side, sms=True, reason=reason.strip()[:100])  # fmt: skip
    record("orders.cancel", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"side": str(side), "fee_fen": fee_fen, "compensation_fen": compensation_fen})  # fmt: skip
    announce(OrderCancelled(order.pk, str(side), fee_fen, compensation_fen))
    return order


def fee_of(order: Order, terms: rules.CancelTerms) -> int:
    """What the customer would owe on these terms, in fen."""
    return money.share(order.total_fen, terms.fee_bp)


@transaction.atomic
def ask_change(visit: Visit, *, starts_at: datetime, reason: str, by: Actor, at: datetime) -> Change | None:
    """Ask the other side to move a visit (its length stays); before anybody has taken the order it just moves.

    Returns the open request, or None when the visit was moved at once. Refuses: CannotChange, ChangeOpen,
    ReasonNeeded, TooSoon.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    order = visit.order
    lock(order)
    visit.refresh_from_db(fields=["state", "starts_at", "ends_at"])
    terms = rules.change_terms(state=order.state, visit_state=visit.state)
    if not terms.allowed:
        raise refusals.CannotChange(reason=terms.reason)
    ends_at = starts_at + (visit.ends_at - visit.starts_at)
    check_span(starts_at, ends_at, at)
    if Change.objects.filter(visit=visit, state=ChangeState.ASKED).exists():
        raise refusals.ChangeOpen
    change = Change(order=order, visit=visit, starts_at=starts_at, ends_at=ends_at,
                    asked_side=str(side_of(order, by)), asked_by=by.person, asked_at=at,
                    reason=reason.strip()[:300])  # fmt: skip
    if not terms.needs_consent:
        change.state, change.answered_at = str(ChangeState.AGREED), at
        change.save(force_insert=True)
        _apply(change, by=by, at=at)
        return None
    change.save(force_insert=True)
    others = "customer" if change.asked_side != Side.CUSTOMER else "provider worker"
    tell(order, "change_asked", gettext_noop("提出改期：%(reason)s"), to=others, by=by, at=at, sms=True,
         reason=change.reason[:100])  # fmt: skip
    record("orders.ask_change", by=by, at=at, subject="order", subject_id=order.pk)
    return change


@transaction.atomic
def answer_change(change: Change, *, agreed: bool, answer: str = "", by: Actor, at: datetime) -> Change:
    """The other side agrees to a new time, or not.

    Refuses: NotYourAnswer, TooSoon, workers' TimeTaken and TravelTooFar.
    """
    order = change.order
    asked_by_customer = change.asked_side == Side.CUSTOMER
    if (side_of(order, by) == Side.CUSTOMER) == asked_by_customer:
        raise refusals.NotYourAnswer
    lock(order)
    change.visit.refresh_from_db(fields=["state", "starts_at", "ends_at"])
    if agreed:
        check_span(change.starts_at, change.ends_at, at)
    state = ChangeState.AGREED if agreed else ChangeState.REFUSED
    changed = Change.objects.filter(pk=change.pk, state=ChangeState.ASKED).update(
        state=state, answered_at=at, answer=answer.strip()[:300]
    )
    if not changed:
        raise refusals.ChangeOpen
    change.refresh_from_db()
    if agreed:
        _apply(change, by=by, at=at)
    else:
        tell(order, "change_refused", gettext_noop("对方不同意改期，按原时间进行"), to="customer provider worker",
             by=by, at=at)  # fmt: skip
    record(
        "orders.answer_change", by=by, at=at, subject="order", subject_id=order.pk, detail={"agreed": agreed}
    )
    return change


def _apply(change: Change, *, by: Actor, at: datetime) -> None:
    """Move the visit, the order's own time when it is the only one, and the worker's booking."""
    order, visit = change.order, change.visit
    terms = rules.change_terms(state=order.state, visit_state=visit.state)
    if not terms.allowed:
        raise refusals.CannotChange(reason=terms.reason)
    item = catalogue.item(order.item_code, order.created_at)
    for assignment in Assignment.objects.filter(visit=visit).live():
        workers.move_time(ref=assignment.pk, worker_id=assignment.worker_id,
                          span=Span(change.starts_at, change.ends_at),
                          turnover_minutes=item.turnover_minutes, by=by, at=at)  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(starts_at=change.starts_at, ends_at=change.ends_at)
    if order.visits.count() == 1:
        Order.objects.filter(pk=order.pk).update(starts_at=change.starts_at, ends_at=change.ends_at)
    tell(order, "rescheduled", gettext_noop("上门时间已调整"), to="customer provider worker", by=by, at=at, sms=True,
         starts_at=change.starts_at.isoformat())  # fmt: skip
    announce(OrderRescheduled(order.pk, visit.pk))
