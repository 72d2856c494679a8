"""Verifying that nothing in the trail was changed, removed, reordered or inserted: table, archives, anchors, tail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import inf
from pathlib import Path
from typing import Any

from anxin.audit import queries, rules
from anxin.audit.adapters import anchors, archives, signing, timestamps
from anxin.audit.models import Archive, Seal
from anxin.audit.values import MARK
from anxin.kit.crypto import signed_by_us

Row = dict[str, Any]
CLOCKS_DIFFER = timedelta(minutes=5)


def verify(*, against: Path | None = None, restored: bool = False) -> tuple[int, int, list[str]]:
    """Recompute every seal. Returns (seals, entries, faults in words); no faults = nothing was touched.

    `against`: a folder of anchors kept elsewhere, instead of our own. `restored`: the database is of an earlier hour,
    so that later anchors are no fault.
    """
    faults: list[str] = []
    archived, anchored = _Archived(faults), _Anchored(faults, against)
    previous, start, total, seals, signed = rules.GENESIS, 0, 0, 0, False
    for one in Seal.objects.order_by("id").iterator():
        seals += 1
        if one.previous != previous or one.from_xact != start:
            faults.append(f"seal {one.pk}: the chain is broken, a seal was removed, inserted or reordered")
        rows = archived.of(one)
        if rows is None:
            count = one.count
        else:
            digest, count = rules.digest(one.previous, one.from_xact, one.below_xact, rows)
            if count != one.count:
                faults.append(f"seal {one.pk}: {one.count} entries were sealed, {count} are there")
            elif digest != one.digest:
                faults.append(f"seal {one.pk}: an entry was changed")
        signed, fault = _signature(one, signed)
        faults += fault
        anchored.hold(one)
        previous, start, total = one.digest, one.below_xact, total + count
    archived.finish()
    if not restored:
        anchored.finish()
    faults += _tail(start) + _stamps(against)
    return seals, total, faults


def _signature(one: Seal, signed: bool) -> tuple[bool, list[str]]:
    """Seals of the first releases bear a keyed hash; once one was signed, all later ones are."""
    signature, message = bytes(one.signature), one.digest.encode()
    if signing.is_ours(message, signature):
        return True, []
    if not signed and signed_by_us("audit", message, signature):
        return False, []
    return signed, [f"seal {one.pk}: the signature is not ours"]


def _tail(start: int) -> list[str]:
    """What no seal covers yet: every entry must bear the mark of its writer, and a transaction that has been."""
    faults, next_xact = [], queries.next_xact()
    for row in queries.unsealed_rows(start):
        mark = bytes.fromhex(row["mark"]) if len(row["mark"]) == 32 else b""
        if row["xact"] >= next_xact:
            faults.append(f"entry {row['id']}: its transaction has not been yet")
        if not signed_by_us(MARK, rules.marked(row), mark, least=16):
            faults.append(f"entry {row['id']}: not sealed yet, and changed or inserted past us")
    return faults


def stamped(where: Path | None = None) -> int:
    """How many time-stamps there are beside the anchors."""
    return len(anchors.stamps(where))


def _stamps(where: Path | None) -> list[str]:
    """Every time-stamp must be over its anchor as it is written, and no anchor may be of later than its stamp."""
    found = anchors.stamps(where)
    if not found:
        return []
    wanted = {seal for seal, _token in found}
    over = {one["seal"]: one for one in anchors.read(where) if one.get("seal") in wanted}
    faults = []
    for seal, token in found:
        if seal not in over:
            faults.append(f"time-stamp of seal {seal}: there is no such anchor")
            continue
        try:
            stamp = timestamps.judge(token, anchors.line(over[seal]))
        except timestamps.NoStamp as trouble:
            faults.append(f"time-stamp of seal {seal}: {trouble}")
            continue
        if stamp.at + CLOCKS_DIFFER < datetime.fromisoformat(over[seal]["at"]):
            faults.append(f"time-stamp of seal {seal}: it is older than what it is over")
    return faults


class _Archived:
    """The entries that lie in files, handed out seal by seal."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        self.below = 0
        self.rows: Iterator[Row] = iter(())
        self.ahead: Row | None = None
        self.lost = False
        self.waiting = list(Archive.objects.order_by("id"))
        if self.waiting and (back := queries.count_below(self.waiting[-1].below_xact)):
            faults.append(f"{back} entries are in the table that had been archived")

    def of(self, seal: Seal) -> Iterator[Row] | None:
        """The entries of a seal; None when their archive cannot be read, which is told once."""
        if seal.from_xact >= self.below and self.waiting and seal.from_xact >= self.waiting[0].from_xact:
            self.finish()
            self._open(self.waiting.pop(0))
        if seal.below_xact > self.below:
            return queries.rows_between(seal.from_xact, seal.below_xact)
        return None if self.lost else self._until(seal.below_xact)

    def _open(self, archive: Archive) -> None:
        self.below, self.lost = archive.below_xact, False
        if not signing.is_ours(archive.words, bytes(archive.signature)):
            self.faults.append(f"archive {archive.name}: the signature is not ours")
        try:
            if archives.digest(archive.name) != archive.sha256:
                self.faults.append(f"archive {archive.name}: the file was changed")
                self.lost = True
        except archives.Missing:
            self.faults.append(f"archive {archive.name}: the file is missing")
            self.lost = True
        self.rows = iter(()) if self.lost else archives.rows(archive.name)
        self.ahead = next(self.rows, None)

    def _until(self, below: int) -> Iterator[Row]:
        while self.ahead is not None and self.ahead["xact"] < below:
            yield self.ahead
            self.ahead = next(self.rows, None)

    def finish(self) -> None:
        """Nothing may be left over."""
        if self.ahead is not None:
            self.faults.append("an archive holds entries that no seal covers")
            self.ahead = None


class _Anchored:
    """The anchors outside, walked beside the seals."""

    def __init__(self, faults: list[str], where: Path | None) -> None:
        self.faults = faults
        self.anchors = anchors.read(where)
        self.ahead = self._next()

    def _next(self) -> anchors.Anchor | None:
        for found in self.anchors:
            if "unreadable" not in found:
                return found
            self.faults.append(f"anchors: {found['unreadable']} cannot be read")
        return None

    def hold(self, seal: Seal) -> None:
        """Hold a seal against its anchor."""
        self._leave_below(seal.pk)
        if self.ahead is None:
            return
        if self.ahead["seal"] > seal.pk:
            self.faults.append(f"seal {seal.pk}: it has no anchor, though a later one has")
            return
        if self.ahead != queries.anchor_of(seal):
            self.faults.append(f"seal {seal.pk}: it differs from its anchor outside")
        self.ahead = self._next()

    def _leave_below(self, number: float) -> None:
        while self.ahead is not None and self.ahead["seal"] < number:
            self.faults.append(f"seal {self.ahead['seal']}: it was anchored, and is gone")
            self.ahead = self._next()

    def finish(self) -> None:
        """Every anchor has its seal."""
        self._leave_below(inf)
