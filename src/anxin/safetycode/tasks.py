"""Jobs of the safety code."""

from datetime import datetime
from uuid import UUID

from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic, task
from anxin.safetycode import actions
from anxin.safetycode.actions import applying, faults, funds, ministry


# 16:05 UTC is five past midnight here: the day, and with it what is valid, has just changed.
@periodic("safetycode.nightly", cron="5 16 * * *")
def nightly(*, at: datetime) -> None:
    """End the codes whose day has passed, judge whoever's day has come, give places in the lists, forget old counts."""
    while actions.expire_due(by=SYSTEM, at=at):
        pass
    while actions.resume_due(at=at):
        pass
    while actions.draw_lots():
        pass
    actions.list_unjudged()
    judge(at=at)
    actions.forget_tallies(at=at)
    actions.forget_files(at=at)
    actions.forget_asks(at=at)


# After the night's judging; what is found then is found by people in the morning.
@periodic("safetycode.care", cron="35 18 * * *")
def care(*, at: datetime) -> None:
    """List codes for their refresh, suspend what is stale, book cards, and look for faults."""
    faults.mend(at=at)
    while funds.book_cards(at=at):
        pass
    faults.find_faults(by=SYSTEM, at=at)


@periodic("safetycode.compare_ministry", cron="5 19 * * *")
def compare_ministry(*, at: datetime) -> None:
    """Ask the Ministry's platform for every record once a night."""
    while ministry.compare_next(at=at):
        pass


# Whoever changes a fact judges at once; this is for what comes in bulk, and for what was cut short.
@periodic("safetycode.judge", cron="* * * * *")
def judge(*, at: datetime) -> None:
    """Judge all that are listed or whose day has come."""
    while actions.judge_listed(by=SYSTEM, at=at):
        pass


# Once a week everybody, beside the list: it finds what a list cannot, and a release with new rules.
@periodic("safetycode.judge_all", cron="35 17 * * 6")
def judge_all(*, at: datetime) -> None:
    """Compare all judgements with the facts and make those anew that differ."""
    actions.list_stale(at=at)
    judge(at=at)


@task("safetycode.print_part")
def print_part(*, at: datetime, part_id: int) -> None:
    actions.make_part(part_id=part_id, by=SYSTEM, at=at)


@task("safetycode.bind_batch")
def bind_batch(*, at: datetime, batch_id: str) -> None:
    actions.bind_batch(batch_id=UUID(batch_id), by=SYSTEM, at=at)


@task("safetycode.tell_choice")
def tell_choice(*, at: datetime, choice_id: str) -> None:
    actions.tell_choice(choice_id=UUID(choice_id), at=at)


# 00:20 UTC is 8:20 here: before the offices open.
@periodic("safetycode.applications", cron="20 0 * * *")
def applications(*, at: datetime) -> None:
    """Read the clocks of applications anew; tell what is due and what is late, of appeals too."""
    applying.tick(by=SYSTEM, at=at)
    applying.tick_appeals(by=SYSTEM, at=at)
    applying.forget_uploads(at=at)


@task("safetycode.tell_red")
def tell_red(*, at: datetime, worker_id: str) -> None:
    applying.tell_red(worker_id=UUID(worker_id), at=at)


@task("safetycode.send_check")
def send_check(*, at: datetime, check_id: str) -> None:
    actions.send_check(check_id=UUID(check_id), at=at)


@periodic("safetycode.miss_exams", cron="*/15 * * * *")
def miss_exams(*, at: datetime) -> None:
    """Mark who did not come to their health check."""
    while actions.miss_exams(by=SYSTEM, at=at):
        pass
