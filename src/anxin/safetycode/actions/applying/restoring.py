"""What an upheld appeal puts back: each ground has its own remedy."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from anxin.kit.actor import SYSTEM, Actor
from anxin.safetycode.actions.applying.stepping import step
from anxin.safetycode.actions.choosing import set_credit_overlay
from anxin.safetycode.actions.measures import lift
from anxin.safetycode.models import Appeal, Application
from anxin.safetycode.queries import appeals
from anxin.safetycode.values.applying import Remedy
from anxin.workers.public import withdraw_credential


def restore_all(row: Appeal, *, by: Actor, at: datetime) -> list[str]:
    """Undo what the appeal was about, as far as it still stands; returns the remedies.

    The house acts, since the one who decides appeals issues nothing; the ruling names who decided.
    """
    why = f"申诉成立（{row.number}）"
    done: list[str] = []
    if row.application_id:
        application = Application.objects.select_related("worker__person", "organisation").get(
            pk=row.application_id
        )
        step(application, application.sent_from, "reinstate", by=by, at=at, why=why, sent_from="")
        return [str(Remedy.REINSTATED)]
    same: dict[str, Any] = {"worker_id": row.worker_id, "by": SYSTEM, "at": at}
    for paper in appeals.failed_papers(row):
        withdraw_credential(credential_id=paper, why=why, by=SYSTEM, at=at)
        done.append(str(Remedy.PAPER))
    if appeals.barred(row):
        set_credit_overlay(score=None, breach_on=None, barred=False, **same)
        done.append(str(Remedy.CREDIT))
    if measure := row.evidence.get("measure"):
        lift(measure_id=UUID(measure), why=why, by=SYSTEM, at=at)
        done.append(str(Remedy.CODE))
    return done
