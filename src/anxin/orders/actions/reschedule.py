"""Moving a visit: asked by one side, priced for the new day, agreed to by the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext

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
from anxin.orders.actions.pair import lock_all
from anxin.orders.actions.telling import lock, side_of, tell
from anxin.orders.events import OrderRescheduled
from anxin.orders.models import Assignment, Change, Offer, Order, Visit
from anxin.orders.states import ChangeState, OfferState, OrderState
from anxin.orders.values import Side
from anxin.workers import public as workers
from anxin.workers.values import Span

# By whether it is the customer who speaks: three readers see the same line, and to none of them may it say “the other
# side”. The requests also by whether both halves of a pair move.
ASKED = {
    (True, False): gettext_noop("客户提出改期，由 %(was_at)s 改到 %(starts_at)s：%(reason)s"),
    (True, True): gettext_noop("客户提出两单一起改期，由 %(was_at)s 改到 %(starts_at)s：%(reason)s"),
    (False, False): gettext_noop("机构提出改期，由 %(was_at)s 改到 %(starts_at)s：%(reason)s"),
    (False, True): gettext_noop("机构提出两单一起改期，由 %(was_at)s 改到 %(starts_at)s：%(reason)s"),
}
REFUSED = {
    True: gettext_noop("客户不同意改到 %(starts_at)s，仍按原时间 %(was_at)s"),
    False: gettext_noop("机构不同意改到 %(starts_at)s，仍按原时间 %(was_at)s"),
}
MOVED = gettext_noop("上门时间由 %(was_at)s 改到 %(starts_at)s")
# The price before the old time: a text message may be cut at its end.
MOVED_REPRICED = gettext_noop(
    "上门时间改到 %(starts_at)s，预计费用由 ¥%(before)s 变为 ¥%(after)s；原定 %(was_at)s"
)


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

    Of a pair both visits move, by one word: at different times two would not come together. seen_total_fen: the price
    of the new day that the asker was shown, of a pair the sum; needed where it differs from today's.
    Returns the open request, or None when the visit was moved at once. Refuses: CannotChange, ChangeOpen,
    ReasonNeeded, TooSoon, TooFarAhead, MoveBlocked (with what is free instead), MoveRepriced (with both prices).
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    if visit.order.party is not None:
        lock_all(visit.order)
    changes, terms = drawn_up(
        queries.visits_together(visit), starts_at=starts_at, reason=reason, seen_total_fen=seen_total_fen, by=by, at=at
    )  # fmt: skip
    for change in changes:
        if terms.needs_consent:
            change.save(force_insert=True)
            _tell_asked(change, first=change is changes[0], pair=len(changes) > 1, by=by, at=at)
        else:
            change.state, change.answered_at = str(ChangeState.AGREED), at
            change.save(force_insert=True)
            apply(change, told=change is changes[0], by=by, at=at)
    return changes[0] if terms.needs_consent else None


def _tell_asked(change: Change, *, first: bool, pair: bool, by: Actor, at: datetime) -> None:
    """Whoever hears of both halves hears of it on the first."""
    order, of_customer = change.order, change.asked_side == Side.CUSTOMER
    others = ("provider worker" if first else "worker") if of_customer else "customer" if first else ""
    words = ASKED[of_customer, pair]
    tell(order, "change_asked", words, to=others, by=by, at=at, sms=True, reason=change.reason[:100],
         **times_of(change))  # fmt: skip
    record("orders.ask_change", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"before_fen": change.before_fen, "after_fen": change.after_fen})  # fmt: skip


def drawn_up(
    visits: Sequence[Visit], *, starts_at: datetime, reason: str, seen_total_fen: int | None, by: Actor, at: datetime,
    staying: bool = True,
) -> tuple[list[Change], rules.ChangeTerms]:  # fmt: skip
    """The requests as they would be asked for a visit (and the other one of its pair), checked and priced, not yet
    stored. staying: the worker who comes moves too."""
    for visit in visits:
        hold(visit.order, visit)
    order = visits[0].order
    side = side_of(order, by)
    terms = queries.change_terms_of(visits, side)
    if not terms.allowed:
        raise refusals.CannotChange(reason=gettext(terms.reason))
    check_span(starts_at, starts_at + (visits[0].ends_at - visits[0].starts_at), at)
    # Nobody can agree any more to a time that has passed: it must not stand in the way of another.
    passed = Change.objects.filter(
        visit__in=visits, state=ChangeState.ASKED, starts_at__lte=at, assignments=None
    )
    passed.update(state=ChangeState.WITHDRAWN, answered_at=at)
    if queries.change_waits(visits, at):
        raise refusals.ChangeOpen
    moves = _checked(visits, starts_at, side=side, at=at, staying=staying)
    changes = [
        Change(order=visit.order, visit=visit, starts_at=moving.span.start, ends_at=moving.span.end,
               asked_side=str(side), asked_by=by.person, asked_at=at, reason=reason.strip()[:300],
               before_fen=moving.before_fen, after_fen=moving.after_fen, terms=moving.terms)
        for visit, moving in zip(visits, moves, strict=True)
    ]  # fmt: skip
    _shown(changes, seen_total_fen)
    return changes, terms


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
    """The other side agrees to a new time and its price, or not; of a pair to both halves by one word.

    Refuses: NotYourAnswer, ChangeEnded, TooSoon, MoveBlocked, MoveRepriced, workers' TimeTaken and TravelTooFar.
    """
    check_answer(change, by)
    if change.order.party is not None:
        lock_all(change.order)
    changes = [change, *queries.asked_beside(change)]
    for one in changes:
        hold(one.order, one.visit)
    change.refresh_from_db(fields=["state"])
    if change.state != ChangeState.ASKED:
        raise refusals.ChangeEnded
    if agreed:
        check_agreed(changes, seen_total_fen=seen_total_fen, by=by, at=at)
    for one in changes:
        first = one is change
        close(one, ChangeState.AGREED if agreed else ChangeState.REFUSED, answer=answer, at=at)
        if agreed:
            apply(one, told=first, by=by, at=at)
        else:
            tell(one.order, "change_refused", REFUSED[one.asked_side != Side.CUSTOMER],
                 to="customer provider worker" if first else "worker", by=by, at=at, **times_of(one))  # fmt: skip
        record(
            "orders.answer_change",
            by=by,
            at=at,
            subject="order",
            subject_id=one.order_id,
            detail={"agreed": agreed},
        )
    return change


def check_answer(change: Change, by: Actor) -> None:
    """The side that did not ask answers. Refuses: NotYourAnswer."""
    if (side_of(change.order, by) == Side.CUSTOMER) == (change.asked_side == Side.CUSTOMER):
        raise refusals.NotYourAnswer


def times_of(change: Change) -> dict[str, Any]:
    """The new time and the one that holds so far, for the places of a text."""
    return {"starts_at": change.starts_at.isoformat(), "was_at": change.visit.starts_at.isoformat()}


def check_agreed(
    changes: Sequence[Change], *, seen_total_fen: int | None, by: Actor, at: datetime, staying: bool = True
) -> None:
    """Refuse a time that can no longer be agreed to, or a price that was not seen."""
    first, visits = changes[0], [one.visit for one in changes]
    for one in changes:
        one.visit.order = one.order
    check_span(first.starts_at, first.ends_at, at)
    _shown(changes, seen_total_fen)
    side = side_of(first.order, by)
    terms = queries.change_terms_of(visits, side)
    if not terms.allowed:
        raise refusals.CannotChange(reason=gettext(terms.reason))
    _checked(visits, first.starts_at, side=side, at=at, staying=staying)


def close(change: Change, state: ChangeState, *, answer: str = "", at: datetime) -> None:
    """End an open request. Refuses: ChangeEnded (somebody was faster)."""
    open_ = Change.objects.filter(pk=change.pk, state=ChangeState.ASKED)
    if not open_.update(state=state, answered_at=at, answer=answer.strip()[:300]):
        raise refusals.ChangeEnded
    change.refresh_from_db(fields=["state", "answered_at", "answer"])


def hold(order: Order, visit: Visit) -> None:
    """Take the order's row, and read what moving needs of order and visit."""
    lock(order)
    order.refresh_from_db(fields=["terms", "estimate", "version", "way"])
    visit.refresh_from_db(fields=["state", "starts_at", "ends_at"])


