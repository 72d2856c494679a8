"""What the issuer does about codes that are out: update, suspend, resume, recall, cancel, supersede (D-6a).

Each has a ground, words, and where it takes something from the worker, notice, evidence and a way to appeal.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Invalid, NotFound
from anxin.kit.models import allow, move
from anxin.policies.public import read
from anxin.safetycode.actions.codes import (
    AlreadyIssued,
    drop_refreshes,
    end_issue,
    issue,
    managed,
    tell,
    write_issue,
)
from anxin.safetycode.models import Measure, SafetyCode, new_handle, new_secret
from anxin.safetycode.queries.authority import authority, is_operator
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.care import (
    ADVERSE,
    APPEAL_DAYS,
    GROUND_LABELS,
    MEASURE_LABELS,
    VALID_DAYS,
    Ending,
    Ground,
    MeasureKind,
)
from anxin.workers.public import tell_worker_and_agency


class WhyNeeded(Invalid):
    code = "measure_why"
    message = _("请写明原因。")


class UntilPast(Invalid):
    code = "suspended_until_past"
    message = _("暂停的最后一天应在今天或以后。")


class TooLong(Invalid):
    code = "valid_too_long"
    message = _("有效期最长为今天起 %(days)s 天，最早到今天。")


class NoSuchMeasure(NotFound):
    code = "no_such_measure"
    message = _("没有找到这项处理，或它已经解除。")


class Appealed(Conflict):
    code = "measure_appealed"
    message = _("这项处理已经在申诉中。")


@transaction.atomic
def update_code(
    *, worker_id: UUID, ground: Ground, why: str, by: Actor, at: datetime, valid_to: date | None = None,
    evidence: str = "",
) -> SafetyCode:  # fmt: skip
    """Record that a code's information was corrected and verified; its last day may change, as a new code's.

    Refuses: MayNotIssue, NoCode, NotEntrusted, TooLong, WhyNeeded, and what the state table refuses.
    """
    code = managed(worker_id, by=by, at=at)
    until, today = valid_to or code.valid_to, local_date(at)
    days = read(VALID_DAYS, at=at)
    if not today <= until <= max(today + timedelta(days=days), code.valid_to):
        raise TooLong("valid_to", days=days)
    allow(code, "update")
    move(code, CodeState.ISSUED, by=by, at=at, why=why, valid_to=until, last_verified_at=at)
    _measure(code, MeasureKind.UPDATE, ground, why, by=by, at=at, evidence=evidence, ended_at=at)
    tell(code, "safetycode.update", by=by, at=at, why=why)
    return code


@transaction.atomic
def suspend(
    *, worker_id: UUID, why: str, by: Actor, at: datetime, ground: Ground = Ground.OTHER, until: date | None = None,
    evidence: str = "",
) -> SafetyCode:  # fmt: skip
    """Put a code out of force for a time: until the end of the day `until`, else until it is resumed.

    Refuses: MayNotIssue, NoCode, NotEntrusted, UntilPast, WhyNeeded, and what the state table refuses.
    """
    code = managed(worker_id, by=by, at=at)
    if until is not None and until < local_date(at):
        raise UntilPast("until")
    move(code, CodeState.SUSPENDED, by=by, at=at, why=why)
    _measure(code, MeasureKind.SUSPEND, ground, why, by=by, at=at, evidence=evidence, until=until)
    tell(code, "safetycode.suspend", by=by, at=at, why=why)
    return code


@transaction.atomic
def restore(
    *, worker_id: UUID, why: str, by: Actor, at: datetime, ground: Ground = Ground.CLEARED
) -> SafetyCode:
    """Put a suspended code back in force. Refuses: MayNotIssue, NoCode, NotEntrusted, AlreadyIssued, WhyNeeded, and
    what the state table refuses."""
    code = managed(worker_id, by=by, at=at)
    if code.state != CodeState.SUSPENDED:
        raise AlreadyIssued
    move(code, CodeState.ISSUED, by=by, at=at, why=why)
    Measure.objects.filter(code=code, kind=MeasureKind.SUSPEND, ended_at=None).update(ended_at=at)
    _measure(code, MeasureKind.RESUME, ground, why, by=by, at=at, ended_at=at)
    tell(code, "safetycode.restore", by=by, at=at, why=why)
    return code


@transaction.atomic
def revoke(
    *, worker_id: UUID, why: str, by: Actor, at: datetime, kind: MeasureKind = MeasureKind.RECALL,
    ground: Ground = Ground.OTHER, evidence: str = "",
) -> SafetyCode:  # fmt: skip
    """Take a code back: recall (收回, for a fault) or cancel (注销, it is needed no more). Its tokens stay readable and
    say so; it comes back by a new issue only.

    Refuses: MayNotIssue, NoCode, NotEntrusted, WhyNeeded, and what the state table refuses.
    """
    if kind not in (MeasureKind.RECALL, MeasureKind.CANCEL):
        raise ValueError("a code is recalled or cancelled")
    code = managed(worker_id, by=by, at=at)
    move(code, CodeState.REVOKED, by=by, at=at, why=why)
    Measure.objects.filter(code=code, kind=MeasureKind.SUSPEND, ended_at=None).update(ended_at=at)
    drop_refreshes(code, by=by, at=at)
    end_issue(code, Ending.RECALLED if kind is MeasureKind.RECALL else Ending.CANCELLED, at)
    _measure(code, kind, ground, why, by=by, at=at, evidence=evidence)
    tell(
        code,
        "safetycode.recall" if kind is MeasureKind.RECALL else "safetycode.revoke",
        by=by,
        at=at,
        why=why,
    )
    return code


@transaction.atomic
def supersede(
    *, worker_id: UUID, why: str, by: Actor, at: datetime, ground: Ground = Ground.LOST, evidence: str = ""
) -> SafetyCode:
    """Replace a code that is in force: same number and last day, new tokens; whatever shows the old ones is dead.

    Refuses: MayNotIssue, NoCode, NotEntrusted, WhyNeeded, and what the state table refuses.
    """
    code = managed(worker_id, by=by, at=at)
    issuer = by.organisation_id if not is_operator(by.organisation_id) else code.issuer_id
    leave = None if issuer is None or is_operator(issuer) else authority(issuer, code.worker, at)
    if leave is None:
        # The operator replaces a card in nobody's stead when whoever issued it is entrusted no more.
        issuer = by.organisation_id
    move(code, CodeState.SUPERSEDED, by=by, at=at, why=why)
    end_issue(code, Ending.SUPERSEDED, at)
    move(
        code, CodeState.ISSUED, by=by, at=at, why=why, issuer_id=issuer, issued_at=at, last_verified_at=at,
        handle=new_handle(),
    )  # fmt: skip
    code.secret = new_secret()
    code.save(update_fields=["secret"])
    write_issue(code, code.worker.city_code, delegation_id=leave.pk if leave else None)
    _measure(code, MeasureKind.SUPERSEDE, ground, why, by=by, at=at, evidence=evidence, ended_at=at)
    tell(code, "safetycode.supersede", by=by, at=at, why=why)
    return code


@transaction.atomic
def resume_due(*, at: datetime, size: int = 500) -> int:
    """Resume the suspensions whose last day has passed. Returns how many."""
    due = Measure.objects.select_for_update(skip_locked=True).filter(
        kind=MeasureKind.SUSPEND, ended_at=None, until__lt=local_date(at)
    )
    rows = list(due.select_related("code")[:size])
    for row in rows:
        if row.code.state == CodeState.SUSPENDED:
            restore(
                worker_id=row.code.worker_id,
                why=str(_("暂停期满，自动恢复")),
                ground=Ground.OVER,
                by=SYSTEM,
                at=at,
            )
        else:
            Measure.objects.filter(pk=row.pk).update(ended_at=at)
    return len(rows)


@transaction.atomic
def note_appeal(*, measure_id: UUID, appeal_ref: UUID, at: datetime) -> Measure:
    """Note that a measure is appealed against. Refuses: NoSuchMeasure (over, or not one to appeal), Appealed."""
    row: Measure | None = Measure.objects.select_for_update(no_key=True).filter(
        pk=measure_id, kind__in=ADVERSE, ended_at=None
    ).first()  # fmt: skip
    if row is None:
        raise NoSuchMeasure
    if row.appeal_ref is not None:
        raise Appealed
    row.appeal_ref = appeal_ref
    row.save(update_fields=["appeal_ref"])
    return row


@transaction.atomic
def lift(*, measure_id: UUID, why: str, by: Actor, at: datetime) -> SafetyCode:
    """Undo a measure that an appeal found wrong: a suspension is resumed, a recalled or cancelled code issued anew.

    Refuses: NoSuchMeasure, and what `restore` and `issue` refuse.
    """
    row = Measure.objects.select_related("code").filter(
        pk=measure_id, kind__in=ADVERSE, ended_at=None
    ).first()  # fmt: skip
    if row is None:
        raise NoSuchMeasure
    if row.kind == MeasureKind.SUSPEND:
        return restore(worker_id=row.code.worker_id, why=why, by=by, at=at)
    valid_to = max(row.code.valid_to, local_date(at))
    return issue(worker_id=row.code.worker_id, valid_to=valid_to, by=by, at=at)


def _measure(
    code: SafetyCode, kind: MeasureKind, ground: Ground, why: str, *, by: Actor, at: datetime, evidence: str = "",
    until: date | None = None, ended_at: datetime | None = None,
) -> Measure:  # fmt: skip
    if not why.strip():
        raise WhyNeeded("why")
    adverse = kind in ADVERSE
    appeal = local_date(at) + timedelta(days=read(APPEAL_DAYS, at=at)) if adverse else None
    row = Measure.objects.create(
        code=code, kind=kind, ground=ground, why=why.strip()[:300], until=until, evidence=evidence.strip()[:300],
        city_code=code.worker.city_code, at=at, by_person=by.person_id, by_organisation=by.organisation_id,
        appeal_until=appeal, ended_at=ended_at,
    )  # fmt: skip
    texts = (
        gettext_noop("%(ground)s：%(why)s。如有异议，可在 %(appeal)s 前申诉。")
        if adverse
        else gettext_noop("%(ground)s：%(why)s。")
    )
    tell_worker_and_agency(
        worker_id=code.worker_id, kind="safetycode.measure", url="/code/", sms=False, at=at,
        title=gettext_noop("%(name)s的安心码：%(act)s"), body=texts,
        params={
            "act": MEASURE_LABELS[kind], "ground": GROUND_LABELS[ground], "why": row.why,
            "appeal": date_format(appeal, "Y-m-d") if appeal else "",
        },
    )  # fmt: skip
    return row
