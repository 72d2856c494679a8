"""The day of the visit (B-7.6): contact, departure, arrival, entry, checklist, extras, completion, confirmation."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from anxin.agencies import public as agencies
from anxin.audit.public import record
from anxin.files import public as files
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local
from anxin.kit.events import announce
from anxin.kit.forms import Resumed
from anxin.kit.geo import Point
from anxin.kit.live import touch
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.orders import queries, rules
from anxin.orders.actions import refusals
from anxin.orders.actions.assign import release_all
from anxin.orders.actions.telling import lock, tell
from anxin.orders.events import EntryRefused, ServiceConfirmed
from anxin.orders.models import Assignment, Extra, Order, Step, StepPhoto, Visit, Warning
from anxin.orders.states import AssignmentState, ChangeState, ExtraState, OrderState, VisitState
from anxin.orders.values import (
    AUTO_CONFIRM_HOURS,
    ENTRY_FAR_ALLOWED,
    ENTRY_PLACE_REQUIRED,
    ENTRY_RADIUS_M,
    ENTRY_UNKNOWN_TIMES,
    WARNING_LABELS,
    WarningKind,
)
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Colour
from anxin.workers import public as workers

EARLIEST_DEPARTURE = timedelta(hours=4)
PUNCTUAL = timedelta(minutes=10)
PRESSED_TWICE = timedelta(minutes=1)
NOT_GREEN_NOW = gettext_noop(
    "到门口时安心码不是绿码，本次不能入户。正在找替换的服务员，客户确认后上门；客户也可以改期，或取消且不收费"
)


@transaction.atomic
def contact(visit: Visit, *, how: str, note: str, by: Actor, at: datetime) -> Visit:
    """The worker (or the agency) has phoned or written to the customer before the visit (C-6.1.5)."""
    _signed(visit)
    visit.refresh_from_db(fields=["contacted_at", "contact_how", "contact_note"])
    before = visit.contacted_at is not None and at - visit.contacted_at < PRESSED_TWICE
    if before and (visit.contact_how, visit.contact_note) == (how[:16], note[:200]):
        return visit
    Visit.objects.filter(pk=visit.pk).update(contacted_at=at, contact_how=how[:16], contact_note=note[:200])
    visit.refresh_from_db()
    tell(visit.order, "contacted", gettext_noop("服务员已联系客户"), to="customer", by=by, at=at)
    record("orders.contact", by=by, at=at, subject="visit", subject_id=visit.pk, detail={"how": how})
    return visit


@transaction.atomic
def depart(visit: Visit, *, by: Actor, at: datetime, told: datetime | None = None) -> Visit:
    """The worker sets out. `told`: when they did, as told by a phone that had no network (also below).

    Refuses: NotSigned, TooEarly, and anything but a planned visit.
    """
    _signed(visit)
    visit.refresh_from_db(fields=["starts_at", "ends_at"])
    earliest = visit.starts_at - EARLIEST_DEPARTURE
    if at < earliest:
        raise refusals.TooEarly
    move(visit, VisitState.EN_ROUTE, by=by, at=at, departed_at=rules.acted_at(told, at, after=[earliest]))
    tell(visit.order, "departed", gettext_noop("服务员已出发"), to="customer", by=by, at=at)
    record("orders.depart", by=by, at=at, subject="visit", subject_id=visit.pk,
           detail=_as_told(visit, visit.departed_at, told, by=by, at=at))  # fmt: skip
    return visit


@transaction.atomic
def arrive(
    visit: Visit, *, point: Point | None, by: Actor, at: datetime, told: datetime | None = None
) -> Visit:
    """The worker stands at the door; the place is kept as evidence (deleted after the retention period)."""
    lock(visit.order)
    move(visit, VisitState.ARRIVED, by=by, at=at,
         arrived_at=rules.acted_at(told, at, after=[visit.departed_at]),
         arrived_lat=point.lat if point else None, arrived_lng=point.lng if point else None)  # fmt: skip
    tell(
        visit.order,
        "arrived",
        gettext_noop("服务员已到门口，请扫码确认入户"),
        to="customer",
        by=by,
        at=at,
        sms=True,
    )
    record("orders.arrive", by=by, at=at, subject="visit", subject_id=visit.pk,
           detail=_as_told(visit, visit.arrived_at, told, by=by, at=at))  # fmt: skip
    return visit


def confirm_entry(visit: Visit, *, token: str, point: Point | None, by: Actor, at: datetime) -> Visit:
    """The customer scans the worker's code and lets them in (D-3b): bound to order, time, place and colour.

    The scan is kept whatever comes of it. Refuses: safetycode's token refusals (of a code that is not ours the agency
    is told), WrongWorker, NotAwaited (they are in already, or it is over: nobody is alarmed), NotGreen (a substitute is
    sought), NotArrived, WrongPlace (the distance is told; unless the operator lets it pass with word to the agency),
    PlaceUnknown (where the operator demands one; else it is kept as unknown; if that repeats, the agency is warned).
    """
    try:
        scan = safetycode.scan(token=token, by=by, at=at, visit_ref=visit.pk, point=point)
    except safetycode.TokenForged as forged:
        if visit.state in rules.OUTSIDE:
            _refuse_entry(visit, forged.code, scan_id=None, by=by, at=at)
        raise
    assigned = Assignment.objects.filter(visit=visit, state=AssignmentState.AGREED)
    facts = rules.EntryFacts(
        code_worker=str(scan.code.worker_id),
        assigned_workers=frozenset(str(pk) for pk in assigned.values_list("worker_id", flat=True)),
        green=scan.colour == Colour.GREEN,
        visit_state=visit.state,
        here=point,
        door=Point(visit.order.lat, visit.order.lng),
        radius_m=policies.read(ENTRY_RADIUS_M, at=at),
        place_required=policies.read(ENTRY_PLACE_REQUIRED, at=at),
        far_allowed=policies.read(ENTRY_FAR_ALLOWED, at=at),
    )
    refusal = rules.entry_refusal(facts)
    if refusal:
        if refusal != "not_awaited":
            _refuse_entry(visit, refusal, scan_id=scan.pk, by=by, at=at)
        raise refusals.entry_refused(refusal, facts.distance_m)
    return _enter(visit, how="scan", scan_id=scan.pk, facts=facts, by=by, at=at)


@transaction.atomic
def _refuse_entry(visit: Visit, why: str, *, scan_id: UUID | None, by: Actor, at: datetime) -> None:
    """Kept although the entry is refused. Not green: all three are told what happens, and somebody else is sought."""
    order = visit.order
    if why == "not_green":
        Warning.objects.get_or_create(
            visit=visit, kind=str(WarningKind.CODE_NOT_GREEN), cleared_at=None,
            defaults={"order": order, "raised_at": at},
        )  # fmt: skip
        # From the platform: the customer, who has just pressed the button, gets it in writing too.
        tell(
            order, "entry_not_green", NOT_GREEN_NOW, to="customer provider worker", by=SYSTEM, at=at, sms=True
        )
    else:
        text = refusals.NOTED.get(why, gettext_noop("入户核验未通过"))
        tell(order, f"entry_{why}", text, to="provider", by=by, at=at, sms=True)
    record("orders.entry_refused", by=by, at=at, subject="visit", subject_id=visit.pk,
           detail={"why": why, "scan": str(scan_id or "")})  # fmt: skip
    announce(EntryRefused(order.pk, visit.pk, why))


@transaction.atomic
def _enter(
    visit: Visit, *, how: str, scan_id: UUID | None, facts: rules.EntryFacts, by: Actor, at: datetime
) -> Visit:
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer")
        .get(pk=visit.order_id)
    )
    if order.state == OrderState.SIGNED:
        move(order, OrderState.IN_SERVICE, by=by, at=at)
    elif order.state != OrderState.IN_SERVICE:
        raise refusals.NotSigned
    move(visit, VisitState.IN_SERVICE, by=by, at=at, entered_at=at, entry_scan=scan_id, entry_how=how,
         entry_place=facts.place)  # fmt: skip
    release_all(order, by=by, at=at, reason=gettext_noop("服务已经开始"),
                states=(AssignmentState.PROPOSED, AssignmentState.CARDED))  # fmt: skip
    visit.changes.filter(state=ChangeState.ASKED).update(state=ChangeState.WITHDRAWN, answered_at=at)
    _checklist(visit, order)
    tell(order, "entered", gettext_noop("客户扫码确认入户，服务开始"), to="worker provider", by=by, at=at)
    record("orders.confirm_entry", by=by, at=at, subject="visit", subject_id=visit.pk,
           detail={"how": how, "scan": str(scan_id), "place": facts.place})  # fmt: skip
    visit.order = order
    if facts.place == "unknown":
        _note_unknown(visit, at=at)
    elif facts.place == "far":
        far = refusals.told_distance(facts.distance_m or 0)
        text = gettext_noop("确认入户时离服务地址约 %(distance)s，请核实")
        tell(order, "entry_place_far", text, to="provider", by=SYSTEM, at=at, distance=far)
    return visit


def _note_unknown(visit: Visit, *, at: datetime) -> None:
    """Say plainly that the place was not checked; where it repeats with a worker, the agency is warned."""
    tell(
        visit.order,
        "entry_place_unknown",
        gettext_noop("入户时没有取得位置，记为位置不明"),
        to="",
        by=SYSTEM,
        at=at,
    )
    if queries.unknown_entries(visit, at) < policies.read(ENTRY_UNKNOWN_TIMES, at=at):
        return
    Warning.objects.get_or_create(
        visit=visit, kind=str(WarningKind.PLACE_UNKNOWN), cleared_at=None,
        defaults={"order": visit.order, "raised_at": at},
    )  # fmt: skip
    tell(visit.order, "warning_place_unknown", gettext_noop("预警：%(what)s"), to="provider", by=SYSTEM, at=at,
         what=WARNING_LABELS[WarningKind.PLACE_UNKNOWN])  # fmt: skip


def _checklist(visit: Visit, order: Order) -> None:
    """The steps of the specification under which the order was made."""
    if order.version_id is None:
        return
    Step.objects.bulk_create(
        [
            Step(visit=visit, position=number, text=step.title[:200], needs_photo=step.photo)
            for number, step in enumerate(
                agencies.frozen_version(order.version_id).content.specification, start=1
            )
        ]
    )


@transaction.atomic
def tick_step(
    step: Step, *, done: bool, note: str, by: Actor, at: datetime, told: datetime | None = None
) -> Step:
    """Mark one line of the checklist as done (or not), with a note."""
    _running(step.visit)
    done_at = rules.acted_at(told, at, after=[step.visit.entered_at]) if done else None
    Step.objects.filter(pk=step.pk).update(done_at=done_at, note=note.strip()[:300])
    step.refresh_from_db()
    _as_told(step.visit, done_at, told, by=by, at=at)
    touch(f"order:{step.visit.order_id}")
    return step


@transaction.atomic
def add_photo(
    step: Step, *, upload: UploadedFile[Any] | BinaryIO | Resumed, by: Actor, at: datetime
) -> StepPhoto:
    """Add a photo to a step. Refuses what files refuses: wrong type, too big, unreadable."""
    _running(step.visit)
    stored = files.store(upload, kind=files.FileKind.SERVICE_PHOTO, by=by, at=at)
    photo = StepPhoto.objects.create(step=step, file=stored, at=at)
    touch(f"order:{step.visit.order_id}")
    return photo


@transaction.atomic
def propose_extra(
    visit: Visit,
    *,
    label: str,
    quantity: Decimal,
    unit: str,
    price_fen: int,
    code: str = "",
    by: Actor,
    at: datetime,
) -> Extra:
    """Extra work proposed on the spot; it binds only once the customer agrees. price_fen is for one unit."""
    _running(visit)
    if quantity <= 0 or price_fen < 0 or not label.strip():
        raise refusals.QuantityWrong("quantity")
    extra = Extra.objects.create(
        order=visit.order, visit=visit, code=code, label=label.strip()[:80], quantity=quantity, unit=unit[:16],
        price_fen=price_fen, proposed_by=by.person, proposed_at=at,
    )  # fmt: skip
    tell(visit.order, "extra_proposed", gettext_noop("服务员提出加项：%(label)s"), to="customer", by=by, at=at,
         label=extra.label)  # fmt: skip
    record("orders.propose_extra", by=by, at=at, subject="order", subject_id=visit.order_id)
    return extra


@transaction.atomic
def answer_extra(extra: Extra, *, agreed: bool, by: Actor, at: datetime) -> Extra:
    """The customer agrees to extra work or refuses it."""
    _end_extra(extra, ExtraState.AGREED if agreed else ExtraState.REFUSED, at=at)
    text = gettext_noop("客户同意加项：%(label)s") if agreed else gettext_noop("客户不同意加项：%(label)s")
    tell(extra.order, "extra_answered", text, to="worker provider", by=by, at=at, label=extra.label)
    record("orders.answer_extra", by=by, at=at, subject="order", subject_id=extra.order_id,
           detail={"agreed": agreed})  # fmt: skip
    return extra


@transaction.atomic
def withdraw_extra(extra: Extra, *, by: Actor, at: datetime) -> Extra:
    """The worker takes extra work back that the customer has not answered. Refuses: ExtraAnswered."""
    _end_extra(extra, ExtraState.WITHDRAWN, at=at)
    text = gettext_noop("服务员撤回了加项：%(label)s")
    tell(extra.order, "extra_withdrawn", text, to="customer", by=by, at=at, label=extra.label)
    record("orders.withdraw_extra", by=by, at=at, subject="order", subject_id=extra.order_id)
    return extra


def _end_extra(extra: Extra, state: ExtraState, *, at: datetime) -> None:
    open_ = Extra.objects.filter(pk=extra.pk, state=ExtraState.PROPOSED)
    if not open_.update(state=state, answered_at=at):
        raise refusals.ExtraAnswered
    extra.refresh_from_db()


@transaction.atomic
def finish(visit: Visit, *, note: str, by: Actor, at: datetime, told: datetime | None = None) -> Visit:
    """The worker is done. Refuses: StepsMissing (undone, or without a required photo), ExtrasOpen."""
    lock(visit.order)
    undone = [
        step.text
        for step in visit.steps.prefetch_related("photos").order_by("position")
        if step.done_at is None or (step.needs_photo and not step.photos.all())
    ]
    if undone:
        raise refusals.StepsMissing(count=len(undone), first=undone[0])
    if visit.extras.filter(state=ExtraState.PROPOSED).exists():
        raise refusals.ExtrasOpen
    due_at = at + timedelta(hours=policies.read(AUTO_CONFIRM_HOURS, at=at))
    done_at = rules.acted_at(told, at, after=[visit.entered_at])
    move(visit, VisitState.DONE, by=by, at=at, done_at=done_at, done_note=note.strip()[:500], due_at=due_at)
    tell(
        visit.order,
        "done",
        gettext_noop("服务已完成，请验收确认"),
        to="customer provider",
        by=by,
        at=at,
        sms=True,
    )
    record("orders.finish", by=by, at=at, subject="visit", subject_id=visit.pk,
           detail=_as_told(visit, visit.done_at, told, by=by, at=at))  # fmt: skip
    return visit


@transaction.atomic
def confirm(visit: Visit, *, by: Actor, at: datetime, how: str = "customer") -> Visit:
    """The customer (or, after the operator's hours, the clock) confirms; the last visit completes the order."""
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer")
        .get(pk=visit.order_id)
    )
    move(visit, VisitState.CONFIRMED, by=by, at=at, confirmed_at=at, confirmed_how=how, due_at=None)
    # The clock looks at no order that is over. Where the place was unknown, that stays to be looked into.
    ended = visit.warnings.filter(cleared_at=None).exclude(kind=str(WarningKind.PLACE_UNKNOWN))
    ended.update(cleared_at=at, cleared_how="confirmed")
    open_visits = order.visits.exclude(state__in=[VisitState.CONFIRMED, VisitState.CANCELLED])
    text = gettext_noop("客户已验收确认") if how == "customer" else gettext_noop("超过时限，系统自动确认完成")
    tell(order, "confirmed", text, to="worker provider customer", by=by, at=at)
    record("orders.confirm_visit", by=by, at=at, subject="visit", subject_id=visit.pk, detail={"how": how})
    if not open_visits.exists():
        move(order, OrderState.COMPLETED, by=by, at=at)
        _count(order, visit, by=by, at=at)
        announce(ServiceConfirmed(order.pk))
    visit.order = order
    return visit


