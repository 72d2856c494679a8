"""Health checks: sessions are opened, places booked, arrivals and conclusions recorded by the institution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import Organisation, ask_consent
from anxin.accounts.values import OrganisationKind, Purpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.ids import number
from anxin.kit.models import allow, begin, move
from anxin.policies.public import read, read_many
from anxin.safetycode.models import ExamAppointment, ExamSlot
from anxin.safetycode.models.exams import ONE_AT_A_TIME, ROOM
from anxin.safetycode.queries import exams as queries
from anxin.safetycode.states import ExamState
from anxin.safetycode.values.exams import (
    CHANGE_HOURS,
    MISSED_HOURS,
    MISSES_ALLOWED,
    MISSES_DAYS,
    TURNOVER_MINUTES,
    NewSlot,
)
from anxin.workers import public as workers
from anxin.workers.values import BookingKind, HealthTier, Span

MINE = "/worker/exams/"


class NotAnInstitution(Forbidden):
    code = "not_an_institution"
    message = _("只有体检机构能开放号源、登记到检和结论。")


class SlotUnfit(Invalid):
    code = "slot_unfit"
    message = _("号源有误：结束要晚于开始，开始要在以后，开放预约不能晚于开始，名额 1 到 500 个。")


class SlotThere(Conflict):
    code = "slot_there"
    message = _("这个时间、这类体检的号源已经有了。")


class NoSuchSlot(NotFound):
    code = "no_such_slot"
    message = _("没有这场体检，可能已经取消。请重新选择。")


class NotOpen(Conflict):
    code = "exam_not_open"
    message = _("这场体检还没有开放预约，或者已经停止预约。请另选一场。")


class ExamFull(Conflict):
    code = "exam_full"
    message = _("这场体检刚刚约满了，请另选一场。")


class TierTooLow(Conflict):
    code = "exam_tier_too_low"
    message = _("这场体检不做“%(tier)s”这一类，请另选一场。")


class AlreadyBooked(Conflict):
    code = "exam_already_booked"
    message = _("已经约了一场还没做的体检，请先改约或取消。")


class TooManyMisses(Forbidden):
    code = "exam_misses"
    message = _("%(days)s 天内已有 %(n)s 次约了没来，请由所属机构代为预约。")


class TooLate(Conflict):
    code = "exam_too_late"
    message = _("开始前 %(hours)s 小时内不能再改约或取消，请直接联系体检机构。")


class NoSuchExam(NotFound):
    code = "no_such_exam"
    message = _("没有这个体检预约，或您无权查看。请核对编号。")


class TooEarly(Conflict):
    code = "exam_too_early"
    message = _("还没到这一天，不能登记到检或结论。")


def _own_institution(by: Actor) -> Organisation:
    rows = Organisation.objects.filter(pk=by.organisation_id) if by.organisation_id else None
    row: Organisation | None = rows.first() if rows is not None else None
    if row is None or row.kind != OrganisationKind.EXAM or not by.holds("safetycode.examine"):
        raise NotAnInstitution
    return row


@transaction.atomic
def open_slot(*, slot: NewSlot, place: str, by: Actor, at: datetime, town_code: str = "") -> ExamSlot:
    """Offer a session of the acting institution. Refuses: NotAnInstitution, SlotUnfit, SlotThere."""
    house = _own_institution(by)
    fits = (
        at < slot.starts_at < slot.ends_at and slot.opens_at <= slot.starts_at and 1 <= slot.capacity <= 500
    )
    if not fits or not place.strip():
        raise SlotUnfit("starts_at")
    row = ExamSlot(
        organisation=house, place=place.strip()[:120], town_code=town_code or house.town_code,
        starts_at=slot.starts_at, ends_at=slot.ends_at, tier=int(slot.tier), capacity=slot.capacity,
        opens_at=slot.opens_at, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise SlotThere("starts_at") from error
    record("safetycode.open_slot", by=by, at=at, subject="exam_slot", subject_id=row.pk)
    return row


@transaction.atomic
def close_slot(*, slot_id: UUID, by: Actor, at: datetime) -> ExamSlot:
    """Take no more bookings for a session; who has a place keeps it. Refuses: NotAnInstitution, NoSuchSlot."""
    _own_institution(by)
    row: ExamSlot | None = ExamSlot.objects.visible_to(by).filter(pk=slot_id).first()
    if row is None or row.closed_at:
        raise NoSuchSlot
    ExamSlot.objects.filter(pk=row.pk, closed_at=None).update(closed_at=at)
    row.refresh_from_db()
    record("safetycode.close_slot", by=by, at=at, subject="exam_slot", subject_id=row.pk)
    return row


@transaction.atomic
def book_exam(
    *, slot_id: UUID, worker_id: UUID, tier: HealthTier, by: Actor, at: datetime, consent: int | None = None
) -> ExamAppointment:
    """Take a place in a session for a worker: themself, or their agency. Holds the worker's time.

    Of any number who ask for the last place, one gets it: the database counts. `consent`: the version of the text on
    health checks that the worker ticked. Refuses: NoSuchWorker, NotYours, ConsentNeeded, ConsentOfAnother, NoSuchSlot,
    NotOpen, TierTooLow, TooManyMisses, AlreadyBooked, ExamFull, TimeTaken. Source: D-5, standards §3.5.
    """
    worker = workers.owned(worker_id, by)
    ask_consent(purpose=Purpose.HEALTH, person_id=worker.person_id, version=consent, by=by, at=at)
    slot = _open_slot(slot_id, tier, at)
    told = read_many(MISSES_ALLOWED, MISSES_DAYS, TURNOVER_MINUTES, at=at)
    if by.person_id == worker.person_id:
        misses = queries.misses(worker.pk, at, days := told[MISSES_DAYS.key])
        if misses >= told[MISSES_ALLOWED.key]:
            raise TooManyMisses(n=misses, days=days)
    row = ExamAppointment(
        number=number("T", at), worker=worker, slot=slot, organisation_id=slot.organisation_id, tier=int(tier),
        booked_by=by.person_id, created_at=at,
    )  # fmt: skip
    with _room():
        begin(row, by=by, at=at)
    workers.hold_time(
        worker_id=worker.pk, span=Span(slot.starts_at, slot.ends_at), kind=BookingKind.EXAM, ref=row.pk,
        point=None, turnover_minutes=told[TURNOVER_MINUTES.key], by=by, at=at, firm=True, note=slot.place,
    )  # fmt: skip
    record("safetycode.book_exam", by=by, at=at, subject="worker", subject_id=worker.pk,
           detail={"exam": row.number, "slot": str(slot.pk)})  # fmt: skip
    _tell(row, slot, gettext_noop("%(name)s的体检约好了：%(when)s"), at=at)
    return row


@transaction.atomic
def reschedule_exam(*, number: str, slot_id: UUID, by: Actor, at: datetime) -> ExamAppointment:
    """Exchange a place for one in another session; the old one is kept if the new one is refused.

    Refuses: NoSuchExam, NotYours, NotAllowed, TooLate, and what book_exam refuses of the session.
    """
    row = _held(number, by)
    allow(row, "reschedule")
    _in_time(row, at)
    slot = _open_slot(slot_id, HealthTier(row.tier), at)
    # Both sessions in one order, so that two who exchange places do not wait for each other.
    list(ExamSlot.objects.select_for_update().filter(pk__in=[row.slot_id, slot.pk]).order_by("pk"))
    with _room():
        move(row, ExamState.BOOKED, by=by, at=at, slot_id=slot.pk, organisation_id=slot.organisation_id)
    row.slot = slot
    workers.move_time(
        ref=row.pk, worker_id=row.worker_id, span=Span(slot.starts_at, slot.ends_at),
        turnover_minutes=read(TURNOVER_MINUTES, at=at), by=by, at=at,
    )  # fmt: skip
    record("safetycode.reschedule_exam", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"exam": row.number, "slot": str(slot.pk)})  # fmt: skip
    _tell(row, slot, gettext_noop("%(name)s的体检改到 %(when)s"), at=at)
    return row


@transaction.atomic
def cancel_exam(*, number: str, by: Actor, at: datetime) -> ExamAppointment:
    """Give a place back, to be taken by somebody else. By the worker or the agency in time, by the institution and
    the house (for who left) always.

    Refuses: NoSuchExam, NotYours, NotAllowed, TooLate.
    """
    if by.holds("safetycode.examine") and not by.is_system:
        row = of_institution(number, by)
    else:
        row = _held(number, by)
        if not by.is_system:
            _in_time(row, at)
    move(row, ExamState.CANCELLED, by=by, at=at)
    workers.release_time(ref=row.pk, by=by, at=at)
    record("safetycode.cancel_exam", by=by, at=at, subject="worker", subject_id=row.worker_id,
           detail={"exam": row.number})  # fmt: skip
    _tell(row, row.slot, gettext_noop("%(name)s的体检（%(when)s）取消了"), at=at)
    return row


@transaction.atomic
def miss_exams(*, by: Actor, at: datetime, most: int = 200) -> int:
    """Mark who did not come to a session that ended some hours ago (policy); they are told. Returns how many."""
    rows = ExamAppointment.objects.select_related("slot").filter(
        state=ExamState.BOOKED, slot__ends_at__lte=at - timedelta(hours=read(MISSED_HOURS, at=at))
    )
    due = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:most])
    for row in due:
        move(row, ExamState.ABSENT, by=by, at=at)
        record("safetycode.miss_exam", by=by, at=at, subject="worker", subject_id=row.worker_id,
               detail={"exam": row.number})  # fmt: skip
        _tell(row, row.slot, gettext_noop("%(name)s没有来体检（%(when)s）"), at=at)
    return len(due)


def _open_slot(slot_id: UUID, tier: HealthTier, at: datetime) -> ExamSlot:
    slot = ExamSlot.objects.select_related("organisation").filter(pk=slot_id).first()
    if slot is None:
        raise NoSuchSlot
    if slot.closed_at or not slot.opens_at <= at < slot.starts_at:
        raise NotOpen("slot")
    if tier > slot.tier:
        raise TierTooLow("tier", tier=tier.label)
    found: ExamSlot = slot
    return found


@contextmanager
def _room() -> Iterator[None]:
    """Turn the breach of the constraints on places into refusals, undoing only what is inside."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        broken = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if broken == ROOM:
            raise ExamFull("slot") from error
        if broken == ONE_AT_A_TIME:
            raise AlreadyBooked("slot") from error
        raise


def _held(number: str, by: Actor) -> ExamAppointment:
    """An appointment in the hands of the worker or of those who manage their papers."""
    row: ExamAppointment | None = queries.exam_for(by, number)
    if row is None:
        raise NoSuchExam
    workers.owned(row.worker_id, by)
    return row


def of_institution(number: str, by: Actor) -> ExamAppointment:
    _own_institution(by)
    row = queries.exam_for(by, number)
    if row is None:
        raise NoSuchExam
    return row


def _in_time(row: ExamAppointment, at: datetime) -> None:
    hours = read(CHANGE_HOURS, at=at)
    if at > row.slot.starts_at - timedelta(hours=hours):
        raise TooLate(hours=hours)


def _tell(row: ExamAppointment, slot: ExamSlot, title: str, *, at: datetime) -> None:
    workers.tell_worker_and_agency(
        worker_id=row.worker_id, kind="safetycode.exam", title=title, at=at, sms=False, url=MINE,
        body=gettext_noop("%(house)s（%(place)s），预约号 %(number)s。请带身份证，空腹。"),
        params={"when": queries.when(slot), "house": slot.organisation.name, "place": slot.place,
                "number": row.number},
    )  # fmt: skip
