"""Moving a visit: asked by one side, priced for the new day, agreed to by the other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least

from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.kit import money
from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders import queries, rules
from anxin.orders.actions import refusals
from anxin.orders.actions.demand import check_span
from anxin.orders.actions.telling import lock, side_of, tell
from anxin.orders.events import OrderRescheduled
from anxin.orders.models import Assignment, Change, Offer, Order, Visit
from anxin.orders.states import ChangeState, OfferState, OrderState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.values import Span


@transaction.atomic
def ask_change(
    visit: Visit,
    *,
    starts_at: datetime,
    reason: str,
    seen_total_fen: int | None = None,
    by: Actor,
    at: datetime,
) -> Change | None:
    """Ask the other side to move a visit (its length stays); before anybody has taken the order it just moves.

    seen_total_fen: the price of the new day that the asker was shown; needed where it differs from today's.
    Returns the open request, or None when the visit was moved at once. Refuses: CannotChange, ChangeOpen,
    ReasonNeeded, TooSoon, TooFarAhead, MoveBlocked (with what is free instead), MoveRepriced (with both prices).
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    order = visit.order
    change, terms = drawn_up(
        visit, starts_at=starts_at, reason=reason, seen_total_fen=seen_total_fen, by=by, at=at
    )
    if not terms.needs_consent:
        change.state, change.answered_at = str(ChangeState.AGREED), at
        change.save(force_insert=True)
        apply(change, by=by, at=at)
        return None
    change.save(force_insert=True)
    others = "customer" if change.asked_side != Side.CUSTOMER else "provider worker"
    tell(order, "change_asked", gettext_noop("提出改期：%(reason)s"), to=others, by=by, at=at, sms=True,
         reason=change.reason[:100])  # fmt: skip
    record("orders.ask_change", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"before_fen": change.before_fen, "after_fen": change.after_fen})  # fmt: skip
    return change


def drawn_up(
    visit: Visit, *, starts_at: datetime, reason: str, seen_total_fen: int | None, by: Actor, at: datetime,
    staying: bool = True,
) -> tuple[Change, rules.ChangeTerms]:  # fmt: skip
    """The request as it would be asked, checked and priced, not yet stored. staying: the worker who comes moves too."""
    order = visit.order
    hold(order, visit)
    side = side_of(order, by)
    terms = rules.change_terms(state=order.state, visit_state=visit.state, side=side)
    if not terms.allowed:
        raise refusals.CannotChange(reason=terms.reason)
    ends_at = starts_at + (visit.ends_at - visit.starts_at)
    check_span(starts_at, ends_at, at)
    if Change.objects.filter(visit=visit, state=ChangeState.ASKED).exists():
        raise refusals.ChangeOpen
    moving = _checked(order, visit, starts_at, side=side, at=at, staying=staying)
    _shown(moving.before_fen, moving.after_fen, seen_total_fen)
    change = Change(order=order, visit=visit, starts_at=starts_at, ends_at=ends_at, asked_side=str(side),
                    asked_by=by.person, asked_at=at, reason=reason.strip()[:300], before_fen=moving.before_fen,
                    after_fen=moving.after_fen, terms=moving.terms)  # fmt: skip
    return change, terms


@transaction.atomic
def answer_time(
    change: Change,
    *,
    agreed: bool,
    answer: str = "",
    seen_total_fen: int | None = None,
    by: Actor,
    at: datetime,
) -> Change:
    """The other side agrees to a new time and its price, or not.

    Refuses: NotYourAnswer, ChangeOpen, TooSoon, MoveBlocked, MoveRepriced, workers' TimeTaken and TravelTooFar.
    """
    order = change.order
    check_answer(change, by)
    hold(order, change.visit)
    if agreed:
        check_agreed(change, seen_total_fen=seen_total_fen, by=by, at=at)
    close(change, ChangeState.AGREED if agreed else ChangeState.REFUSED, answer=answer, at=at)
    if agreed:
        apply(change, by=by, at=at)
    else:
        tell(order, "change_refused", gettext_noop("对方不同意改期，按原时间进行"), to="customer provider worker",
             by=by, at=at)  # fmt: skip
    record(
        "orders.answer_change", by=by, at=at, subject="order", subject_id=order.pk, detail={"agreed": agreed}
    )
    return change


def check_answer(change: Change, by: Actor) -> None:
    """The side that did not ask answers. Refuses: NotYourAnswer."""
    if (side_of(change.order, by) == Side.CUSTOMER) == (change.asked_side == Side.CUSTOMER):
        raise refusals.NotYourAnswer


