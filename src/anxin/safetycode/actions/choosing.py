"""What codes are judged by: the issuer's choice of a rule set, and what credit says of a worker."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import Organisation, staff_ids
from anxin.accounts.values import REGIONAL_KINDS
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.jobs import defer
from anxin.notices.public import tell_all
from anxin.safetycode import queries
from anxin.safetycode.actions.judging import reevaluate
from anxin.safetycode.events import RulesChosen
from anxin.safetycode.models import CreditOverlay, RuleChoice, SafetyCode
from anxin.safetycode.rules import SHIPPED
from anxin.safetycode.values import DEFAULT_CHOICE
from anxin.workers.public import NoSuchWorker, Worker


class MayNotChoose(Forbidden):
    code = "may_not_choose_rules"
    message = _("赋码规则由发码单位为自己选择，或由平台代为设置。")


class NoSuchIssuer(NotFound):
    code = "no_such_issuer"
    message = _("没有找到这个发码单位。")


class UnknownRuleSet(Invalid):
    code = "unknown_rule_set"
    message = _("没有这套赋码规则。")


class NotAhead(Invalid):
    code = "rules_not_ahead"
    message = _("赋码规则须提前公布，最早从明天起生效。")


class ReasonMissing(Invalid):
    code = "reason_missing"
    message = _("请写明修改原因，它会随规则一起公示。")


class SameRules(Conflict):
    code = "same_rules"
    message = _("届时适用的规则与此相同，没有保存。")


@transaction.atomic
def choose_rules(
    *, issuer_id: UUID, rule_set: str, credit: bool, valid_from: date, reason: str, by: Actor, at: datetime
) -> RuleChoice:
    """From `valid_from` on the issuer's codes are judged by `rule_set`, with or without the overlay of credit.

    Refuses: MayNotChoose, NoSuchIssuer (only associations and bureaus issue), UnknownRuleSet, NotAhead (what is
    judged today keeps its rule), ReasonMissing, SameRules. Source: DB33/T 2396-2021 lets issuers grade further.
    """
    if not queries.may_choose_for(by, issuer_id):
        raise MayNotChoose
    issuer = Organisation.objects.select_for_update(no_key=True).filter(pk=issuer_id).first()
    if issuer is None or issuer.kind not in REGIONAL_KINDS:
        raise NoSuchIssuer
    if rule_set not in SHIPPED.choices:
        raise UnknownRuleSet("rule_set")
    if valid_from <= local_date(at):
        raise NotAhead("valid_from")
    if not reason.strip():
        raise ReasonMissing("reason")
    held = next((row for row in queries.choices_of(issuer_id) if row.valid_from <= valid_from), None)
    before = (held.rule_set, held.credit) if held else (DEFAULT_CHOICE.rule_set, DEFAULT_CHOICE.credit)
    if before == (rule_set, credit):
        raise SameRules
    row = RuleChoice(
        issuer=issuer, rule_set=rule_set, credit=credit, valid_from=valid_from, reason=reason.strip()[:300],
        by_person=by.person_id, created_at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        "safetycode.choose_rules", by=by, at=at, subject="organisation", subject_id=issuer_id,
        detail={"rule_set": rule_set, "credit": credit, "valid_from": valid_from.isoformat()},
    )  # fmt: skip
    announce(RulesChosen(issuer_id, rule_set, credit, valid_from))
    defer("safetycode.tell_choice", choice_id=str(row.pk))
    return row


@transaction.atomic
def tell_choice(*, choice_id: UUID, at: datetime) -> int:
    """Tell the agencies whose workers have the issuer's codes that other rules are coming. Returns how many people."""
    row = RuleChoice.objects.select_related("issuer").get(pk=choice_id)
    agencies = SafetyCode.objects.filter(
        issuer=row.issuer_id, worker__affiliations__period__upper_inf=True
    ).values_list("worker__affiliations__organisation", flat=True)
    people = {
        person for agency in agencies.distinct() for person in staff_ids(agency, at, permission="workers.manage")
    }  # fmt: skip
    tell_all(
        sorted(people), kind="safetycode.rules", url="/code/rules/", at=at,
        title=gettext_noop("%(issuer)s自 %(day)s 起改用新的安心码赋码规则"),
        body=gettext_noop("新规则已经公示，请提前查看会变色的家政员并补齐证件。"),
        params={"issuer": row.issuer.name, "day": row.valid_from},
    )  # fmt: skip
    return len(people)


@transaction.atomic
def set_credit_overlay(
    *, worker_id: UUID, score: int | None, breach_on: date | None, barred: bool, by: Actor, at: datetime
) -> CreditOverlay:
    """Write what credit says of a worker: score 0–100, day of the last confirmed serious breach, blacklist.

    Called by the area that works it out; it changes a colour only where the issuer lays CREDIT over its rule set.
    What was said before stays on record. Refuses: Forbidden, NoSuchWorker; ValueError for a score out of range.
    """
    if not (by.holds("safetycode.manage") or by.holds("workers.oversee")):
        raise Forbidden
    if score is not None and not 0 <= score <= 100:
        raise ValueError("a credit score is 0 to 100")
    if not Worker.objects.select_for_update(no_key=True).filter(pk=worker_id).exists():
        raise NoSuchWorker
    CreditOverlay.objects.filter(worker=worker_id, ended_at=None).update(ended_at=at)
    row = CreditOverlay(worker_id=worker_id, score=score, breach_on=breach_on, barred=barred, created_at=at)
    row.save(force_insert=True)
    record(
        "safetycode.set_credit_overlay", by=by, at=at, subject="worker", subject_id=worker_id,
        detail={"score": score, "breach": bool(breach_on), "barred": barred},
    )  # fmt: skip
    reevaluate(worker_ids=[worker_id], by=by, at=at)
    return row
