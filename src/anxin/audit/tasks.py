"""Sealing by the clock."""

from datetime import datetime

from anxin.audit import actions
from anxin.kit.jobs import periodic


@periodic("audit.seal", cron="* * * * *")
def seal(*, at: datetime) -> None:
    actions.seal_batch(at=at)


@periodic("audit.forget_answers", cron="17 * * * *")
def forget_answers(*, at: datetime) -> None:
    actions.forget_answers(at=at)
