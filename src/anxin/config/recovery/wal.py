"""The log after a backup: received from the server as it is written, carried to the store file by file.

pg_receivewal keeps a slot at the server, so nothing is missed while the archiver is down; it also means that the
server keeps the log until the archiver is back, so watch the disk.
"""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
from django.conf import settings

from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery.source import Source, client, run
from anxin.config.recovery.store import Absent, Store
from anxin.config.recovery.stream import pack, unpack
from anxin.kit import clock

SLOT = "anxin_archive"
PATIENCE_S = 120.0
SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?|[0-9A-F]{8}\.history")
UPLOADS_KNOWN, SENT, RECEIVER = "uploads-until", "sent", "receiver.pid"


def spool(source: Source) -> Path:
    """Where received log waits for its way to the store."""
    folder = Path(settings.ANXIN_HOME) / "backup" / f"wal-{source.system}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def segment_now(source: Source) -> str:
    """The file of the log that the server writes to now; receives from here on."""
    with source.connect() as server:
        if not server.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone():
            # From this moment on the server keeps the log; pg_receivewal's own --create-slot would not reserve it.
            server.execute("SELECT pg_create_physical_replication_slot(%s, true)", [SLOT])
            _put_aside(spool(source))
        row = server.execute("SELECT pg_walfile_name(pg_current_wal_lsn())").fetchone()
        assert row is not None
        return str(row[0])


def _put_aside(folder: Path) -> None:
    """What was received for an earlier slot is no beginning: the receiver would ask for log that is gone."""
    if any(SEGMENT.fullmatch(path.name) for path in folder.iterdir()):
        folder.rename(folder.with_name(f"{folder.name}-until-{clock.now():%Y%m%dT%H%M%SZ}"))
        folder.mkdir(mode=0o700)


