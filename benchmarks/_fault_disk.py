"""The disk full, for true: small file systems under the log of the database, the uploads and the backups.

Mounting takes root; where it is not allowed the run says so and why.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import Error, connections
from PIL import Image

from anxin.config import embedded
from anxin.config.embedded import place
from anxin.config.recovery import RecoveryTrouble, base
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.source import source
from anxin.config.recovery.store import Folder
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.errors import Refusal
from benchmarks import _fault_database as database
from benchmarks import _fault_ground as ground
from benchmarks import _world as world

MB = 1_000_000
CLIENTS, PICTURES, SIDE, PATIENCE_S = 4, 40, 600, 90.0


class Unmountable(Exception):
    """No file system of a given size is to be had here."""


def run(made: Any) -> ground.Found:
    found = ground.Found("disk full: log of the database, uploads, backups")
    try:
        for part in (_log, _uploads, _backups):
            part(made, found)
    except Unmountable as trouble:
        found.skipped = f"skipped: {trouble}"
    return found


@contextlib.contextmanager
def _mounted(folder: Path, size: int, *, owner: int = 0) -> Iterator[Path]:
    """A file system of `size` bytes at `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    options = f"size={size},mode=0700,uid={owner}"
    done = _call("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    if done.returncode:
        raise Unmountable(f"no file system can be mounted here ({done.stderr.strip() or done.returncode})")
    try:
        yield folder
    finally:
        _call("umount", "--lazy", str(folder))
        with contextlib.suppress(OSError):
            folder.rmdir()


def _call(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError as trouble:
        return subprocess.CompletedProcess(command, 127, "", str(trouble))


def _more(folder: Path, size: int) -> None:
    _call("mount", "-o", f"remount,size={size}", str(folder))


# ── the log of the database ──────────────────────────────────────────────────────────────────────────────
def _log(made: Any, found: ground.Found) -> None:
    """Demands by several clients while the room for the log runs out; then room, and a start."""
    home = ground.HOME
    user = place.database_user(home)
    cluster = place.cluster(home)
    log = cluster / "data" / "pg_wal"
    connections.close_all()
    embedded.stop(home)
    aside = log.with_name("pg_wal.aside")
    try:
        with _mounted(cluster / "small", 64 * MB, owner=user.pw_uid if user else os.geteuid()) as small:
            _move_log(log, aside, small, user)
            embedded.start(home)
            acts = _until_full(made, small)
            _more(small, 2_000 * MB)
            back = _up_again(home)
            connections.close_all()
            embedded.stop(home)
            _bring_back(log, aside, small)
    finally:
        if aside.exists() and not log.exists():
            aside.rename(log)
        embedded.start(home)
    kept = sum(ground.count(database.FOUND["demand"], [key]) for key in acts.done)
    found.sent += acts.sent
    found.acknowledged += len(acts.done)
    found.found += kept
    found.wrong |= ground.unsound() | {"the log never ran full": int(not acts.refused)}
    found.told.append(
        f"log of the database: {acts.sent} demands sent, {len(acts.done)} acknowledged and {kept} found again, "
        f"{acts.refused} refused while it was full; it answered {back:.1f} s after there was room"
    )


def _move_log(log: Path, aside: Path, small: Path, user: Any) -> None:
    """Only the segment of the last checkpoint is needed after an orderly stop; free ones would be room."""
    programs = place.programs(user)
    said = subprocess.run(
        [programs / "pg_controldata", "-D", str(log.parent)], check=True, capture_output=True, text=True,
        **place.identity(user),
    ).stdout  # fmt: skip
    [segment] = re.findall(r"REDO WAL file:\s+(\w+)", said)
    log.rename(aside)
    _copy(aside / segment, small / segment)
    for name in ("archive_status", "summaries"):
        (small / name).mkdir(mode=0o700)
        _own(small / name, aside)
    log.symlink_to(small)


def _copy(file: Path, to: Path) -> None:
    shutil.copy2(file, to)
    _own(to, file)


def _own(made: Path, like: Path) -> None:
    state = like.stat()
    os.chown(made, state.st_uid, state.st_gid)


def _bring_back(log: Path, aside: Path, small: Path) -> None:
    log.unlink()
    shutil.rmtree(aside)
    shutil.copytree(small, log)
    for path in (log, *log.rglob("*")):
        _own(path, log.parent)
    log.chmod(0o700)


class Acts:
    """What clients sent, what was acknowledged (keys), what was refused."""

    def __init__(self) -> None:
        self.sent, self.refused, self.done = 0, 0, list[str]()


def _until_full(made: Any, small: Path) -> Acts:
    acts, stop = Acts(), threading.Event()

    def client() -> None:
        try:
            for step in database._demands(made):
                if stop.is_set():
                    return
                acts.sent += 1
                try:
                    told = step()
                except (Error, Refusal, OSError):
                    acts.refused += 1
                    with contextlib.suppress(Error):
                        connections.close_all()
                    time.sleep(0.2)
                else:
                    acts.done += [told[1]] if told else []
        finally:
            connections.close_all()

    clients = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for one in clients:
        one.start()
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends and acts.refused < 20:
        _fill_log()
        time.sleep(0.3)
    stop.set()
    for one in clients:
        one.join()
    return acts


def _fill_log() -> None:
    """Half a megabyte that nobody reads: demands alone would take minutes to fill the log."""
    with (
        contextlib.suppress(psycopg.Error, embedded.DatabaseTrouble),
        psycopg.connect(embedded.owner_url(ground.HOME), autocommit=True, connect_timeout=2) as server,
    ):
        server.execute("SELECT pg_logical_emit_message(false, 'fill', repeat(md5(random()::text), 16000))")


def _up_again(home: Path) -> float:
    """Start the server as the supervisor does, again and again; seconds until it takes writes."""
    begun = time.monotonic()
    while True:
        try:
            embedded.start(home)
            with psycopg.connect(embedded.url(home)) as server:
                server.execute("CREATE TEMP TABLE writes (x int)")
            return time.monotonic() - begun
        except (psycopg.Error, embedded.DatabaseTrouble):
            if time.monotonic() - begun > PATIENCE_S:
                raise
            time.sleep(0.5)


# ── uploads ──────────────────────────────────────────────────────────────────────────────────────────────
def _uploads(made: Any, found: ground.Found) -> None:
    """Photos until the disk is full, then room: those refused are sent again; each acknowledged one opens."""
    by, before = ground.customer_of(made), settings.ANXIN_FILES
    with _mounted(ground.HOME / "small-files", 3 * MB) as small:
        settings.ANXIN_FILES = str(small)
        try:
            photos = [_photo(number) for number in range(PICTURES)]
            kept, refused = _store(photos, by)
            rows = files.StoredFile.objects.filter(pk__in=[row.pk for row in kept]).count()
            _more(small, 60 * MB)
            again, lost = _store(refused, by)
            opened = sum(bool(files.content(row)) for row in [*kept, *again])
            drafts = sum(path.is_file() and "." in path.name for path in small.rglob("*"))
        finally:
            settings.ANXIN_FILES = before
    files.discard([row.pk for row in [*kept, *again]])
    found.sent += PICTURES + len(refused)
    found.acknowledged += len(kept) + len(again)
    found.found += opened
    found.wrong |= {
        "the disk of uploads never ran full": int(not refused),
        "uploads refused although there was room": len(lost),
        "rows of uploads more or less than acknowledged": rows - len(kept),
        "halves of uploads left lying": drafts,
    }
    found.told.append(
        f"uploads: {len(kept)} kept, {len(refused)} refused while the disk was full and kept when there was room"
    )


def _photo(number: int) -> bytes:
    noise = random.Random(number).randbytes(SIDE * SIDE * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (SIDE, SIDE), noise).save(out, "JPEG", quality=95)
    return out.getvalue()


def _store(photos: list[bytes], by: Any) -> tuple[list[Any], list[bytes]]:
    kept, refused = [], []
    for photo in photos:
        try:
            kept.append(
                files.store_bytes(photo, name="a.jpg", kind=files.FileKind.SERVICE_PHOTO, by=by, at=world.AT)
            )
        except OSError:
            refused.append(photo)
    return kept, refused


# ── backups ──────────────────────────────────────────────────────────────────────────────────────────────
def _backups(made: Any, found: ground.Found) -> None:
    """A backup that finds no room fails in words and is not there; with room the next one is."""
    connections.close_all()
    key = os.urandom(32)
    with _mounted(ground.HOME / "small-backups", 4 * MB) as small:
        store = Folder(small)
        words = ""
        try:
            base.take(source(), store, key, at=clock.now())
        except RecoveryTrouble as trouble:
            # Results are kept; where this run lay belongs to nobody else.
            words = str(trouble).replace(str(small), "the folder")
        half = len(manifests.ids(store))
        _more(small, 4_000 * MB)
        whole = base.take(source(), store, key, at=clock.now())
        there = [one.id for one in manifests.all_of(store, key)]
    found.sent += 2
    found.acknowledged += 1
    found.found += int(there == [whole.id])
    found.wrong |= {
        "backups without room that did not say so": int("No space left" not in words),
        "backups that are listed and not whole": half,
    }
    found.told.append(f"backups: “{words}”; with room {whole.stored_bytes / MB:.0f} MB were kept")
