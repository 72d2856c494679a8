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
from anxin.workers import events
from anxin.workers.actions.authorisation import end_authorisation
from anxin.workers.actions.people import NoSuchWorker, enrol, owned
from anxin.workers.models import Affiliation, Booking, Worker
from anxin.workers.queries.people import worker_of
from anxin.workers.queries.time import lock_time
from anxin.workers.values import AffiliationKind, BookingKind


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
    if not Worker.objects.filter(pk=worker_id).exists():
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
    record(
        "workers.join_agency", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"organisation": str(organisation_id), "kind": str(kind)},
    )  # fmt: skip
    announce(events.AffiliationChanged(worker_id, organisation_id, joined=True, at=at))
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
    row = (
        Affiliation.objects.select_for_update()
        .filter(worker=worker, period__upper_inf=True, period__startswith__lt=at)
        .first()
    )
    if row is None:
        raise NotAffiliated
    ahead = Booking.objects.filter(worker=worker, kind=BookingKind.VISIT, span__endswith__gt=at)
    if ahead.exists():
        raise StillBooked
    row.period = DateTimeTZRange(row.period.lower, at, "[)")
    row.save(update_fields=["period"])
    record(
        "workers.leave_agency", by=by, at=at, subject="worker", subject_id=worker.pk,
        detail={"organisation": str(row.organisation_id)},
    )  # fmt: skip
    end_authorisation(worker_id=worker.pk, by=by, at=at)
    announce(events.AffiliationChanged(worker.pk, row.organisation_id, joined=False, at=at))
    return row


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
