"""Joining and leaving an agency; one agency at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import person_by_phone
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, NotFound
from anxin.kit.events import announce
from anxin.kit.models import move
from anxin.kit.text import gettext_noop
from anxin.workers import events
from anxin.workers.actions.authorisation import end_authorisation
from anxin.workers.actions.people import NoSuchWorker, enrol, owned
from anxin.workers.actions.told import tell_worker_and_agency
from anxin.workers.models import Affiliation, Booking, Worker
from anxin.workers.queries.people import worker_of
from anxin.workers.queries.time import lock_time
from anxin.workers.states import WorkerState
from anxin.workers.values import AffiliationKind, BookingKind

JOINED = gettext_noop("%(name)s加入了%(agency)s")
JOINED_WHAT = gettext_noop("不是本人意愿的，本人可以在“信用档案”里离开。申领安心码前还要签署信用信息授权书。")
LEFT = gettext_noop("%(name)s离开了%(agency)s")
LEFT_WHAT = gettext_noop("授权书终止，安心码注销、编号保留，保单名单移出；信用档案仍是本人的。")


class AlreadyAffiliated(Conflict):
    code = "already_affiliated"
    message = _("这位服务员已属于一家机构。同一时间只能属于一家，请先办理离开手续。")


class StillBooked(Conflict):
    code = "still_booked"
    message = _("还有未完成的上门安排，请先完成或改派，再办理离开。")


class NotYourAgency(Forbidden):
    code = "not_your_agency"
    message = _("只有该机构中负责服务员管理的岗位可以办理。")


class NobodyFound(NotFound):
    code = "nobody_found"
    message = _("没有找到手机号和姓名都相符、且已实名的人。请核对，或请本人先登录完成实名核验。")


class NotAffiliated(Conflict):
    code = "not_affiliated"
    message = _("这位服务员目前不属于任何机构。")


@transaction.atomic
def join_agency(
    *,
    worker_id: UUID,
    organisation_id: UUID,
    kind: AffiliationKind,
    by: Actor,
    at: datetime,
    may_grab: bool = False,
) -> Affiliation:
    """Affiliate a worker from now on; done by the agency's staff. Sole affiliation is the database's (§2.5).

    Refuses: NotYourAgency, NoSuchWorker, AlreadyAffiliated.
    """
    if not by.is_system and not (by.holds("workers.manage") and by.organisation_id == organisation_id):
        raise NotYourAgency
    # Not owned(): until they join, the worker is not yet visible to the agency.
    # Two agencies at the same moment would each wait for the other's row: here one waits before it has any.
    worker = Worker.objects.select_for_update(no_key=True).filter(pk=worker_id).first()
    if worker is None:
        raise NoSuchWorker
    row = Affiliation(
        worker_id=worker_id, organisation_id=organisation_id, kind=str(kind),
        period=DateTimeTZRange(at, None, "[)"), may_grab=may_grab, created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAffiliated from error
    # Whoever had left the platform is back with the agency that takes them on.
    if worker.state == WorkerState.LEFT:
        move(worker, WorkerState.ACTIVE, by=by, at=at)
    record(
        "workers.join_agency", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"organisation": str(organisation_id), "kind": str(kind)},
    )  # fmt: skip
    announce(events.AffiliationChanged(worker_id, organisation_id, joined=True, at=at))
    _tell(row, JOINED, JOINED_WHAT, at=at)
    return row


@transaction.atomic
def take_on(
    *, phone: str, name: str, kind: AffiliationKind, by: Actor, at: datetime, may_grab: bool = False
) -> Worker:
    """Enrol a verified person (unless they are a worker already) and affiliate them with the actor's agency.

    Phone and name must both be theirs, so that nobody can be looked up by number alone.
    Refuses: NobodyFound, AlreadyAffiliated, NotYourAgency.
    """
    if not by.holds("workers.manage") or by.organisation_id is None:
        raise NotYourAgency
    person = person_by_phone(phone.strip())
    if person is None or not person.is_verified or person.name != name.strip():
        raise NobodyFound("phone")
    worker = worker_of(person.pk) or enrol(person_id=person.pk, by=by, at=at)
    join_agency(
        worker_id=worker.pk, organisation_id=by.organisation_id, kind=kind, may_grab=may_grab, by=by, at=at
    )
    return worker


@transaction.atomic
def leave_agency(*, worker_id: UUID, by: Actor, at: datetime) -> Affiliation:
    """End the affiliation now, by the worker or the agency; the authorisation of the one agency ends with it, and the
    code is taken back by whoever follows `AffiliationChanged`. What it means is told by `queries.leaving` before.

    Refuses: NoSuchWorker, NotYours, NotAffiliated, StillBooked (a visit lies ahead or is under way).
    """
    worker = owned(worker_id, by)
    lock_time(worker.pk)
    row = current(worker.pk, at)
    if row is None:
        raise NotAffiliated
    refuse_booked(worker.pk, at)
    end_affiliation(row, by=by, at=at)
    return row


def current(worker_id: UUID, at: datetime) -> Affiliation | None:
    """The affiliation that runs, locked."""
    row: Affiliation | None = (
        Affiliation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(worker=worker_id, period__upper_inf=True, period__startswith__lt=at)
        .first()
    )
    return row


def refuse_booked(worker_id: UUID, at: datetime) -> None:
    """Refuses StillBooked: a visit lies ahead or is under way."""
    if Booking.objects.filter(worker=worker_id, kind=BookingKind.VISIT, span__endswith__gt=at).exists():
        raise StillBooked


def end_affiliation(row: Affiliation, *, by: Actor, at: datetime) -> None:
    """End an affiliation with all that hangs on it: the authorisation of the one agency here; code, application,
    rosters and visits by whoever follows `AffiliationChanged`. Worker and agency are told."""
    row.period = DateTimeTZRange(row.period.lower, at, "[)")
    row.save(update_fields=["period"])
    record(
        "workers.leave_agency", by=by, at=at, subject="worker", subject_id=row.worker_id,
        detail={"organisation": str(row.organisation_id)},
    )  # fmt: skip
    end_authorisation(worker_id=row.worker_id, by=by, at=at)
    announce(events.AffiliationChanged(row.worker_id, row.organisation_id, joined=False, at=at))
    _tell(row, LEFT, LEFT_WHAT, at=at, desk="/desk/workers/former/")


def _tell(row: Affiliation, title: str, body: str, *, at: datetime, desk: str = "") -> None:
    tell_worker_and_agency(
        worker_id=row.worker_id, kind="workers.affiliation", title=title, body=body, at=at, sms=False,
        params={"agency": row.organisation.name}, url="/worker/archive/", agency_id=row.organisation_id, desk=desk,
    )  # fmt: skip


@transaction.atomic
def allow_grabbing(*, worker_id: UUID, allowed: bool, by: Actor, at: datetime) -> Affiliation:
    """Let the worker take open orders themself, or no more; the agency's staff decide.

    Refuses: NotAffiliated, NotYourAgency.
    """
    row = Affiliation.objects.filter(worker=worker_id, period__upper_inf=True).first()
    if row is None:
        raise NotAffiliated
    if not by.is_system and not (by.holds("workers.manage") and by.organisation_id == row.organisation_id):
        raise NotYourAgency
    row.may_grab = allowed
    row.save(update_fields=["may_grab"])
    record(
        "workers.allow_grabbing", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"allowed": allowed},
    )  # fmt: skip
    return row
