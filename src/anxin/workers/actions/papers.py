"""Papers: added by the worker or the agency, verified by those who may, withdrawn when wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid
from anxin.kit.events import announce
from anxin.workers import events, rules
from anxin.workers.actions.people import NoSuchWorker, owned
from anxin.workers.models import Credential, Worker
from anxin.workers.models.worker import OVERSEERS
from anxin.workers.values import Conclusion


class HealthValueGiven(Invalid):
    code = "health_value_given"
    message = _("只登记结论和日期，请删去具体的体检项目和数值。")


class DatesUnfit(Invalid):
    code = "dates_unfit"
    message = _("有效期有误：截止日期不能早于开始日期。")


class DetailMissing(Invalid):
    code = "detail_missing"
    message = _("请填写这类证件必需的一项：%(what)s。")


class NoSuchPaper(NoSuchWorker):
    code = "no_such_paper"
    message = _("没有找到这份证件，或您无权查看。")


class PaperSettled(Conflict):
    code = "paper_settled"
    message = _("这份证件已经核验或撤回，请刷新查看。")


class MayNotVerify(Forbidden):
    code = "may_not_verify"
    message = _("本人不能核验自己的证件，请由所属机构或协会核验。")


def judge(
    kind: CredentialKind,
    title: str,
    issuer: str,
    number: str,
    valid_from: date,
    valid_to: date,
    file_id: UUID | None,
) -> None:
    """What holds of every paper, whoever enters it. Refuses HealthValueGiven, DatesUnfit."""
    if file_id and kind is CredentialKind.HEALTH_CHECK:
        raise HealthValueGiven("upload")
    if rules.names_health_value(title, issuer, number):
        raise HealthValueGiven("title")
    if valid_to < valid_from:
        raise DatesUnfit("valid_to")


@transaction.atomic
def add_credential(
    *,
    worker_id: UUID,
    kind: CredentialKind,
    title: str,
    issuer: str,
    valid_from: date,
    valid_to: date,
    by: Actor,
    at: datetime,
    number: str = "",
    conclusion: Conclusion = Conclusion.PASSED,
    health_tier: HealthTier | None = None,
    occupation_class: int | None = None,
    level: int = 0,
    file_id: UUID | None = None,
) -> Credential:
    """Enter a paper: conclusion and inclusive dates, not yet verified, so it counts for nothing yet.

    Refuses: HealthValueGiven (findings, and the report that carries them, are never kept: standards §3.1, §3.5),
    DatesUnfit, DetailMissing (tier of a health check, occupation class 1–4 of an insurance), NoSuchWorker,
    NotYours.
    """
    row = owned(worker_id, by)
    judge(kind, title, issuer, number, valid_from, valid_to, file_id)
    health, insured = kind is CredentialKind.HEALTH_CHECK, kind is CredentialKind.INSURANCE
    if health and health_tier is None:
        raise DetailMissing("health_tier", what=_("体检类别"))
    if insured and occupation_class not in range(1, 5):
        raise DetailMissing("occupation_class", what=_("保单职业类别（1–4 类）"))
    if not title.strip() or not issuer.strip():
        raise DetailMissing("title" if not title.strip() else "issuer", what=_("名称和出具单位"))
    paper = Credential(
        worker=row, kind=str(kind), title=title.strip(), number=number.strip(), issuer=issuer.strip(),
        valid_from=valid_from, valid_to=valid_to, conclusion=str(conclusion),
        health_tier=int(health_tier) if health and health_tier else None,
        occupation_class=occupation_class if insured else None,
        level=level if kind is CredentialKind.CERTIFICATE else 0,
        file_id=file_id, created_at=at, created_by=by.person_id,
    )  # fmt: skip
    paper.save(force_insert=True)
    record(
        "workers.add_credential", by=by, at=at, subject="worker", subject_id=row.pk,
        detail={"credential": str(paper.pk), "kind": str(kind)},
    )  # fmt: skip
    return paper


@transaction.atomic
def verify_credential(*, credential_id: UUID, how: str, by: Actor, at: datetime) -> Credential:
    """Mark a paper as checked against its source (`how`: in words). From now on it counts.

    By the agency's staff who manage workers, the association or the operator; never by the worker themself.
    Refuses: NoSuchPaper, MayNotVerify, PaperSettled.
    """
    paper = _paper(credential_id, by)
    _settle(
        paper,
        Credential.objects.filter(verified_at=None),
        verified_at=at,
        verified_by=by.person_id,
        verified_for=by.organisation_id,
        verified_how=how.strip(),
    )
    record(
        "workers.verify_credential", by=by, at=at, subject="worker", subject_id=paper.worker_id,
        detail={"credential": str(paper.pk), "kind": paper.kind},
    )  # fmt: skip
    announce(events.PapersChanged(paper.worker_id, paper.kind, at))
    return paper


@transaction.atomic
def withdraw_credential(*, credential_id: UUID, why: str, by: Actor, at: datetime) -> Credential:
    """Take a wrong or void paper out of account; it stays on record.

    Refuses: NoSuchPaper, MayNotVerify, PaperSettled.
    """
    paper = _paper(credential_id, by)
    _settle(paper, Credential.objects.all(), withdrawn_at=at, withdrawn_why=why.strip()[:200])
    record(
        "workers.withdraw_credential", by=by, at=at, subject="worker", subject_id=paper.worker_id,
        detail={"credential": str(paper.pk), "kind": paper.kind},
    )  # fmt: skip
    announce(events.PapersChanged(paper.worker_id, paper.kind, at))
    return paper


def _settle(paper: Credential, among: QuerySet[Credential], **fields: Any) -> None:
    """Write the fields to the paper, in the table and in hand, if it is still among these and not withdrawn."""
    if not among.filter(pk=paper.pk, withdrawn_at=None).update(**fields):
        raise PaperSettled
    for name, value in fields.items():
        setattr(paper, name, value)


def _paper(credential_id: UUID, by: Actor) -> Credential:
    papers = Credential.objects.select_related("worker").filter(worker__in=Worker.objects.visible_to(by))
    paper = papers.filter(pk=credential_id).first()
    if paper is None:
        raise NoSuchPaper
    may = by.holds("workers.manage") or any(by.holds(permission) for permission in OVERSEERS)
    if not may or (paper.worker.person_id == by.person_id and not by.is_system):
        raise MayNotVerify
    return paper