def check_agreed(
    change: Change, *, seen_total_fen: int | None, by: Actor, at: datetime, staying: bool = True
) -> None:
    """Refuse a time that can no longer be agreed to, or a price that was not seen."""
    order, side = change.order, side_of(change.order, by)
    check_span(change.starts_at, change.ends_at, at)
    _shown(change.before_fen, change.after_fen, seen_total_fen)
    terms = rules.change_terms(state=order.state, visit_state=change.visit.state, side=side)
    if not terms.allowed:
        raise refusals.CannotChange(reason=terms.reason)
    _checked(order, change.visit, change.starts_at, side=side, at=at, staying=staying)


def close(change: Change, state: ChangeState, *, answer: str = "", at: datetime) -> None:
    """End an open request. Refuses: ChangeOpen (it was ended meanwhile)."""
    open_ = Change.objects.filter(pk=change.pk, state=ChangeState.ASKED)
    if not open_.update(state=state, answered_at=at, answer=answer.strip()[:300]):
        raise refusals.ChangeOpen
    change.refresh_from_db(fields=["state", "answered_at", "answer"])


def hold(order: Order, visit: Visit) -> None:
    """Take the order's row, and read what moving needs of order and visit."""
    lock(order)
    order.refresh_from_db(fields=["terms", "estimate", "version", "way"])
    visit.refresh_from_db(fields=["state", "starts_at", "ends_at"])


def _checked(
    order: Order, visit: Visit, starts_at: datetime, *, side: Side, at: datetime, staying: bool = True
) -> queries.Moving:
    moving = queries.moving(order, visit, starts_at, at, side=side, staying=staying)
    if moving.reasons:
        starts = queries.free_instead(order, visit, starts_at, at)
        raise refusals.MoveBlocked("start", starts=starts, reasons="；".join(moving.reasons),
                                   instead="、".join(f"{local(s):%m-%d %H:%M}" for s in starts))  # fmt: skip
    return moving


def _shown(before_fen: int | None, after_fen: int | None, seen_fen: int | None) -> None:
    """Nobody agrees to another price without having seen it."""
    if before_fen == after_fen or before_fen is None or after_fen is None or seen_fen == after_fen:
        return
    raise refusals.MoveRepriced(before_fen, after_fen)


def apply(change: Change, *, by: Actor, at: datetime) -> None:
    """Move the visit, the order's own time and terms, the worker's booking, and every deadline that hangs on the start.
    Whoever was asked for together with the new time is booked for it already.

    Where a signed contract says another price, the order goes back to contracting: an addendum is due.
    """
    order, visit = change.order, change.visit
    item = catalogue.item(order.item_code, order.created_at)
    for assignment in Assignment.objects.filter(visit=visit).live().exclude(change=change.pk):
        workers.move_time(ref=assignment.pk, worker_id=assignment.worker_id,
                          span=Span(change.starts_at, change.ends_at),
                          turnover_minutes=item.turnover_minutes, by=by, at=at)  # fmt: skip
    Visit.objects.filter(pk=visit.pk).update(starts_at=change.starts_at, ends_at=change.ends_at)
    Assignment.objects.filter(visit=visit, due_at__isnull=False).update(
        due_at=Least(F("due_at"), change.starts_at)
    )
    Offer.objects.filter(order=order, state=OfferState.OPEN).update(
        expires_at=Least(F("expires_at"), change.starts_at)
    )
    estimate = change.terms.get("estimate")
    terms = {**order.terms, **{k: v for k, v in change.terms.items() if k != "estimate"}}
    Order.objects.filter(pk=order.pk).update(
        starts_at=change.starts_at, ends_at=change.ends_at, terms=terms, estimate=estimate or order.estimate
    )
    repriced = change.before_fen != change.after_fen and estimate is None
    if repriced and order.state == OrderState.SIGNED:
        move(order, OrderState.CONTRACTING, by=by, at=at, why="repriced")
    text = gettext_noop("上门时间已调整")
    prices = {}
    if repriced and change.before_fen is not None and change.after_fen is not None:
        text = gettext_noop("上门时间已调整，预计费用由 ¥%(before)s 变为 ¥%(after)s")
        prices = {"before": money.yuan(change.before_fen), "after": money.yuan(change.after_fen)}
    tell(order, "rescheduled", text, to="customer provider worker", by=by, at=at, sms=True,
         starts_at=change.starts_at.isoformat(), **prices)  # fmt: skip
    announce(OrderRescheduled(order.pk, visit.pk))