def ship_now(source: Source, store: Store, key: bytes) -> str:
    """Close the present file of the log and carry everything up to it to the store; returns its name."""
    at = clock.now()
    with source.connect() as server:
        closed = server.execute("SELECT pg_switch_wal()::text").fetchone()
        assert closed is not None
        row = server.execute(
            "SELECT (%s::pg_lsn - '0/0')::bigint, pg_walfile_name(%s::pg_lsn - 1)", [closed[0], closed[0]]
        ).fetchone()
        assert row is not None
    end, segment = int(str(row[0])), str(row[1])
    if _is_followed(source):
        _wait_for(source, store, segment)
    else:
        # The last byte of the file that was closed: a program that has it has the whole file.
        last = -(-end // source.segment) * source.segment - 1
        run(source, "pg_receivewal", f"--directory={spool(source)}", f"--slot={SLOT}", "--no-loop",
            f"--endpos={last >> 32:X}/{last & 0xFFFFFFFF:X}")  # fmt: skip
    ship_uploads(source, store, key, at=at)
    ship(source, store, key, until=at)
    return segment


def _is_followed(source: Source) -> bool:
    """Whether somebody receives the log just now: `anxin backup follow`."""
    with source.connect() as server:
        query = "SELECT active FROM pg_replication_slots WHERE slot_name = %s"
        row = server.execute(query, [SLOT]).fetchone()
        return bool(row and row[0])


def _wait_for(source: Source, store: Store, segment: str) -> None:
    """Until the follower has the file, here or in the store."""
    end = time.monotonic() + PATIENCE_S
    name = f"{source.system}/wal/{segment}"
    while not ((spool(source) / segment).exists() or name in store.names(name)):
        if time.monotonic() > end:
            raise RecoveryTrouble(
                f"`anxin backup follow` holds the slot {SLOT} and does not bring {segment}."
            )
        time.sleep(0.2)


def ship(source: Source, store: Store, key: bytes, *, until: datetime) -> int:
    """Carry what waits in the spool to the store, and tell it until when it has everything. Returns how many files."""
    count, folder = 0, spool(source)
    waiting = sorted(path for path in folder.iterdir() if SEGMENT.fullmatch(path.name))
    whole = [path for path in waiting if path.suffix != ".partial"]
    sent = json.loads((folder / SENT).read_text()) if (folder / SENT).exists() else {}
    for path in waiting:
        try:
            written = path.stat().st_mtime_ns
            if sent.get(path.name) != written:
                name = f"{source.system}/wal/{path.name}"
                store.put(name, pack(_content(path), key, name))
                sent[path.name] = written
                count += 1
        except FileNotFoundError:
            continue  # It was completed meanwhile: the next turn carries it under its own name.
        if path in whole:
            store.delete(f"{source.system}/wal/{path.name}.partial")
            # The newest stays: the receiver reads from it where to go on.
            if path != whole[-1]:
                path.unlink(missing_ok=True)
    (folder / SENT).write_text(
        json.dumps({p.name: sent[p.name] for p in waiting if p.exists() and p.name in sent})
    )
    name = f"{source.system}/wal/latest"
    store.put(name, pack([json.dumps({"until": until.isoformat()}).encode()], key, name))
    return count


def until(store: Store, key: bytes, system: str) -> datetime | None:
    """Until when the store has every change."""
    name = f"{system}/wal/latest"
    try:
        found = json.loads(b"".join(unpack(store.get(name), key, name)))
    except Absent:
        return None
    return datetime.fromisoformat(found["until"])


def _content(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            yield chunk


def remember_uploads(source: Source, at: datetime) -> None:
    """Uploads until this moment are in the store."""
    (spool(source) / UPLOADS_KNOWN).write_text(at.isoformat())


def ship_uploads(source: Source, store: Store, key: bytes, *, at: datetime) -> int:
    """Carry the uploads that came since the last time to the store. Returns how many."""
    from anxin.config.recovery.base import tar

    known = spool(source) / UPLOADS_KNOWN
    if not known.exists():
        return 0  # No base backup has been taken: it brings all of them.
    # A file's time may be a little before its name appears.
    since = datetime.fromisoformat(known.read_text()).timestamp() - 60
    root = Path(settings.ANXIN_FILES)
    new = [path for path in root.glob("??/??/*") if "." not in path.name and path.stat().st_ctime > since]
    if new:
        name = f"{source.system}/files/{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
        store.put(name, pack(tar(new), key, name))
    remember_uploads(source, at)
    return len(new)


@contextmanager
def receiving(source: Source) -> Iterator[Callable[[], None]]:
    """Receive the log for the length of the block; yields what raises RecoveryTrouble once the receiver has died."""
    segment_now(source)
    command, environment = client(
        source, "pg_receivewal", f"--directory={spool(source)}", f"--slot={SLOT}", "--status-interval=1"
    )
    _end_orphan(source)
    process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
    (spool(source) / RECEIVER).write_text(str(process.pid))

    def alive() -> None:
        if process.poll() is not None:
            raise RecoveryTrouble(f"pg_receivewal ended with {process.returncode}; its own words are above.")

    try:
        yield alive
    finally:
        process.terminate()
        process.wait(10)


def _end_orphan(source: Source) -> None:
    """End the receiver of an archiver that was killed: it lives on and holds the slot."""
    file = spool(source) / RECEIVER
    try:
        process = psutil.Process(int(file.read_text()))
        if f"--directory={spool(source)}" in process.cmdline():
            process.terminate()
            process.wait(10)
    except (FileNotFoundError, ValueError, psutil.Error):
        pass


def has_received_all(source: Source, patience: float = 5.0) -> bool:
    """Wait until the receiver has what the server has written by now."""
    end = time.monotonic() + patience
    with source.connect() as server:
        row = server.execute("SELECT pg_current_wal_insert_lsn()::text").fetchone()
        assert row is not None
        while time.monotonic() < end:
            found = server.execute(
                "SELECT 1 FROM pg_stat_replication r JOIN pg_replication_slots s ON s.active_pid = r.pid"
                " WHERE s.slot_name = %s AND r.write_lsn >= %s::pg_lsn",
                [SLOT, row[0]],
            ).fetchone()
            if found:
                return True
            time.sleep(0.1)
    return False
