"""Standing in for a colleague who is away: only what they may do themself, from–until, revocable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.posts import enter, stop
from anxin.accounts.events import StandInNamed
from anxin.accounts.models import Appointment
from anxin.accounts.rules.lapse import LONGEST_STAND_IN
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Forbidden, Invalid, NotFound
from anxin.kit.events import announce


class CannotPassOn(Forbidden):
    code = "cannot_pass_on"
    message = _("只能委托自己担任的岗位；正在代理别人的岗位时不能再转给第三人。")


class NotAColleague(Invalid):
    code = "not_a_colleague"
    message = _("请选择本单位在岗的同事。")


class NotHeld(Invalid):
    code = "not_held"
    message = _("只能委托自己现在拥有的权限，并至少选择一项。")


class SpanWrong(Invalid):
    code = "span_wrong"
    message = _("请填写开始和结束时间：结束要晚于开始和现在，最长 90 天。")


@transaction.atomic
def name_stand_in(
    *,
    colleague_id: UUID,
    permissions: Iterable[str],
    begins: datetime,
    ends: datetime,
    why: str,
    by: Actor,
    at: datetime,
) -> Appointment:
    """Let a colleague act for the actor, in the post in which the actor acts now, half-open from begins to ends.

    Refuses CannotPassOn, NotAColleague, NotHeld, SpanWrong, OneAdministrator, AlreadyAppointed. Source: A-6.3.3d.
    """
    own = queries.appointment_of(by, at)
    if own is None or own.stands_in_for_id is not None:
        raise CannotPassOn
    begins = max(begins, at)
    if not begins < ends <= begins + LONGEST_STAND_IN:
        raise SpanWrong(field="ends")
    entrusted = frozenset(permissions)
    if not entrusted or not entrusted <= own.permissions:
        raise NotHeld(field="permissions")
    if colleague_id == by.person_id or not _colleagues(own.organisation_id, colleague_id, at):
        raise NotAColleague(field="colleague")
    row = Appointment(
        person_id=colleague_id, organisation=own.organisation, post=own.post, stands_in_for=own,
        period=DateTimeTZRange(begins, ends), only=sorted(entrusted), why=why.strip()[:200],
        appointed_by=by.person_id, created_at=at,
    )  # fmt: skip
    enter(row, field="colleague")
    record(
        "accounts.name_stand_in", by=by, at=at, subject="appointment", subject_id=row.pk,
        detail={"person": str(colleague_id), "permissions": row.only, "until": ends.isoformat()},
    )  # fmt: skip
    announce(StandInNamed(row.pk, colleague_id, own.person_id, own.post, begins, ends, at))
    return row


@transaction.atomic
def end_stand_in(*, appointment_id: UUID, by: Actor, at: datetime) -> Appointment:
    """End it before its time: by whom it stands in for, the stand-in, or who appoints in the organisation.

    Refuses NotFound (none, over, or of no concern to the actor).
    """
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("stands_in_for")
        .filter(pk=appointment_id, period__endswith__gt=at)
        .first()
    )
    if row is None or row.stands_in_for is None:
        raise NotFound
    concerned = by.person_id in (row.person_id, row.stands_in_for.person_id) and by.person_id is not None
    heads = by.holds("accounts.appoint") and by.organisation_id == row.organisation_id
    if not (concerned or heads or by.holds("accounts.organise")):
        raise NotFound
    stop(row, by=by, at=at)
    return row


def _colleagues(organisation_id: UUID, person_id: UUID, at: datetime) -> bool:
    held = queries.appointments_of(person_id, at)
    return held.filter(organisation_id=organisation_id, stands_in_for=None).exists()