def _count(order: Order, visit: Visit, *, by: Actor, at: datetime) -> None:
    """Add the completed order to the record of its worker and its agency."""
    late = visit.arrived_at is not None and visit.arrived_at > visit.starts_at + PUNCTUAL
    for assignment in Assignment.objects.filter(visit=visit, state=AssignmentState.AGREED):
        workers.record_completed(worker_id=assignment.worker_id, late=late, by=by, at=at)
    if order.provider_id and (agency := agencies.agency_of(order.provider_id)):
        agencies.record_completed(agency.id, by=by, at=at)


def confirm_by_clock(visit: Visit, *, at: datetime) -> Visit:
    """Confirm for a customer who did not object in time."""
    return confirm(visit, by=SYSTEM, at=at, how="clock")


def _as_told(
    visit: Visit, moment: datetime | None, told: datetime | None, *, by: Actor, at: datetime
) -> dict[str, str]:
    """Say in the timeline, and for the trail, that a moment is the word of a phone that had no network."""
    if told is None or moment is None or moment >= at:
        return {}
    text = gettext_noop("手机当时没有网络，以上一步的时间 %(moment)s 由服务员的手机记下")
    tell(visit.order, "as_told", text, to="", by=by, at=at, moment=f"{local(moment):%H:%M}")
    return {"told_by_device": moment.isoformat()}


def _signed(visit: Visit) -> None:
    lock(visit.order)
    if visit.order.state not in (OrderState.SIGNED, OrderState.IN_SERVICE):
        raise refusals.NotSigned


def _running(visit: Visit) -> None:
    lock(visit.order)
    visit.refresh_from_db(fields=["state"])
    if visit.state != VisitState.IN_SERVICE:
        raise refusals.NotRunning