def _checked(
    visits: Sequence[Visit], starts_at: datetime, *, side: Side, at: datetime, staying: bool = True
) -> list[queries.Moving]:
    moves = [
        queries.moving(visit.order, visit, starts_at, at, side=side, staying=staying) for visit in visits
    ]
    reasons = dict.fromkeys(reason for moving in moves for reason in moving.reasons)
    if reasons:
        starts = queries.free_instead(visits, starts_at, at)
        raise refusals.MoveBlocked("start", starts=starts, reasons="；".join(reasons),
                                   instead="、".join(f"{local(s):%m-%d %H:%M}" for s in starts))  # fmt: skip
    return moves


def _shown(changes: Sequence[Change], seen_fen: int | None) -> None:
    """Nobody agrees to another price without having seen it."""
    before_fen, after_fen = queries.prices_of(changes)
    if before_fen == after_fen or before_fen is None or after_fen is None or seen_fen == after_fen:
        return
    raise refusals.MoveRepriced(before_fen, after_fen)


def apply(change: Change, *, told: bool = True, by: Actor, at: datetime) -> None:
    """Move the visit, the order's own time and terms, the worker's booking, and every deadline that hangs on the start.
    Whoever was asked for together with the new time is booked for it already.

    Where a signed contract says another price, the order goes back to contracting: an addendum is due. told: customer
    and agency hear of it on this order; the worker always does.
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
    text, prices = MOVED, {}
    if repriced and change.before_fen is not None and change.after_fen is not None:
        text = MOVED_REPRICED
        prices = {"before": money.yuan(change.before_fen), "after": money.yuan(change.after_fen)}
    tell(order, "rescheduled", text, to="customer provider worker" if told else "worker", by=by, at=at, sms=True,
         **times_of(change), **prices)  # fmt: skip
    announce(OrderRescheduled(order.pk, visit.pk))
