"""Cancelling, both sides by one table; moving stands beside it in `reschedule`."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.kit import money
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.models import NotAllowed, move
from anxin.kit.text import gettext_noop
from anxin.orders import rules
from anxin.orders.actions import refusals
from anxin.orders.actions.assign import release_all
from anxin.orders.actions.reschedule import answer_change as answer_change
from anxin.orders.actions.reschedule import ask_change as ask_change
from anxin.orders.actions.telling import lock, side_of, tell
from anxin.orders.events import OrderCancelled
from anxin.orders.models import Change, Offer, Order, Visit
from anxin.orders.queries import cancel_terms_of, card_unanswered
from anxin.orders.states import ChangeState, OfferState, OrderState, VisitState
from anxin.orders.values import Side


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
    compensation_fen = compensation_of(order, terms)
    move(order, OrderState.CANCELLED, by=by, at=at, why=reason.strip(), cancelled_by=str(side), fee_fen=fee_fen,
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
    tell(order, "cancelled", gettext_noop("订单已取消：%(reason)s"), to="customer provider former", by=by, at=at,
         side=side, sms=True, reason=reason.strip()[:100])  # fmt: skip
    record("orders.cancel", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"side": str(side), "fee_fen": fee_fen, "compensation_fen": compensation_fen})  # fmt: skip
    announce(OrderCancelled(order.pk, str(side), fee_fen, compensation_fen, terms.reason))
    return order


@transaction.atomic
def close_unready(order: Order, *, at: datetime) -> Order:
    """End an accepted order that is not ready although its start lies the published minutes back: whoever failed is
    found and kept, both sides are told, the worker is free, and what is owed follows the table of cancelling.

    Refuses what cancel refuses. Safe to run twice.
    """
    lock(order)
    order.refresh_from_db(fields=["waits_for"])
    if order.state not in rules.UNREADY:
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
