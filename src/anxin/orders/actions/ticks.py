"""What the clock does: offers run out, completions confirm themselves, warnings are raised and cleared."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction

from anxin.kit.actor import SYSTEM
from anxin.kit.again import PASSING
from anxin.kit.errors import Refusal
from anxin.kit.models import Moved
from anxin.kit.text import gettext_noop
from anxin.orders import queries, rules
from anxin.orders.actions import assign, change, marks, offer, visit
from anxin.orders.actions.telling import tell
from anxin.orders.models import Visit, Warning
from anxin.orders.states import OrderState
from anxin.orders.values import (
    CLOSE_UNREADY_MINUTES,
    CONTACT_BEFORE_MINUTES,
    DEPART_GRACE_MINUTES,
    ENTRY_GRACE_MINUTES,
    OVERRUN_GRACE_MINUTES,
    WARNING_LABELS,
    WarningKind,
)
from anxin.policies import public as policies

# Raised and cleared where they happen, not by looking at the clock.
KEPT = (WarningKind.WORKER_LOST, WarningKind.PLACE_UNKNOWN)
BOTH_SIDES = (WarningKind.UNCONFIRMED, WarningKind.CLOSING)
log = logging.getLogger(__name__)
# A day, so that an agency whose worker must not enter has time to find another.
WATCHED = timedelta(hours=24)
TRAVEL_GUESS_MINUTES = 30


def tick(*, at: datetime, towns: Collection[str] | None = None) -> int:
    """Do all that is due at `at`; each thing in its own transaction, safe to run twice. Returns how many.

    towns: only orders of these, so that several processes may share the work. An order at which something breaks holds
    up no other; what broke is raised when all the others are done.
    """
    broken: list[Exception] = []
    done = _each(_due(at, towns), broken) + _each(_warnings(at, towns), broken)
    if broken:
        raise ExceptionGroup("what the clock could not do", broken)
    return done


def warn(*, at: datetime, towns: Collection[str] | None = None) -> int:
    """Raise the early warnings that stand and clear those that no longer do (C-5.4.6). Returns how many changed."""
    broken: list[Exception] = []
    changed = _each(_warnings(at, towns), broken)
    if broken:
        raise ExceptionGroup("warnings that could not be changed", broken)
    return changed


def _each(acts: Iterable[Callable[[], object]], broken: list[Exception]) -> int:
    """Each act by itself; how many were done. What breaks is put aside in `broken`."""
    done = 0
    for act in acts:
        try:
            done += _once(act)
        except PASSING:
            # The database is away: it would break at each of them.
            raise
        except Exception as trouble:  # noqa: BLE001  # raised by whoever asked
            broken.append(trouble)
    return done


def _due(at: datetime, towns: Collection[str] | None) -> Iterator[Callable[[], object]]:
    """What is due, kind by kind; each kind is looked for when the one before is done."""
    for due in queries.due_offers(at, towns):
        yield partial(offer.lapse, due, at=at)
    for stale in queries.stale_submissions(at, towns):
        yield partial(offer.give_up, stale, at=at)
    patience = timedelta(minutes=policies.read(CLOSE_UNREADY_MINUTES, at=at))
    for late in queries.unready(at, patience, towns):
        yield partial(change.close_unready, late, at=at)
    for waiting in queries.due_assignments(at, towns):
        yield partial(assign.lapse, waiting, at=at)
    for finished in queries.due_confirmations(at, towns):
        yield partial(visit.confirm_by_clock, finished, at=at)
    for paid in queries.due_closings(at, towns):
        yield partial(marks.close, order_id=paid.pk, at=at)


def _once(act: Callable[[], object]) -> int:
    """Somebody may have been faster than the clock, and one order that may not go on must not hold up the rest."""
    try:
        with transaction.atomic():
            act()
    except Moved:
        return 0
    except Refusal as refusal:
        log.warning("the clock was refused: %s", refusal.code)
        return 0
    return 1


def _warnings(at: datetime, towns: Collection[str] | None) -> Iterator[Callable[[], object]]:
    """Every warning that is to be raised or cleared now."""
    numbers = policies.read_many(
        CONTACT_BEFORE_MINUTES, DEPART_GRACE_MINUTES, ENTRY_GRACE_MINUTES, OVERRUN_GRACE_MINUTES, at=at
    )
    grace = rules.Grace(
        contact_before=numbers[CONTACT_BEFORE_MINUTES.key],
        depart=numbers[DEPART_GRACE_MINUTES.key],
        entry=numbers[ENTRY_GRACE_MINUTES.key],
        overrun=numbers[OVERRUN_GRACE_MINUTES.key],
    )
    watched = list(queries.watched_visits(at, ahead=WATCHED, towns=towns))
    red = queries.not_green(watched, at)
    for running in watched:
        due = rules.due_warnings(_clock_of(running), at, grace)
        if running.pk in red:
            due |= {WarningKind.CODE_NOT_GREEN}
        standing = {warning.kind: warning for warning in running.warnings.all() if warning.cleared_at is None}
        for kind in due - standing.keys():
            yield partial(_raise, running, WarningKind(kind), at)
        for kind, warning in standing.items():
            if kind not in due and kind not in KEPT:
                yield partial(_clear, warning, at)


def _clear(warning: Warning, at: datetime) -> None:
    Warning.objects.filter(pk=warning.pk, cleared_at=None).update(cleared_at=at, cleared_how="done")


def _raise(running: Visit, kind: WarningKind, at: datetime) -> None:
    _, created = Warning.objects.get_or_create(
        visit=running, kind=str(kind), cleared_at=None, defaults={"order": running.order, "raised_at": at}
    )
    if created:
        to = "customer provider" if kind in BOTH_SIDES else "provider worker"
        tell(running.order, f"warning_{kind}", gettext_noop("预警：%(what)s"), to=to, by=SYSTEM, at=at,
             what=WARNING_LABELS[kind])  # fmt: skip


def _clock_of(running: Visit) -> rules.VisitClock:
    return rules.VisitClock(
        order_state=running.order.state,
        state=running.state,
        starts_at=running.starts_at,
        ends_at=running.ends_at,
        travel_minutes=TRAVEL_GUESS_MINUTES,
        contacted_at=running.contacted_at,
        arrived_at=running.arrived_at,
        done_at=running.done_at,
        has_worker=running.order.state != OrderState.ACCEPTED,
    )
