"""A batch that is kept rolling: what still waits is decided anew as demands arrive, what was promised stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.ids import new_id
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.matching import queries
from anxin.matching.actions.batch import check_limit, look_at_all, make_plan
from anxin.matching.models import Batch, Rolling, Round
from anxin.matching.queries.batch import Looked
from anxin.matching.rules.rolling import Decided, changes
from anxin.matching.states import RollingState
from anxin.matching.values import Fairness
from anxin.matching.values.rolling import (
    ENDED_LABELS,
    LEAST_WINDOW,
    MOST_WINDOW,
    ROLLING_LOYALTY,
    Ended,
    Trouble,
)
from anxin.notices import public as notices
from anxin.policies import public as policies

# Nobody works that long on 200 demands: the process is gone, and another may take over.
GONE_AFTER = timedelta(minutes=10)


class WindowWrong(Invalid):
    code = "window_wrong"
    message = _("间隔请填 %(least)s 到 %(most)s 之间的分钟数。")


class AlreadyRolling(Conflict):
    code = "already_rolling"
    message = _("本机构的滚动派单已经开着。要换公平线或间隔，请先关闭再开。")


class TooManyRolling(Conflict):
    code = "too_many_rolling"
    message = _("平台上同时滚动派单的机构已满，请稍后再开，或用批量派单。")


def keep_rolling(
    *, fairness: Fairness, limit: float, window_minutes: int, by: Actor, at: datetime
) -> Rolling:
    """From now on decide anew, every so many minutes, about all that waits at the desk; the first round at once.

    Nobody is proposed by it: the desk accepts pairs of the latest round, and what was accepted stays.
    Refuses: LimitWrong, WindowWrong, AlreadyRolling, TooManyRolling. Source: outlet §6.1.2.
    """
    if by.organisation_id is None or not by.holds("orders.dispatch"):
        raise Forbidden
    check_limit(limit)
    if not LEAST_WINDOW <= window_minutes <= MOST_WINDOW:
        raise WindowWrong("window_minutes", least=LEAST_WINDOW, most=MOST_WINDOW)
    if queries.running(by.organisation_id) is not None:
        raise AlreadyRolling
    if not queries.agency_may_roll(at):
        raise TooManyRolling
    found = Rolling(
        organisation_id=by.organisation_id, asked_at=at, by_person=by.person_id, fairness=str(fairness), limit=limit,
        window_minutes=window_minutes, due_at=at + timedelta(minutes=window_minutes),
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(found, by=by, at=at)
            record("matching.keep_rolling", by=by, at=at, subject="rolling", subject_id=found.pk,
                   detail={"fairness": str(fairness), "limit": limit, "window_minutes": window_minutes})  # fmt: skip
            _defer(found)
    except IntegrityError as twice:
        # A colleague was faster by a moment; the index lets one of them through.
        raise AlreadyRolling from twice
    return found


def _defer(found: Rolling) -> None:
    defer("matching.roll", lock=f"rolling:{found.pk}", rolling_id=str(found.pk))


@transaction.atomic
def end_rolling(*, rolling_id: UUID, by: Actor, at: datetime) -> Rolling:
    """Turn it off; a round that is being worked out is not kept. Refuses: NotFound, NotAllowed (it is off)."""
    found: Rolling | None = Rolling.objects.visible_to(by).filter(pk=rolling_id).first()
    if found is None:
        raise NotFound
    _end(found, Ended.ASKED, by=by, at=at)
    return found


def _end(found: Rolling, why: Ended, *, by: Actor, at: datetime) -> None:
    move(found, RollingState.OFF, by=by, at=at, why=str(why), ended=str(why), working_since=None)
    record("matching.end_rolling", by=by, at=at, subject="rolling", subject_id=found.pk,
           detail={"why": str(why), "rounds": found.rounds})  # fmt: skip
    touch(f"rolling:{found.pk}")


def tick(*, at: datetime) -> int:
    """Begin the rounds that are due; where the one before still runs, this one is left out and that is told.

    Returns how many began. Safe to run twice: each window is taken once.
    """
    began = 0
    for found in queries.due_rollings(at):
        with transaction.atomic():
            next_due = at + timedelta(minutes=found.window_minutes)
            rows = Rolling.objects.filter(pk=found.pk, state=RollingState.ON, due_at=found.due_at)
            free = _free(at)
            if rows.filter(free).update(due_at=next_due):
                _defer(found)
                began += 1
            elif rows.update(due_at=next_due, skipped=F("skipped") + 1, trouble=str(Trouble.STILL_WORKING)):
                touch(f"rolling:{found.pk}")
    return began


def _free(at: datetime) -> Q:
    return Q(working_since=None) | Q(working_since__lte=at - GONE_AFTER)


def roll(*, rolling_id: UUID, at: datetime) -> Round | None:
    """One round: take what waits, decide anew, and keep the round if it changed anything. Safe to run twice.

    Of two at once one does nothing. Looking takes seconds, so this is no single transaction; what it finds is written
    in one, and not at all if the batch was turned off meanwhile.
    """
    if not Rolling.objects.filter(_free(at), pk=rolling_id, state=RollingState.ON).update(working_since=at):
        return None
    found: Rolling = Rolling.objects.get(pk=rolling_id)
    try:
        return _round(found, at)
    except Exception:
        # The queue tries it again; until then the page says so, and nobody finds the row taken.
        _release(found, skipped=F("skipped") + 1, trouble=str(Trouble.FAILED))
        raise


def _round(found: Rolling, at: datetime) -> Round | None:
    ended = queries.must_end(found, at)
    if ended is not None:
        _end_by_itself(found, ended, at)
        return None
    last, waiting = queries.last_round(found.pk), queries.waiting_at(found.organisation_id)
    if not waiting:
        _release(found, looked_at=at, trouble="")
        return None
    touch(f"rolling:{found.pk}")
    before = Decided.of(last.batch.plan) if last is not None and last.batch.plan else Decided({})
    shown = {UUID(order): UUID(worker) for order, worker in before.worker.items() if worker}
    looked = look_at_all([str(order.pk) for order in waiting], at)
    made = make_plan(looked, Fairness(found.fairness), found.limit, at, shown=shown,
                     loyalty=policies.read(ROLLING_LOYALTY, at=at))  # fmt: skip
    changed = _changed(found, before, looked, made)
    if not looked or not changed:
        _release(found, looked_at=at, trouble="")
        return None
    return _keep(found, looked, made, changed, at)


def _changed(
    found: Rolling, before: Decided, looked: Iterable[Looked], made: dict[str, Any]
) -> list[dict[str, str]]:
    now = Decided.of(made)
    return changes(
        before, now,
        can={str(row.order.pk): {str(one.worker_id) for one in row.ranked} for row in looked},
        arrived={
            str(row.order.pk) for row in looked if found.looked_at is None or row.order.state_at > found.looked_at
        },
        promised=queries.promised_for([order for order in before.worker if order not in now.worker]),
    )  # fmt: skip


def _keep(
    found: Rolling, looked: list[Looked], made: dict[str, Any], changed: list[dict[str, str]], at: datetime
) -> Round | None:
    with transaction.atomic():
        mine = Rolling.objects.filter(pk=found.pk, state=RollingState.ON, working_since=found.working_since)
        held: Rolling | None = mine.select_for_update(no_key=True).first()
        if held is None:
            # Turned off while it was worked out.
            return None
        batch = Batch(
            id=new_id(), organisation_id=held.organisation_id, asked_at=at, by_person=held.by_person,
            fairness=held.fairness, limit=held.limit, order_ids=[str(row.order.pk) for row in looked],
            looked_at=len(looked), total=len(looked), plan=made, done_at=at,
        )  # fmt: skip
        batch.save(force_insert=True)
        kept = Round(id=new_id(), rolling=held, batch=batch, number=held.rounds + 1, changes=changed)
        kept.save(force_insert=True)
        mine.update(rounds=held.rounds + 1, working_since=None, looked_at=at, trouble="")
        record("matching.roll", by=SYSTEM, at=at, subject="rolling", subject_id=held.pk,
               detail={"round": kept.number, "orders": len(looked), "changes": len(changed)})  # fmt: skip
        touch(f"rolling:{held.pk}")
        return kept


def _release(found: Rolling, **fields: Any) -> None:
    """The round is over without anything to keep."""
    mine = Rolling.objects.filter(pk=found.pk, working_since=found.working_since)
    with transaction.atomic():
        if mine.update(working_since=None, **fields):
            touch(f"rolling:{found.pk}")


@transaction.atomic
def _end_by_itself(found: Rolling, why: Ended, at: datetime) -> None:
    _end(found, why, by=SYSTEM, at=at)
    if found.by_person is not None:
        notices.tell(
            found.by_person, kind="matching.rolling_ended", url=f"/desk/dispatch/rolling/{found.pk}/", at=at,
            title=gettext_noop("滚动派单已关闭"), body=ENDED_LABELS[why],
        )  # fmt: skip
