"""Sealing by the clock."""

import logging
from datetime import datetime

from anxin.audit import actions
from anxin.audit.adapters import timestamps
from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic, task

log = logging.getLogger(__name__)


@periodic("audit.seal", cron="* * * * *")
def seal(*, at: datetime) -> None:
    actions.seal_batch(at=at)
    actions.anchor()


@periodic("audit.stamp", cron="23 * * * *")
def stamp(*, at: datetime) -> None:
    """Every hour, where an authority is named; one that is silent is asked again an hour later."""
    try:
        actions.stamp()
    except timestamps.NoStamp as trouble:
        log.warning("no time-stamp for the anchors: %s", trouble)


@periodic("audit.archive", cron="20 4 2 * *")
def archive(*, at: datetime) -> None:
    """Every month, what is past its time in the table."""
    actions.archive(by=SYSTEM, at=at)


@periodic("audit.forget_answers", cron="17 * * * *")
def forget_answers(*, at: datetime) -> None:
    actions.forget_answers(at=at)


@periodic("audit.forget_tallies", cron="*/10 * * * *")
def forget_tallies(*, at: datetime) -> None:
    actions.forget_tallies(at=at)


@task("audit.check")
def check(*, at: datetime) -> None:
    actions.check(at=at)


@periodic("audit.nightly_check", cron="40 3 * * *")
def nightly_check(*, at: datetime) -> None:
    """Every night, so that a change is noticed without anybody asking."""
    actions.check(at=at)
