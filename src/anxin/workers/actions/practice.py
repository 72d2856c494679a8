"""Where a worker worked before: entered by the worker or their agency, struck out by the same."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Invalid, NotFound
from anxin.workers import rules
from anxin.workers.actions.papers import HealthValueGiven
from anxin.workers.actions.people import owned
from anxin.workers.models import Practice, Worker


class PracticeUnfit(Invalid):
    code = "practice_unfit"
    message = _("请填写单位、工作内容和起止日期；开始不能晚于今天，结束不能早于开始。")


class NoSuchPractice(NotFound):
    code = "no_such_practice"
    message = _("没有找到这段经历。请刷新查看。")


@transaction.atomic
def add_practice(
    *, worker_id: UUID, place: str, duty: str, since: date, by: Actor, at: datetime, until: date | None = None
) -> Practice:
    """Enter a time of practice; `until` is the last day, None = still. Refuses: NoSuchWorker, NotYours,
    PracticeUnfit, HealthValueGiven."""
    worker = owned(worker_id, by)
    if not place.strip() or not duty.strip() or since > local_date(at) or (until and until < since):
        raise PracticeUnfit("since")
    if rules.names_health_value(place, duty):
        raise HealthValueGiven("duty")
    row = Practice(
        worker=worker, place=place.strip(), duty=duty.strip(), since=since, until=until, created_at=at,
        created_by=by.person_id,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        "workers.add_practice", by=by, at=at, subject="worker", subject_id=worker.pk,
        detail={"practice": str(row.pk)},
    )  # fmt: skip
    return row


@transaction.atomic
def remove_practice(*, practice_id: UUID, by: Actor, at: datetime) -> None:
    """Strike out a time of practice that was entered wrongly. Refuses: NoSuchPractice, NotYours."""
    row = Practice.objects.filter(pk=practice_id, worker__in=Worker.objects.visible_to(by)).first()
    if row is None:
        raise NoSuchPractice
    owned(row.worker_id, by)
    row.delete()
    record(
        "workers.remove_practice", by=by, at=at, subject="worker", subject_id=row.worker_id,
        detail={"practice": str(practice_id)},
    )  # fmt: skip
