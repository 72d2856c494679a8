"""The drill: a restore into a scratch server, held against what was backed up, with the figures that count."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from django.conf import settings

from anxin.config.recovery import RecoveryTrouble, wal
from anxin.config.recovery.base import Say, silent
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.restore import Restored, restore
from anxin.config.recovery.store import Store
from anxin.config.recovery.survey import differences, figures
from anxin.kit.crypto.ring import path, ring


@dataclass
class Report:
    """What a drill found. rpo: what would have been lost, had the machine died when the drill began. rto: until the
    restored server answered; checked: until everything was held against the original."""

    manifest: Manifest
    rpo: timedelta
    rto: timedelta = timedelta()
    checked: timedelta = timedelta()
    tables: int = 0
    rows: int = 0
    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Remembered:
    """What the last drill found, as kept in ANXIN_HOME: a drill may be made where there is no database."""

    at: datetime
    backup: str
    rows: int
    rpo_s: float
    rto_s: float
    checked_s: float
    faults: list[str]


def remember(report: Report, *, at: datetime) -> None:
    """Keep what a drill found, so that the evidence page can show it."""
    told = Remembered(
        at, report.manifest.id, report.rows, report.rpo.total_seconds(), report.rto.total_seconds(),
        report.checked.total_seconds(), report.faults,
    )  # fmt: skip
    draft = _kept().with_suffix(".new")
    draft.write_text(json.dumps(asdict(told), default=datetime.isoformat))
    draft.replace(_kept())


def last() -> Remembered | None:
    """What the last drill found; None if there was none, or its note cannot be read."""
    try:
        found = json.loads(_kept().read_text())
        return Remembered(**found | {"at": datetime.fromisoformat(found["at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _kept() -> Path:
    return Path(settings.ANXIN_HOME) / "drill.json"


def drill(
    store: Store,
    key: bytes,
    manifest: Manifest,
    *,
    at: datetime,
    scratch: Path | None = None,
    say: Say = silent,
) -> Report:
    """Restore a backup to its mark, compare, look inside, and drop it again. A fault is reported, not raised."""
    _have_keys(manifest)
    known = wal.until(store, key, manifest.system) or manifest.mark.at
    report = Report(manifest, at - max(known, manifest.mark.at))
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="anxin-drill-", dir=scratch or "/tmp"))  # nosec B108  # short enough for a socket; mkdtemp makes it ours
    folder.chmod(0o711)
    home = folder / "home"
    home.mkdir()
    restored: Restored | None = None
    try:
        restored = restore(store, key, manifest, home, to_mark=True, throwaway=True, say=say)
        report.rto = _since(began)
        say("comparing every table")
        _compare(restored, report)
        say("looking inside")
        _look_inside(restored, report)
        report.checked = _since(began)
    finally:
        _drop(restored, home, folder)
    return report


def _have_keys(manifest: Manifest) -> None:
    """A house without its keys is not restored, however whole its database is. None is made here."""
    if not path().exists():
        raise RecoveryTrouble(f"The key ring {path()} is missing: `anxin keys import` puts it back.")
    lacking = [name for name in manifest.keys if (key := ring().keys.get(name)) is None or key.secret is None]
    if lacking:
        raise RecoveryTrouble(
            f"The key ring lacks {', '.join(lacking)}, which sealed something in backup {manifest.id}: "
            "import the export of that time."
        )


def _since(began: float) -> timedelta:
    return timedelta(seconds=round(time.monotonic() - began, 1))


def _compare(restored: Restored, report: Report) -> None:
    with psycopg.connect(restored.cluster.address) as connection:
        found = figures(connection)
    report.tables, report.rows = len(found), sum(rows for rows, _ in found.values())
    report.faults += differences(report.manifest.figures, found)
    if restored.files < report.manifest.files:
        report.faults.append(f"of {report.manifest.files} uploads {restored.files} came back")


def _look_inside(restored: Restored, report: Report) -> None:
    """In a process of its own, since settings name one database for the life of a process."""
    cluster = restored.cluster
    environment = {
        **os.environ,
        "ANXIN_DATABASE_URL": cluster.address,
        "ANXIN_HOME": str(cluster.home),
        "ANXIN_AUDIT_KEY": str(settings.ANXIN_AUDIT_KEY),
        "ANXIN_ANCHORS": str(settings.ANXIN_ANCHORS),
        "ANXIN_KEY_RING": str(settings.ANXIN_KEY_RING),
        "ANXIN_SECRET_KEY": settings.SECRET_KEY,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    command = [sys.executable, "-m", "anxin.config.recovery.inspection"]
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        words = done.stderr.strip().splitlines()[-1:] or ["no message"]
        report.faults.append(f"the restored house cannot be looked into: {words[0]}")
        return
    report.told += found["told"]
    report.faults += found["faults"]


def _drop(restored: Restored | None, home: Path, folder: Path) -> None:
    if restored is not None:
        restored.cluster.stop()
    link = home / "postgres"
    if link.is_symlink():
        shutil.rmtree(link.resolve(), ignore_errors=True)
    elif restored is None and (link / "data" / "postmaster.pid").exists():
        raise RecoveryTrouble(
            f"The scratch server in {link} could not be stopped: end it, then remove {folder}."
        )
    socket = link / "run"
    if socket.is_symlink():
        shutil.rmtree(socket.resolve(), ignore_errors=True)
    shutil.rmtree(folder)
