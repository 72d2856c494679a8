"""The operator checks papers and decides: return, reject, approve; verifies again every six months."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.agencies import rules
from anxin.agencies.actions.refusals import LicenceNotVerified, reason
from anxin.agencies.actions.telling import tell
from anxin.agencies.events import AgencyWentLive
from anxin.agencies.models import Agency, Document
from anxin.agencies.states import AgencyState
from anxin.agencies.values import DocumentKind, Verification
from anxin.audit.public import record
from anxin.kit.access import holds, require
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.models import allow, move
from anxin.kit.text import gettext_noop

VERIFY = "agencies.verify"


class HowMissing(Invalid):
    code = "how_missing"
    message = _("请写明是怎样核实的，例如“国家企业信用信息公示系统查询”。")


class NotVerifiable(Conflict):
    code = "not_verifiable"
    message = _("只有正常服务或已暂停的机构才需要复核。")


@transaction.atomic
def verify_document(*, document_id: UUID, passed: bool, how: str, by: Actor, at: datetime) -> Document:
    """Say of a document whether it was found true, and how that was checked.

    Refuses: Forbidden, NotFound, HowMissing. Source: B-7.1.1.
    """
    require(holds(VERIFY), by)
    row: Document | None = Document.objects.standing().select_for_update().filter(pk=document_id).first()
    if row is None:
        raise NotFound
    if len(how.strip()) < 2:
        raise HowMissing(field="how")
    row.verification = Verification.VERIFIED if passed else Verification.REFUSED
    row.verified_by, row.verified_at, row.verified_how = by.person_id, at, how.strip()[:200]
    row.save(update_fields=["verification", "verified_by", "verified_at", "verified_how"])
    record(
        "agencies.verify_document",
        by=by, at=at, subject="agency", subject_id=row.agency_id,
        detail={"document": str(row.pk), "result": str(row.verification)},
    )  # fmt: skip
    return row


@transaction.atomic
def approve(*, agency_id: UUID, by: Actor, at: datetime) -> Agency:
    """Let a verified agency go live; it is verified again in six months.

    Refuses: Forbidden, NotFound, NotAllowed, LicenceNotVerified. Source: E-22, 网络交易监督管理办法 art. 24.
    """
    row = locked(agency_id, by)
    allow(row, "approve")
    check_licence(row, at)
    move(
        row, AgencyState.LIVE, by=by, at=at,
        verified_at=at, reverify_due_at=rules.reverify_due(at), reminded_at=None, decision_note="",
    )  # fmt: skip
    record("agencies.approve", by=by, at=at, subject="agency", subject_id=row.pk)
    announce(AgencyWentLive(row.pk, row.organisation_id))
    tell(
        row, "agencies.approved", gettext_noop("入驻审核通过"),
        gettext_noop("%(name)s 已经可以发布服务、接单了。先去设置服务和价格吧。"), at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def send_back(*, agency_id: UUID, why: str, by: Actor, at: datetime) -> Agency:
    """Return an application with what is to be put right. Refuses: Forbidden, NotFound, ReasonMissing, NotAllowed."""
    row, note = _turned_down(agency_id, "return", AgencyState.RETURNED, why, by, at)
    record("agencies.send_back", by=by, at=at, subject="agency", subject_id=row.pk)
    tell(
        row, "agencies.returned", gettext_noop("入驻资料需要补正"),
        gettext_noop("%(name)s 的入驻资料需要补正：%(why)s"), at=at, why=note,
    )  # fmt: skip
    return row


@transaction.atomic
def reject(*, agency_id: UUID, why: str, by: Actor, at: datetime) -> Agency:
    """Reject an application with the reason; the agency may appeal. Refuses as send_back."""
    row, note = _turned_down(agency_id, "reject", AgencyState.REJECTED, why, by, at)
    record("agencies.reject", by=by, at=at, subject="agency", subject_id=row.pk)
    tell(
        row, "agencies.rejected", gettext_noop("入驻申请未通过"),
        gettext_noop("%(name)s 的入驻申请未通过：%(why)s。如有异议，可以在机构主页提出申诉。"), at=at, why=note,
    )  # fmt: skip
    return row


def _turned_down(
    agency_id: UUID, verb: str, to: AgencyState, why: str, by: Actor, at: datetime
) -> tuple[Agency, str]:
    row = locked(agency_id, by)
    allow(row, verb)
    note = reason(why)
    move(row, to, by=by, at=at, why=note, decision_note=note)
    return row, note


@transaction.atomic
def reverify(*, agency_id: UUID, how: str, by: Actor, at: datetime) -> Agency:
    """Note that the agency's papers were checked again; the next check is due in six months.

    Refuses: Forbidden, NotFound, HowMissing, LicenceNotVerified, NotVerifiable. Source: E-22.
    """
    row = locked(agency_id, by)
    if row.state not in (AgencyState.LIVE, AgencyState.SUSPENDED):
        raise NotVerifiable
    if len(how.strip()) < 2:
        raise HowMissing(field="how")
    check_licence(row, at)
    row.verified_at, row.reverify_due_at, row.reminded_at = at, rules.reverify_due(at), None
    row.save(update_fields=["verified_at", "reverify_due_at", "reminded_at"])
    record(
        "agencies.reverify",
        by=by,
        at=at,
        subject="agency",
        subject_id=row.pk,
        detail={"how": how.strip()[:200]},
    )
    return row


def locked(agency_id: UUID, by: Actor) -> Agency:
    """The agency under a row lock, for the verifying operator. Refuses: Forbidden, NotFound."""
    require(holds(VERIFY), by)
    row: Agency | None = Agency.objects.select_for_update().filter(pk=agency_id).first()
    if row is None:
        raise NotFound
    return row


def check_licence(row: Agency, at: datetime) -> None:
    """Refuses LicenceNotVerified: no licence that was found true and holds today."""
    licence = row.documents.standing().filter(kind=DocumentKind.LICENCE).first()
    if licence is None or not licence.is_verified or not licence.is_valid_on(local_date(at)):
        raise LicenceNotVerified
