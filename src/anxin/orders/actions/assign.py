"""Choosing the worker: proposal, the worker's word, the card, the customer's word, a new selection, a replacement."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.kit import money
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.geo import Point
from anxin.kit.models import NotAllowed, begin, move
from anxin.kit.text import gettext_noop
from anxin.orders import queries
from anxin.orders.actions import refusals, reschedule
from anxin.orders.actions.telling import lock, tell
from anxin.orders.events import WorkerAgreed
from anxin.orders.models import Assignment, Change, Order, Visit
from anxin.orders.states import LIVE_ASSIGNMENTS, AssignmentState, ChangeState, OrderState, VisitState
from anxin.orders.values import CUSTOMER_HOURS, WORKER_MINUTES, WarningKind
from anxin.policies import public as policies
from anxin.workers import public as workers
from anxin.workers.values import BookingKind, Span

LEAST_TO_ANSWER = timedelta(minutes=30)
CARDED = gettext_noop("服务员已确认，请客户看看名片是否合适")
BOTH_ASKED = gettext_noop("请看新时间 %(starts_at)s（原定 %(was_at)s）和新服务员：%(reason)s。您同意才会变")
# What is new first: a text message may be cut at its end.
BOTH_REPRICED = gettext_noop(
    "请看新时间 %(starts_at)s、新价格 ¥%(after)s（原 ¥%(before)s）和新服务员，原定 %(was_at)s：%(reason)s。您同意才会变"
)
BEFORE_SERVICE = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED)


@transaction.atomic
def propose(
    order: Order,
    *,
    worker_id: UUID,
    score: dict[str, Any],
    by: Actor,
    at: datetime,
    replaces: Assignment | None = None,
    change: Change | None = None,
) -> Assignment:
    """The agency proposes a worker: the worker's time is held and they are told the need in full (C-5.4.2).

    score: matching's explanation, kept as it stood. change: another time that is asked for with them. Refuses:
    NotAllowed (wrong stage), AlreadyProposed, NotEligible (with each gate that failed), workers' TimeTaken and
    TravelTooFar.
    """
    lock(order)
    if order.state not in BEFORE_SERVICE:
        raise NotAllowed
    live = Assignment.objects.filter(order=order).live()
    standing = live.filter(state=AssignmentState.AGREED).first()
    if standing is not None and replaces is None:
        replaces = standing
    if live.exclude(pk=replaces.pk if replaces else None).exists():
        raise refusals.AlreadyProposed
    visit = order.visits.order_by("sequence").get()
    check_worker(order, worker_id, at, span=Span(change.starts_at, change.ends_at) if change else None)
    assignment = Assignment(
        order=order, visit=visit, worker_id=worker_id, round=order.round, score=score, replaces=replaces,
        change=change, created_at=at,
    )  # fmt: skip
    answer_by = at + timedelta(minutes=policies.read(WORKER_MINUTES, at=at))
    assignment.due_at = not_after(assignment.starts_at, answer_by, at)
    begin(assignment, by=by, at=at)
    hold(order, assignment, by=by, at=at)
    tell(order, "proposed", gettext_noop("已选派服务员，等待服务员确认"), to="worker", by=by, at=at, sms=True)
    record("orders.propose", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"worker": str(worker_id), "round": order.round})  # fmt: skip
    return assignment


def check_worker(order: Order, worker_id: UUID, at: datetime, *, span: Span | None = None) -> None:
    """Refuse a worker whom a gate stops (C-5.3.8), naming each gate that does; at another time if `span` says so."""
    reasons = [str(reason) for reason in queries.obstacles(order, [worker_id], at, span=span)[worker_id]]
    if reasons:
        raise refusals.NotEligible(reasons="；".join(gettext(reason) for reason in reasons))


def hold(order: Order, assignment: Assignment, *, by: Actor, at: datetime) -> None:
    """Hold the worker's time for the visit; the booking's reference is the assignment."""
    item = catalogue.item(order.item_code, order.created_at)
    workers.hold_time(
        worker_id=assignment.worker_id, span=Span(assignment.starts_at, assignment.ends_at), kind=BookingKind.VISIT,
        ref=assignment.pk, point=Point(order.lat, order.lng), turnover_minutes=item.turnover_minutes, by=by, at=at,
    )  # fmt: skip


def not_after(starts_at: datetime, moment: datetime, at: datetime) -> datetime:
    """An answer is due before the start; close to it or past it (a replacement) it still has some minutes."""
    return min(moment, max(starts_at, at + LEAST_TO_ANSWER))


@transaction.atomic
def confirm(assignment: Assignment, *, by: Actor, at: datetime) -> Assignment:
    """The worker confirms after reading the need in full (C-5.4.2); the card goes to the customer (B-7.4.3)."""
    lock(assignment.order)
    hours = policies.read(CUSTOMER_HOURS, at=at)
    due = not_after(assignment.starts_at, at + timedelta(hours=hours), at)
    move(assignment, AssignmentState.CARDED, by=by, at=at, due_at=due)
    if assignment.asked is None:
        tell(
            assignment.order, "carded", CARDED, to="customer provider", by=by, at=at, side="worker", sms=True
        )
    else:
        text, prices = _asked_words(assignment.asked)
        tell(assignment.order, "both_asked", text, to="customer provider", by=by, at=at, side="worker", sms=True,
             reason=assignment.asked.reason[:100], **reschedule.times_of(assignment.asked), **prices)  # fmt: skip
    record("orders.confirm_worker", by=by, at=at, subject="order", subject_id=assignment.order_id)
    return assignment


def _asked_words(change: Change) -> tuple[str, dict[str, str]]:
    """What the customer is asked, and the prices in it if they differ."""
    if change.before_fen is None or change.after_fen is None or change.before_fen == change.after_fen:
        return BOTH_ASKED, {}
    return BOTH_REPRICED, {"before": money.yuan(change.before_fen), "after": money.yuan(change.after_fen)}


@transaction.atomic
def decline(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """The worker says no, with a reason; their time is free again. Refuses: ReasonNeeded."""
    reason = _reason(reason)
    end(assignment, AssignmentState.DECLINED, reason=reason, by=by, at=at)
    tell(assignment.order, "worker_declined", gettext_noop("服务员婉拒：%(reason)s"), to="provider", by=by, at=at,
         side="worker", reason=reason)  # fmt: skip
    record("orders.decline_worker", by=by, at=at, subject="order", subject_id=assignment.order_id)
    return assignment


@transaction.atomic
def agree(
    assignment: Assignment, *, seen_total_fen: int | None = None, by: Actor, at: datetime
) -> Assignment:
    """The customer takes the proposed worker (B-7.5.1): the time is firm, the contract can be completed. A time that
    was asked for with them is agreed to by the same word.

    A replacement ends the assignment it stands in for, frees that worker, and calls for an addendum; where the
    old worker was on the way or at the door, the visit waits for its new worker again.
    Refuses: NotAllowed once the service has begun or the order has ended; with another time what `answer_change` does.
    """
    order, old = assignment.order, assignment.replaces
    lock(order)
    if order.state not in BEFORE_SERVICE:
        raise NotAllowed
    change = _asked_with(assignment)
    if change is not None:
        change.order = order
        reschedule.hold(order, change.visit)
        reschedule.check_agreed([change], seen_total_fen=seen_total_fen, by=by, at=at, staying=False)
        reschedule.close(change, ChangeState.AGREED, at=at)
    if old is not None:
        # First, for one place in a visit holds one live assignment that replaces nobody.
        end(old, AssignmentState.REPLACED, reason="", by=by, at=at)
        start_over(assignment.visit, by=by, at=at)
    move(assignment, AssignmentState.AGREED, by=by, at=at, due_at=None, replaces=None)
    workers.confirm_time(ref=assignment.pk, by=by, at=at)
    # Of the one before: what cancelling costs hangs on them.
    over = [str(WarningKind.WORKER_LOST), str(WarningKind.CODE_NOT_GREEN)]
    order.warnings.filter(kind__in=over, cleared_at=None).update(cleared_at=at, cleared_how="replaced")
    if old is not None:
        if order.state == OrderState.SIGNED:
            move(order, OrderState.CONTRACTING, by=by, at=at, why="replacement")
    elif order.state == OrderState.ACCEPTED:
        move(order, OrderState.CONTRACTING, by=by, at=at)
    tell(order, "agreed", gettext_noop("客户选定了服务员"), to="provider worker", by=by, at=at, sms=True)
    if old is not None:
        tell(
            order,
            "replaced",
            gettext_noop("已更换服务员，原服务员不用再上门"),
            to="former",
            by=by,
            at=at,
            sms=True,
        )
    record("orders.agree", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"worker": str(assignment.worker_id)})  # fmt: skip
    announce(WorkerAgreed(order.pk, assignment.pk, old.pk if old else None))
    if change is not None:
        # After the word on the worker, so that one addendum says both.
        reschedule.apply(change, by=by, at=at)
    return assignment


def _asked_with(assignment: Assignment) -> Change | None:
    """The time asked for with this worker, as long as it is open."""
    open_ = Change.objects.filter(assignments=assignment, state=ChangeState.ASKED)
    return open_.select_related("visit").first()


@transaction.atomic
def reject(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """The customer asks for another worker, with a reason the next round takes into account (B-7.5.2)."""
    reason = _reason(reason)
    order = assignment.order
    lock(order)
    end(assignment, AssignmentState.REJECTED, reason=reason, by=by, at=at)
    reasons = [*order.selection_reasons, {"round": order.round, "reason": reason}]
    Order.objects.filter(pk=order.pk).update(round=order.round + 1, selection_reasons=reasons)
    order.round, order.selection_reasons = order.round + 1, reasons
    tell(order, "rejected", gettext_noop("客户希望换一位：%(reason)s"), to="provider former", by=by, at=at,
         reason=reason)  # fmt: skip
    record("orders.reject", by=by, at=at, subject="order", subject_id=order.pk)
    return assignment


@transaction.atomic
def withdraw(assignment: Assignment, *, reason: str, by: Actor, at: datetime) -> Assignment:
    """The agency takes a proposal back that the customer has not yet agreed to.

    Refuses: ReasonNeeded, AlreadyAgreed (then only a replacement or cancelling frees the worker).
    """
    reason = _reason(reason)
    if assignment.state == AssignmentState.AGREED:
        raise refusals.AlreadyAgreed
    end(assignment, AssignmentState.WITHDRAWN, reason=reason, by=by, at=at)
    tell(assignment.order, "withdrawn", gettext_noop("机构撤回了选派：%(reason)s"), to="customer former", by=by,
         at=at, reason=reason)  # fmt: skip
    record("orders.withdraw", by=by, at=at, subject="order", subject_id=assignment.order_id,
           detail={"worker": str(assignment.worker_id)})  # fmt: skip
    return assignment


@transaction.atomic
def lapse(assignment: Assignment, *, at: datetime, by: Actor = SYSTEM) -> Assignment:
    """Worker or customer did not answer in time; the agency chooses again."""
    end(assignment, AssignmentState.LAPSED, reason="", by=by, at=at)
    tell(assignment.order, "assignment_lapsed", gettext_noop("超时未答复，需要重新选派"), to="provider customer former",
         by=by, at=at)  # fmt: skip
    return assignment


def start_over(visit: Visit, *, by: Actor, at: datetime) -> None:
    """Whoever was on the way or at the door does not come: the visit is planned again, for somebody else."""
    visit.refresh_from_db(fields=["state"])
    if visit.state in (VisitState.EN_ROUTE, VisitState.ARRIVED):
        move(visit, VisitState.PLANNED, by=by, at=at, departed_at=None, arrived_at=None, arrived_lat=None,
             arrived_lng=None, contacted_at=None, contact_how="", contact_note="")  # fmt: skip


def release_all(
    order: Order, *, by: Actor, at: datetime, reason: str, states: tuple[str, ...] = LIVE_ASSIGNMENTS
) -> None:
    """Free every worker still held for an order that ends (or only those in `states`)."""
    for assignment in Assignment.objects.filter(order=order, state__in=states).select_related("order"):
        end(assignment, AssignmentState.WITHDRAWN, reason=reason, by=by, at=at)


def end(assignment: Assignment, state: AssignmentState, *, reason: str, by: Actor, at: datetime) -> None:
    """End an assignment and give its worker's time back; another time that was asked for with it is off, too."""
    lock(assignment.order)
    move(assignment, state, by=by, at=at, why=reason, reason=reason, due_at=None)
    if (change := _asked_with(assignment)) is not None:
        refused = state == AssignmentState.REJECTED
        reschedule.close(change, ChangeState.REFUSED if refused else ChangeState.WITHDRAWN, at=at)
    workers.release_time(ref=assignment.pk, by=by, at=at)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    return reason.strip()[:300]
