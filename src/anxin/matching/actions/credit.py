"""A credit score entered by the operator, until a formula works it out: with its grounds, told to whom it is about."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.agencies import public as agencies
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid
from anxin.kit.text import gettext_noop
from anxin.matching import queries
from anxin.matching.values import CreditOf
from anxin.notices import public as notices
from anxin.workers import public as workers

OBJECT = "/me/privacy/corrections/"


class NobodyOfNumber(Invalid):
    code = "nobody_of_number"
    message = _("没有找到。服务员填编号，机构填统一社会信用代码。")


class ScoreWrong(Invalid):
    code = "score_wrong"
    message = _("信用分请填 0 到 100 之间的整数。")


class GroundsNeeded(Invalid):
    code = "grounds_needed"
    message = _("请写明依据从哪里来，以及为什么是这个分数。")


@transaction.atomic
def enter_credit(
    *, of: CreditOf, number: str, score: int, source: str, reason: str, by: Actor, at: datetime
) -> int:
    """Write a worker's or agency's credit score (0–100), and tell them with the way to object. Returns the one before.

    Refuses: NobodyOfNumber, ScoreWrong, GroundsNeeded. Source: E-8.
    """
    if not 0 <= score <= 100:
        raise ScoreWrong("score")
    if not source.strip() or not reason.strip():
        raise GroundsNeeded("source" if not source.strip() else "reason")
    found = queries.credit_subject(of, number.strip())
    if found is None:
        raise NobodyOfNumber("number")
    if of is CreditOf.WORKER:
        workers.set_credit(worker_id=found.pk, score=score, by=by, at=at)
        people = set(workers.persons_of([found.pk]).values())
    else:
        agencies.set_credit(found.pk, score=score, by=by, at=at)
        people = _heads_of(found.organisation_id, at)
    grounds = {"before": found.score, "score": score, "source": source.strip(), "reason": reason.strip()}
    record("matching.enter_credit", by=by, at=at, subject=str(of), subject_id=found.pk, detail=grounds)
    notices.tell_all(
        people, kind="matching.credit_entered", url=OBJECT, at=at, params=grounds,
        title=gettext_noop("信用分已更新为 %(score)s"),
        body=gettext_noop("依据：%(source)s。理由：%(reason)s。原来是 %(before)s 分。有异议可以申请更正。"),
    )  # fmt: skip
    return found.score


def _heads_of(organisation_id: UUID | None, at: datetime) -> set[UUID]:
    """Who heads the agency, and who stands in for them. An agency that nobody of this house works for has none."""
    return (
        accounts.staff_ids(organisation_id, at, permission="accounts.appoint") if organisation_id else set()
    )
