"""Pausing and leaving: suspend, reinstate, give notice, stay after all; and what time does by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.agencies import rules
from anxin.agencies.actions.join import own_agency
from anxin.agencies.actions.refusals import reason
from anxin.agencies.actions.telling import tell
from anxin.agencies.actions.verify import check_licence, locked
from anxin.agencies.events import AgencyLeft, AgencySuspended, AgencyWentLive
from anxin.agencies.models import Agency, Document
from anxin.agencies.states import AgencyState
from anxin.agencies.values import DocumentKind
from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local, local_date
from anxin.kit.errors import Conflict
from anxin.kit.events import announce
from anxin.kit.models import allow, move
from anxin.kit.text import gettext_noop

REVERIFY_LATE = gettext_noop("超过六个月没有复核，系统自动暂停")
LICENCE_EXPIRED = gettext_noop("营业执照已过期，系统自动暂停")


class ReverifyFirst(Conflict):
    code = "reverify_first"
    message = _("复核已经到期，请先完成复核，再恢复服务。")


@transaction.atomic
def suspend(*, agency_id: UUID, why: str, by: Actor, at: datetime) -> Agency:
    """Stop new orders for an agency, with the reason; orders already made go on.

    Refuses: Forbidden, NotFound, ReasonMissing, NotAllowed.
    """
    row = locked(agency_id, by)
    allow(row, "suspend")
    note = reason(why)
    move(row, AgencyState.SUSPENDED, by=by, at=at, why=note, decision_note=note)
    record("agencies.suspend", by=by, at=at, subject="agency", subject_id=row.pk)
    announce(AgencySuspended(row.pk, row.organisation_id))
    tell(
        row, "agencies.suspended", gettext_noop("机构已暂停接单"),
        gettext_noop("%(name)s 已暂停接单：%(why)s。已接的订单照常服务。"), at=at, why=note, sms=True,
    )  # fmt: skip
    return row


@transaction.atomic
def reinstate(*, agency_id: UUID, by: Actor, at: datetime) -> Agency:
    """Let a suspended agency take orders again. Refuses: Forbidden, NotFound, NotAllowed, LicenceNotVerified,
    ReverifyFirst."""
    row = locked(agency_id, by)
    allow(row, "reinstate")
    check_licence(row, at)
    if row.reverify_due_at and row.reverify_due_at < at:
        raise ReverifyFirst
    move(row, AgencyState.LIVE, by=by, at=at, decision_note="")
    record("agencies.reinstate", by=by, at=at, subject="agency", subject_id=row.pk)
    announce(AgencyWentLive(row.pk, row.organisation_id))
    tell(
        row, "agencies.reinstated", gettext_noop("机构已恢复接单"),
        gettext_noop("%(name)s 已恢复接单。"), at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def leave(*, agency_id: UUID, why: str, by: Actor, at: datetime) -> Agency:
    """Give notice: from now on no new orders, and after 30 days the agency is off the platform with its data.

    Refuses: Forbidden, NotFound, ReasonMissing, NotAllowed. Source: E-22, 电子商务法 art. 16.
    """
    row = own_agency(agency_id, by)
    allow(row, "leave")
    move(row, AgencyState.LEAVING, by=by, at=at, why=reason(why), leaves_at=at + rules.LEAVE_NOTICE)
    record("agencies.leave", by=by, at=at, subject="agency", subject_id=row.pk)
    announce(AgencySuspended(row.pk, row.organisation_id))
    return row


@transaction.atomic
def stay(*, agency_id: UUID, by: Actor, at: datetime) -> Agency:
    """Take the notice back before it has run out; who was suspended is suspended again.

    Refuses: Forbidden, NotFound, NotAllowed, LicenceNotVerified.
    """
    row = own_agency(agency_id, by)
    allow(row, "stay")
    before = row.history.filter(to_state=AgencyState.LEAVING).order_by("-id").first()
    back = (
        AgencyState.SUSPENDED if before and before.from_state == AgencyState.SUSPENDED else AgencyState.LIVE
    )
    if row.state == AgencyState.LEAVING and back == AgencyState.LIVE:
        check_licence(row, at)
    move(row, back, by=by, at=at, leaves_at=None)
    record("agencies.stay", by=by, at=at, subject="agency", subject_id=row.pk)
    if back == AgencyState.LIVE:
        announce(AgencyWentLive(row.pk, row.organisation_id))
    return row


def tick(*, at: datetime) -> None:
    """What time does: notices run out, papers expire, verification falls due. Safe to run twice."""
    _finish_leaving(at)
    _suspend_overdue(at)
    _remind(at)
    _warn_of_expiry(at)


@transaction.atomic
def _finish_leaving(at: datetime) -> None:
    due = Agency.objects.select_for_update(skip_locked=True).filter(
        state=AgencyState.LEAVING, leaves_at__lte=at
    )
    for row in due:
        move(row, AgencyState.LEFT, by=SYSTEM, at=at)
        record("agencies.left", by=SYSTEM, at=at, subject="agency", subject_id=row.pk)
        announce(AgencyLeft(row.pk, row.organisation_id))


@transaction.atomic
def _suspend_overdue(at: datetime) -> None:
    live = Agency.objects.filter(state=AgencyState.LIVE)
    late = live.filter(reverify_due_at__lte=at - rules.REVERIFY_GRACE).values_list("pk", flat=True)
    expired = live.filter(
        documents__kind=DocumentKind.LICENCE,
        documents__replaced_at=None,
        documents__valid_to__lt=local_date(at),
    ).values_list("pk", flat=True)
    for why, ids in ((REVERIFY_LATE, late), (LICENCE_EXPIRED, expired)):
        for agency_id in ids:
            suspend(agency_id=agency_id, why=why, by=SYSTEM, at=at)


@transaction.atomic
def _remind(at: datetime) -> None:
    due = Agency.objects.select_for_update(skip_locked=True).filter(
        state=AgencyState.LIVE, reminded_at=None, reverify_due_at__lte=at + rules.WARN_BEFORE
    )
    for row in due:
        assert row.reverify_due_at is not None
        row.reminded_at = at
        row.save(update_fields=["reminded_at"])
        tell(
            row, "agencies.reverify_due", gettext_noop("半年复核快到了"),
            gettext_noop("请在 %(day)s 前更新证照资料，平台会复核。逾期 30 天会暂停接单。"),
            at=at, day=f"{local(row.reverify_due_at):%Y-%m-%d}",
        )  # fmt: skip


@transaction.atomic
def _warn_of_expiry(at: datetime) -> None:
    due = (
        Document.objects.standing()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("agency")
        .filter(
            warned_at=None,
            valid_to__lte=local_date(at) + rules.WARN_BEFORE,
            agency__state__in=[AgencyState.LIVE, AgencyState.SUSPENDED],
        )
    )
    for row in due:
        row.warned_at = at
        row.save(update_fields=["warned_at"])
        tell(
            row.agency, "agencies.document_expiring", gettext_noop("证照快到期了"),
            gettext_noop("“%(paper)s”的有效期到 %(day)s，请尽快上传新的。"),
            at=at, paper=row.title, day=f"{row.valid_to:%Y-%m-%d}",
        )  # fmt: skip


@transaction.atomic
def note_export(*, agency_id: UUID, by: Actor, at: datetime) -> Agency:
    """Note that the agency took a copy of its data. Refuses: Forbidden, NotFound."""
    row = own_agency(agency_id, by)
    record("agencies.export", by=by, at=at, subject="agency", subject_id=row.pk)
    return row
