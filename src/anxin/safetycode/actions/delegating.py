"""A bureau entrusts an association or credit agency with reviewing, with issuing, or with both, and takes it back
(D-5a, D-9)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import Organisation, staff_ids
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.notices.public import tell_all
from anxin.safetycode.models import Delegation
from anxin.safetycode.values.care import ENTRUSTED_KINDS, Task


class MayNotDelegate(Forbidden):
    code = "may_not_delegate"
    message = _("只有主管部门可以在自己的辖区内委托发码。")


class NotEntrustable(Invalid):
    code = "not_entrustable"
    message = _("只能委托行业协会或信用服务机构，并且委托的地区应在它的服务范围内。")


class SpanBackwards(Invalid):
    code = "delegation_backwards"
    message = _("结束时间应晚于开始时间。")


class SpanPast(Invalid):
    code = "delegation_past"
    message = _("委托不能从过去的日子开始。")


class AlreadyEntrusted(Conflict):
    code = "already_entrusted"
    message = _("这个单位在这段时间已有这个地区的委托。要改变委托的内容，请先收回原来的。")


class NothingEntrusted(Invalid):
    code = "nothing_entrusted"
    message = _("请选择委托复核、发码，或两者都委托。")


class ReasonNeeded(Invalid):
    code = "delegation_reason"
    message = _("请写明文号和原因，它会记录在案。")


class NotInForce(Conflict):
    code = "delegation_over"
    message = _("这项委托已经结束。")


@transaction.atomic
def entrust(
    *, issuer_id: UUID, area: str, tasks: Collection[Task], starts_at: datetime, ends_at: datetime | None,
    document: str, reason: str, by: Actor, at: datetime,
) -> Delegation:  # fmt: skip
    """Let an organisation do `tasks` in `area` (a city's 4 digits or a county's 6), from–until, half-open.

    Refuses: MayNotDelegate (outside the bureau's region too), NotEntrustable, NothingEntrusted, SpanBackwards,
    SpanPast, ReasonNeeded, AlreadyEntrusted. Source: 浙商务发〔2020〕21号 §5 (the association that the commerce bureau
    authorised reviews; it or an entrusted credit agency issues).
    """
    if not _may(by, area):
        raise MayNotDelegate("area")
    # Two who entrust the same house at the same moment would each wait for the other's row.
    issuer = Organisation.objects.select_for_update(no_key=True).filter(pk=issuer_id).first()
    if issuer is None or issuer.kind not in ENTRUSTED_KINDS or not _serves(issuer.region, area):
        raise NotEntrustable("issuer")
    if not tasks:
        raise NothingEntrusted("tasks")
    if ends_at is not None and ends_at <= starts_at:
        raise SpanBackwards("ends_on")
    if starts_at < at and not by.is_system:
        raise SpanPast("starts_on")
    if not document.strip() or not reason.strip():
        raise ReasonNeeded("document" if not document.strip() else "reason")
    row = Delegation(
        bureau_id=by.organisation_id, issuer=issuer, area=area, city_code=area[:4],
        reviews=Task.REVIEW in tasks, issues=Task.ISSUE in tasks, starts_at=starts_at, ends_at=ends_at,
        document=document.strip()[:80], reason=reason.strip()[:300], created_at=at, created_by=by.person_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyEntrusted from error
    record(
        "safetycode.entrust", by=by, at=at, subject="delegation", subject_id=row.pk,
        detail={"issuer": str(issuer_id), "area": area, "tasks": sorted(str(task) for task in tasks),
                "from": starts_at.isoformat(), "until": ends_at.isoformat() if ends_at else ""},
    )  # fmt: skip
    _tell(row, gettext_noop("主管部门委托贵单位办理安心码"), row.reason, at)
    return row


@transaction.atomic
def revoke_delegation(*, delegation_id: UUID, why: str, by: Actor, at: datetime) -> Delegation:
    """End a delegation now; what was issued under it stands. Refuses: NotFound, MayNotDelegate, NotInForce,
    ReasonNeeded."""
    row: Delegation | None = (
        Delegation.objects.select_for_update(no_key=True).filter(pk=delegation_id).first()
    )
    if row is None:
        raise NotFound
    if not _may(by, row.area):
        raise MayNotDelegate
    if row.revoked_at or (row.ends_at is not None and row.ends_at <= at):
        raise NotInForce
    if not why.strip():
        raise ReasonNeeded("why")
    row.ends_at, row.revoked_at, row.revoked_by = max(at, row.starts_at), at, by.person_id
    row.revoked_why = why.strip()[:300]
    row.save(update_fields=["ends_at", "revoked_at", "revoked_by", "revoked_why"])
    record(
        "safetycode.revoke_delegation", by=by, at=at, subject="delegation", subject_id=row.pk,
        detail={"issuer": str(row.issuer_id), "area": row.area},
    )  # fmt: skip
    _tell(row, gettext_noop("主管部门收回了安心码委托"), row.revoked_why, at)
    return row


def _may(by: Actor, area: str) -> bool:
    return len(area) in (4, 6) and area.isdecimal() and by.holds("safetycode.delegate") and by.within(area)


def _serves(region: str, area: str) -> bool:
    """Whether an organisation answering for `region` may be entrusted with `area`: one of them lies in the other."""
    return bool(region) and (area.startswith(region) or region.startswith(area))


def _tell(row: Delegation, title: str, why: str, at: datetime) -> None:
    permissions = [
        name for name, given in (("safetycode.vet", row.reviews), ("safetycode.issue", row.issues)) if given
    ]
    people = {one for name in permissions for one in staff_ids(row.issuer_id, at, permission=name)}
    tell_all(
        sorted(people), kind="safetycode.delegation",
        url="/desk/care/delegations/", at=at, title=title, body="%(why)s", params={"why": why},
    )  # fmt: skip
