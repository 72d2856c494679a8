"""Seeing a person whole: for a reason, one record, a short time, a limited number of times."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.governance import rules
from anxin.governance.models import Look
from anxin.governance.queries import looks
from anxin.governance.queries.guards import guards
from anxin.governance.values.looks import (
    CHOOSABLE,
    LEAST_WORDS,
    LISTS_UNUSUAL,
    LOOK_MINUTES,
    LOOKS_A_DAY,
    LOOKS_UNUSUAL,
    LookKind,
    LookReason,
)
from anxin.kit.actor import Actor
from anxin.kit.errors import Invalid, NotFound, TooMany
from anxin.kit.text import gettext_noop
from anxin.notices import public as notices
from anxin.policies import public as policies


class ReasonNeeded(Invalid):
    code = "look_reason_needed"
    message = _("请选择理由，并用几句话写明为什么要看完整信息。")


class TooManyLooks(TooMany):
    code = "too_many_looks"
    message = _("今天“看全”已达 %(most)s 次上限。确有需要，请联系本单位负责人。")


@transaction.atomic
def look(*, kind: LookKind, record_id: UUID, reason: str, words: str, by: Actor, at: datetime) -> Look:
    """See one record's person whole for some minutes (policy).

    Refuses: NotFound (the post gives no reason to see the record at all), ReasonNeeded, TooManyLooks. The person
    reads afterwards who looked; an unusual number is told to who leads the organisation and who guards the platform.
    Source: GB/T 35273-2020 (masked by default); 个人信息保护法 art. 51.
    """
    one = looks.subject(kind, record_id, by)
    if one is None or by.person_id is None:
        raise NotFound
    if reason not in CHOOSABLE or len(words.strip()) < LEAST_WORDS:
        raise ReasonNeeded("words")
    return _keep(kind, record_id, one.person_id, LookReason(reason), words, by=by, at=at)


@transaction.atomic
def note_look_behind(*, review_id: UUID, author_id: UUID, words: str, by: Actor, at: datetime) -> Look:
    """The post that manages reviews looked behind an anonymous one: the same limit, the same trail (B-7.7.2)."""
    return _keep(LookKind.REVIEW, review_id, author_id, LookReason.MANAGE, words, by=by, at=at)


def _keep(
    kind: LookKind,
    record_id: UUID,
    person_id: UUID,
    reason: LookReason,
    words: str,
    *,
    by: Actor,
    at: datetime,
) -> Look:
    rule = policies.read_many(LOOK_MINUTES, LOOKS_A_DAY, LOOKS_UNUSUAL, at=at)
    # Two looks at once must not both be the last one allowed.
    accounts.lock(by.person)
    today = looks.count_today(by.person, at)
    if today >= rule[LOOKS_A_DAY.key]:
        raise TooManyLooks(most=rule[LOOKS_A_DAY.key])
    row = Look.objects.create(
        person_id=person_id, by_person=by.person, by_organisation=by.organisation_id, by_post=by.post, kind=kind,
        record=record_id, reason=reason, words=words.strip()[:300], at=at,
        until=at + timedelta(minutes=rule[LOOK_MINUTES.key]),
    )  # fmt: skip
    record("governance.look", by=by, at=at, subject=kind, subject_id=record_id,
           detail={"look": str(row.pk), "reason": reason, "today": today + 1})  # fmt: skip
    if rules.unusual(today + 1, rule[LOOKS_UNUSUAL.key]):
        _tell_guards(today + 1, by=by, at=at)
    return row


def notice_lists(*, today: int, by: Actor, at: datetime) -> None:
    """Tell who guards people's data of somebody who takes unusually many lists along in a day. Source: A-7.4.4."""
    if by.person_id is None or not rules.unusual(today, policies.read(LISTS_UNUSUAL, at=at)):
        return
    record("governance.unusual_lists", by=by, at=at, subject="person", subject_id=by.person,
           detail={"count": today})  # fmt: skip
    _tell(
        "governance.unusual_lists", gettext_noop("导出名单的次数异常"),
        gettext_noop("%(who)s 今天已导出 %(count)s 份名单，请核实是否有工作需要。"), "/rights/", today, by=by, at=at,
    )  # fmt: skip


def _tell_guards(count: int, *, by: Actor, at: datetime) -> None:
    record("governance.unusual_looks", by=by, at=at, subject="person", subject_id=by.person,
           detail={"count": count})  # fmt: skip
    _tell(
        "governance.unusual_looks", gettext_noop("“看全”个人信息的次数异常"),
        gettext_noop("%(who)s 今天已查看 %(count)s 份完整的个人信息，请核实是否有工作需要。"), "/desk/looks/", count,
        by=by, at=at,
    )  # fmt: skip


def _tell(kind: str, title: str, body: str, url: str, count: int, *, by: Actor, at: datetime) -> None:
    who = accounts.people([by.person])[by.person].name_masked
    for person_id in guards(by.organisation_id, at) - {by.person}:
        notices.tell(
            person_id, kind=kind, title=title, body=body, params={"who": who, "count": count}, url=url, at=at
        )
