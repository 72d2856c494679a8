"""Telling of papers that run out: days ahead (policy) and on the day, once each, also when a night was missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.events import announce
from anxin.policies.public import read
from anxin.workers import events
from anxin.workers.actions.told import tell_worker_and_agency
from anxin.workers.models import Credential, ExpiryTold
from anxin.workers.values import Conclusion
from anxin.workers.values.archive import WARN_DAYS

EXPIRES_SOON = gettext_noop("%(name)s的“%(paper)s”还有 %(n)s 天到期（%(day)s）")
EXPIRES_TODAY = gettext_noop("%(name)s的“%(paper)s”今天到期")
# Of these a worker has one at a time, whatever its title; certificates are renewed title by title.
ONE_OF_A_KIND = [
    str(CredentialKind.HEALTH_CHECK), str(CredentialKind.INSURANCE), str(CredentialKind.BACKGROUND_CHECK)
]  # fmt: skip


def steps(at: datetime) -> list[int]:
    """How many days ahead is told, the narrowest first; always on the day itself. One query."""
    return sorted({0, *read(WARN_DAYS, at=at)})


def step(left: int, known: Iterable[int]) -> int | None:
    """The warning that is due with so many days left: the narrowest step that holds them; None if there is time."""
    return next((days for days in known if 0 <= left <= days), None)


def running_out(at: datetime, known: Sequence[int] | None = None) -> QuerySet[Credential]:
    """Verified papers that end within the widest step and that nothing newer follows, of workers who have not left."""
    today = local_date(at)
    counted = Credential.objects.filter(
        conclusion=Conclusion.PASSED, withdrawn_at=None, verified_at__isnull=False
    )
    newer = counted.filter(
        Q(title=OuterRef("title")) | Q(kind__in=ONE_OF_A_KIND),
        worker=OuterRef("worker"), kind=OuterRef("kind"), valid_to__gt=OuterRef("valid_to"),
    )  # fmt: skip
    rows = counted.filter(valid_to__range=(today, today + timedelta(days=(known or steps(at))[-1])))
    return rows.filter(~Exists(newer)).exclude(worker__state="left").order_by("valid_to", "id")


def warn_of_expiry(*, by: Actor, at: datetime) -> int:
    """Tell worker and agency of every paper that runs out and was not told of at this step. Returns how many.

    Safe to run again and after missed nights: what was told is a row. A renewed paper has steps of its own.
    """
    today = local_date(at)
    told = ExpiryTold.objects.filter(credential=OuterRef("pk"))
    count = 0
    known = steps(at)
    for days in known:
        rows = running_out(at, known).filter(valid_to__lte=today + timedelta(days=days))
        # A narrower step that was told says more than a wider one that was missed.
        fresh = rows.filter(~Exists(told.filter(days__lte=days)))
        for row in fresh.select_related("worker").iterator(chunk_size=500):
            left = (row.valid_to - today).days
            if step(left, known) == days:
                count += _tell(row, days, left, at)
    return count


@transaction.atomic
def _tell(row: Credential, days: int, left: int, at: datetime) -> int:
    _note, fresh = ExpiryTold.objects.get_or_create(credential=row, days=days, defaults={"told_at": at})
    if not fresh:
        return 0
    tell_worker_and_agency(
        worker_id=row.worker_id, kind="workers.paper_expires", sms=left <= 1, at=at, url="/worker/papers/",
        title=EXPIRES_TODAY if left == 0 else EXPIRES_SOON,
        body=gettext_noop("请尽快换新并由机构核验。过期后安心码会变色，接不到新单。"),
        params={"paper": row.title, "n": left, "day": row.valid_to},
    )  # fmt: skip
    announce(events.PaperExpires(row.worker_id, row.worker.person_id, row.kind, row.valid_to, left))
    return 1
