"""Which backups may go: every one of the last days stays, then one a week, then one a month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.store import Store


@dataclass(frozen=True, slots=True)
class Rule:
    """days: every backup, and any moment can be restored; then the first of each week, then of each month.

    least: so many stay whatever their age, in case nobody took one for long.
    """

    days: int = 14
    weeks: int = 8
    months: int = 12
    least: int = 2


def kept(backups: Sequence[Manifest], rule: Rule, *, at: datetime) -> list[Manifest]:
    """Those of one cluster that stay, oldest first. Pure."""
    ordered = sorted(backups, key=lambda one: one.began_at)
    stay = {one.id for one in ordered[-rule.least :]}
    seen: set[tuple[int, ...]] = set()
    for one in ordered:
        age = at - one.began_at
        week, month = one.began_at.isocalendar()[:2], (one.began_at.year, one.began_at.month, 0)
        span = week if age <= timedelta(weeks=rule.weeks) else month
        if age <= timedelta(days=rule.days) or (age <= timedelta(days=31 * rule.months) and span not in seen):
            stay.add(one.id)
        if one.id in stay:
            seen |= {week, month}
    # Any moment of the last days can be restored only from a backup before it.
    window = [one for one in ordered if at - one.began_at > timedelta(days=rule.days)]
    if window:
        stay.add(window[-1].id)
    return [one for one in ordered if one.id in stay]


def prune(store: Store, key: bytes, rule: Rule, *, at: datetime) -> list[str]:
    """Remove backups that may go, with the log and the uploads that none of the others needs. Returns their ids."""
    found = list(manifests.all_of(store, key))
    gone: list[str] = []
    for system in sorted({one.system for one in found}):
        backups = [one for one in found if one.system == system]
        stay = kept(backups, rule, at=at)
        # The manifest goes first: half a backup is none.
        for one in backups:
            if one not in stay:
                for name in ("manifest", "cluster", "files"):
                    store.delete(f"{one.root}/{name}")
                gone.append(one.id)
        _prune_log(store, system, stay, rule, at)
        _prune_broken(store, system, {one.id for one in backups}, at)
    return gone


def _prune_log(store: Store, system: str, stay: Sequence[Manifest], rule: Rule, at: datetime) -> None:
    """Log and uploads before the window are needed between a backup and its mark only."""
    recent = [one for one in stay if at - one.began_at <= timedelta(days=rule.days)]
    before = [one for one in stay if one not in recent]
    start = (before[-1:] or recent)[0]
    prefix = f"{system}/wal/"
    for name in store.names(prefix):
        segment = name.removeprefix(prefix).removesuffix(".partial")
        if len(segment) == 24 and segment[8:] < start.first_segment[8:] and not _between(segment, stay):
            store.delete(name)
    prefix = f"{system}/files/"
    for name in store.names(prefix):
        if not start.is_before(name.removeprefix(prefix)):
            store.delete(name)


def _between(segment: str, stay: Iterable[Manifest]) -> bool:
    return any(one.first_segment[8:] <= segment[8:] <= one.mark_segment[8:] for one in stay)


def _prune_broken(store: Store, system: str, known: set[str], at: datetime) -> None:
    """Parts of backups that never came to their manifest, once nobody can be at work on them any more."""
    prefix = f"{system}/base/"
    for name in store.names(prefix):
        backup = name.removeprefix(prefix).split("/")[0]
        if backup not in known and backup < (at - timedelta(days=2)).strftime("%Y%m%dT%H%M%SZ"):
            store.delete(name)
