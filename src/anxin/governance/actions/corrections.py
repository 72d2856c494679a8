"""Something about me is wrong: asked, checked by the operator's desk, changed or refused with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.governance.models import Correction
from anxin.governance.queries.guards import desk
from anxin.governance.states import CorrectionState
from anxin.governance.values.copies import CORRECTION_DAYS
from anxin.governance.values.corrections import MOST_WORDS, What
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.notices import public as notices
from anxin.policies import public as policies
from anxin.workers import public as workers

DESK = "accounts.organise"


class WordsNeeded(Invalid):
    code = "correction_words_needed"
    message = _("请写明改成什么、为什么。")


class AlreadyAsked(Conflict):
    code = "correction_asked"
    message = _("这一项已经有一份更正申请在办。")


class NotOnesOwn(Forbidden):
    code = "correction_own"
    message = _("不能办理自己的更正申请。")


@transaction.atomic
def ask(*, what: What, wanted: str, why: str, by: Actor, at: datetime) -> Correction:
    """Ask for a correction; the desk answers within the policy's days. Refuses: WordsNeeded, NameMalformed,
    AlreadyAsked. Source: 个人信息保护法 art. 46; GB/T 35273-2020 (30 days at most).
    """
    wanted, why = wanted.strip()[:MOST_WORDS], why.strip()[:MOST_WORDS]
    if not wanted or not why:
        raise WordsNeeded("wanted" if not wanted else "why")
    before = ""
    if what is What.NAME:
        wanted = accounts.clean_name(wanted)
        before = accounts.people([by.person])[by.person].name
    row = Correction(
        person_id=by.person, what=what, before=before, wanted=wanted, why=why, created_at=at,
        due_at=at + timedelta(days=policies.read(CORRECTION_DAYS, at=at)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise AlreadyAsked from error
    record("governance.ask_correction", by=by, at=at, subject="correction", subject_id=row.pk,
           detail={"what": what})  # fmt: skip
    for person_id in desk(at) - {by.person}:
        notices.tell(person_id, kind="governance.correction", title=gettext_noop("有一份更正个人信息的申请"),
                     url="/operator/privacy/", at=at)  # fmt: skip
    return row


@transaction.atomic
def withdraw(row: Correction, *, by: Actor, at: datetime) -> Correction:
    """Take one's own request back."""
    if row.person_id != by.person_id:
        raise Forbidden
    move(row, CorrectionState.WITHDRAWN, by=by, at=at)
    record("governance.withdraw_correction", by=by, at=at, subject="correction", subject_id=row.pk)
    return row


@transaction.atomic
def decide(row: Correction, *, right: bool, answer: str, by: Actor, at: datetime) -> Correction:
    """Correct, or refuse with a reason; never one's own. What stood before is kept, sealed, with the request.

    Refuses: Forbidden, NotOnesOwn, WordsNeeded.
    """
    if not by.holds(DESK):
        raise Forbidden
    if row.person_id == by.person_id:
        raise NotOnesOwn
    if not answer.strip():
        raise WordsNeeded("answer")
    move(
        row,
        CorrectionState.DONE if right else CorrectionState.REFUSED,
        by=by,
        at=at,
        answer=answer.strip()[:300],
    )
    if right and row.what == What.NAME:
        accounts.correct_name(person_id=row.person_id, name=row.wanted, by=by, at=at)
        if worker := workers.worker_of(row.person_id):
            # The index by which a worker is found by name follows the name.
            worker.save(update_fields=["name_hash"])
    record("governance.decide_correction", by=by, at=at, subject="correction", subject_id=row.pk,
           detail={"what": row.what, "right": right})  # fmt: skip
    notices.tell(
        row.person_id, kind="governance.correction", title=gettext_noop("您的更正申请有结果了"),
        body=gettext_noop("%(answer)s"), params={"answer": row.answer}, url="/me/privacy/corrections/", at=at,
    )  # fmt: skip
    return row
