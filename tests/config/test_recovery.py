"""Backup and restore on a real server: point in time, tampering, wrong keys, gaps, retention."""

from __future__ import annotations

import os
import secrets
import shutil
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from anxin.config import embedded
from anxin.config.recovery import RecoveryTrouble, base, wal
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.follow import follow
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.restore import Restored, choose, restore, settle
from anxin.config.recovery.retention import Rule, kept, prune
from anxin.config.recovery.source import Source, describe
from anxin.config.recovery.store import Folder
from anxin.config.recovery.survey import Mark, differences, figures, mark
from anxin.kit import clock

KEY = bytes(range(32))
pytestmark = [pytest.mark.requirement("A-7.4.7"), pytest.mark.django_db, pytest.mark.thorough]


@pytest.fixture
def source(held: Path, settings, tmp_path: Path) -> Iterator[Source]:
    """The embedded server of these tests, with a table of notes; the home and the uploads are the test's own."""
    settings.ANXIN_HOME, settings.ANXIN_FILES = tmp_path / "home", tmp_path / "home" / "files"
    found = describe(embedded.owner_url(held), role="anxin", embedded=True)
    with found.connect() as server:
        server.execute("CREATE TABLE note (id int PRIMARY KEY, text text NOT NULL)")
        server.execute("ALTER TABLE note OWNER TO anxin")
    yield found
    with found.connect() as server:
        server.execute("DROP TABLE note")
        server.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder that the database user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="anxin-restore-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def note(source: Source, number: int, text: str) -> datetime:
    """Write a note; returns a moment after which it stands."""
    with source.connect() as server:
        server.execute("INSERT INTO note VALUES (%s, %s)", [number, text])
        return server.execute("SELECT clock_timestamp()").fetchone()[0]


def notes(address: str) -> list[str]:
    with psycopg.connect(address) as server:
        return [row[0] for row in server.execute("SELECT text FROM note ORDER BY id").fetchall()]


def upload(files: Path, text: str) -> Path:
    name = secrets.token_hex(32)
    path = files / name[:2] / name[2:4] / name
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_a_house_comes_back_at_any_moment_with_its_uploads(
    source: Source, scratch: Path, tmp_path, settings
) -> None:
    store = Folder(tmp_path / "store")
    first = upload(settings.ANXIN_FILES, "before")
    note(source, 1, "before the backup")
    made = base.take(source, store, KEY, at=clock.now())
    assert (made.files, made.figures["public.note"][0]) == (1, 1)
    between = note(source, 2, "worth keeping")
    time.sleep(0.05)
    second = upload(settings.ANXIN_FILES, "after")
    with source.connect() as server:
        server.execute("DELETE FROM note")
    wal.ship_now(source, store, KEY)

    assert choose(store, KEY, at=between) == made
    restored = restore(store, KEY, made, scratch / "then", at=between, throwaway=True)
    try:
        assert notes(restored.cluster.address) == ["before the backup", "worth keeping"]
        assert restored.files == 2
        for path in (first, second):
            back = scratch / "then" / "files" / path.relative_to(settings.ANXIN_FILES)
            assert back.read_text() == path.read_text()
        text = settle(restored)
    finally:
        restored.cluster.stop()
    assert "keys import" in text

    # What is left is a home as the product expects it.
    home = scratch / "then"
    try:
        assert notes(embedded.start(home, throwaway=True)) == ["before the backup", "worth keeping"]
    finally:
        embedded.stop(home)

    latest = restore(store, KEY, made, scratch / "now", throwaway=True)
    try:
        assert notes(latest.cluster.address) == []
    finally:
        latest.cluster.stop()


def test_nothing_in_the_store_can_be_read_without_the_key(source: Source, tmp_path, settings) -> None:
    store = Folder(tmp_path / "store")
    note(source, 1, "nobody reads this" * 99)
    upload(settings.ANXIN_FILES, "nor this" * 99)
    base.take(source, store, KEY, at=clock.now())
    for name in store.names():
        stored = (tmp_path / "store" / name).read_bytes()
        assert stored.startswith(b"ANXIN-STREAM-1\n"), name
        assert (
            b"nobody reads this" not in stored and b"nor this" not in stored and b"PostgreSQL" not in stored
        )
    assert not any("ring" in name or "key" in name for name in store.names())


def test_a_tampered_backup_a_foreign_key_and_a_gap_in_the_log_are_refused_in_words(
    source: Source, scratch: Path, tmp_path
) -> None:
    store = Folder(tmp_path / "store")
    made = base.take(source, store, KEY, at=clock.now())
    cluster = tmp_path / "store" / made.root / "cluster"
    good = cluster.read_bytes()

    with pytest.raises(RecoveryTrouble, match="another backup key"):
        choose(store, bytes(32))
    cluster.write_bytes(good[:-100] + bytes(1) + good[-99:])
    with pytest.raises(RecoveryTrouble, match="cluster was changed or cut short"):
        restore(store, KEY, made, scratch / "a", throwaway=True)
    cluster.write_bytes(good[: len(good) // 2])
    with pytest.raises(RecoveryTrouble, match="cluster was changed or cut short"):
        restore(store, KEY, made, scratch / "b", throwaway=True)
    cluster.write_bytes(good)

    manifest = tmp_path / "store" / made.root / "manifest"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(RecoveryTrouble, match="manifest was changed"):
        choose(store, KEY)
    manifest.write_bytes(whole)

    store.delete(f"{made.system}/wal/{made.mark_segment}")
    with pytest.raises(RecoveryTrouble, match=f"The log {made.mark_segment} is not in"):
        restore(store, KEY, made, scratch / "c", throwaway=True)


def test_a_moment_that_is_not_covered_and_a_folder_in_use_are_refused(
    source: Source, scratch: Path, tmp_path
) -> None:
    store = Folder(tmp_path / "store")
    with pytest.raises(RecoveryTrouble, match="There is no backup in"):
        choose(store, KEY)
    made = base.take(source, store, KEY, at=clock.now())

    with pytest.raises(RecoveryTrouble, match="nothing leads back further"):
        choose(store, KEY, at=clock.now() - timedelta(days=1))
    with pytest.raises(RecoveryTrouble, match="no backup 2001 in"):
        choose(store, KEY, backup="2001")
    with pytest.raises(RecoveryTrouble, match="log in the store ends before the moment"):
        restore(store, KEY, made, scratch / "later", at=clock.now() + timedelta(hours=1), throwaway=True)
    (scratch / "used").mkdir()
    (scratch / "used" / "mine").touch()
    with pytest.raises(RecoveryTrouble, match="is not empty"):
        restore(store, KEY, made, scratch / "used", throwaway=True)
    assert (scratch / "used" / "mine").exists()


def test_the_mark_is_one_exact_state_while_others_write(source: Source, scratch: Path, tmp_path) -> None:
    """Two rows are always written together: a survey that splits a pair, or a restore to another point, shows."""
    stop = threading.Event()

    def write() -> None:
        with psycopg.connect(source.address) as server:
            number = 0
            while not stop.is_set():
                number += 2
                server.execute("INSERT INTO note VALUES (%s, 'a')", [number])
                server.execute("INSERT INTO note VALUES (%s, 'b')", [number + 1])
                server.commit()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = base.take(source, Folder(tmp_path / "store"), KEY, at=clock.now())
    finally:
        stop.set()
        writer.join()
    assert made.figures["public.note"][0] % 2 == 0
    assert made.figures["public.note"][0] < len(notes(source.address))

    restored = restore(Folder(tmp_path / "store"), KEY, made, scratch / "x", to_mark=True, throwaway=True)
    try:
        with psycopg.connect(restored.cluster.address) as server:
            found = figures(server)
            assert differences(made.figures, found) == []
            server.execute("UPDATE note SET text = 'c' WHERE id = 2")
            server.execute("DELETE FROM note WHERE id > 4")
            assert differences(made.figures, figures(server)) != []
    finally:
        restored.cluster.stop()


def test_a_slot_that_was_dropped_starts_the_archive_anew(source: Source, tmp_path, settings) -> None:
    store = Folder(tmp_path / "store")
    base.take(source, store, KEY, at=clock.now())
    with source.connect() as server:
        server.execute("SELECT pg_drop_replication_slot(%s)", [wal.SLOT])
        for _ in range(3):
            server.execute("SELECT pg_logical_emit_message(false, 'x', 'y'), pg_switch_wal()")
        server.execute("CHECKPOINT")

    made = base.take(source, store, KEY, at=clock.now() + timedelta(seconds=1))

    assert choose(store, KEY) == made
    assert f"{made.system}/wal/{made.mark_segment}" in store.names()
    assert len(list((settings.ANXIN_HOME / "backup").iterdir())) == 2, "what was received before is put aside"


def test_a_mark_waits_for_no_transaction_for_ever(source: Source, monkeypatch) -> None:
    monkeypatch.setattr("anxin.config.recovery.survey.LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr("anxin.config.recovery.survey.TRIES", 2)
    with psycopg.connect(source.address) as other:
        other.execute("INSERT INTO note VALUES (1, 'open')")
        with pytest.raises(RecoveryTrouble, match="A long transaction"):
            mark(source.address, "m")


def test_the_follower_brings_every_change_within_its_interval_and_takes_the_daily_backup(
    source: Source, scratch: Path, tmp_path
) -> None:
    store, said, rounds = Folder(tmp_path / "store"), list[str](), iter([False, False, False, True])
    began = clock.now()

    def until() -> bool:
        ended = next(rounds)
        if not ended:
            note(source, 100 + len(notes(source.address)), f"round {len(notes(source.address))}")
        return ended

    follow(source, store, KEY, rule=Rule(), interval=0.2, until=until, say=said.append)

    assert sum("is complete" in text for text in said) == 1, "one a day"
    covered = wal.until(store, KEY, source.system)
    assert covered and covered > began
    # The present file of the log is not full yet, and still in the store.
    assert any(name.endswith(".partial") for name in store.names(f"{source.system}/wal/"))
    restored: Restored = restore(store, KEY, choose(store, KEY), scratch / "x", throwaway=True)
    try:
        assert notes(restored.cluster.address) == ["round 0", "round 1", "round 2"]
    finally:
        restored.cluster.stop()


def test_a_role_that_may_not_replicate_is_told_what_to_do(held: Path) -> None:
    with pytest.raises(RecoveryTrouble, match="may not replicate: set ANXIN_BACKUP_DATABASE_URL"):
        describe(embedded.url(held), role="anxin", embedded=True)


def made_at(day: datetime, segment: int) -> Manifest:
    """A backup of a day, for rules alone."""
    name = f"00000001{0:08X}{segment:08X}"
    return Manifest(
        id=day.strftime("%Y%m%dT%H%M%SZ"), system="1", version=18, database="d", owner="o", role="r", embedded=True,
        began_at=day, ended_at=day, first_segment=name, mark_segment=name, mark=Mark("m", "0/0", day, {}), keys=[],
        files=0,
    )  # fmt: skip


TODAY = datetime(2026, 3, 18, 3, 0, tzinfo=UTC)


def test_all_of_two_weeks_then_one_a_week_then_one_a_month_stay() -> None:
    year = [made_at(TODAY - timedelta(days=age), 400 - age) for age in range(400, -1, -1)]
    stay = kept(year, Rule(), at=TODAY)
    ages = [(TODAY - one.began_at).days for one in stay]

    assert [age for age in ages if age <= 14] == list(range(14, -1, -1))
    assert 15 in ages, "the first moment of the window is reached from the backup before it"
    assert len([age for age in ages if 15 < age <= 56]) in (6, 7)
    assert len([age for age in ages if age > 56]) in (10, 11)
    assert max(ages) <= 372
    assert kept(stay, Rule(), at=TODAY) == stay, "nothing more goes the second time"


def test_the_last_two_stay_however_old() -> None:
    old = [made_at(TODAY - timedelta(days=900 + n), n) for n in range(4)]
    assert len(kept(old, Rule(), at=TODAY)) == 2


def test_pruning_removes_backups_and_their_log_and_leaves_what_others_need(tmp_path) -> None:
    store = Folder(tmp_path)
    backups = [made_at(TODAY - timedelta(days=age), 60 - age) for age in (40, 39, 38, 3, 2)]
    for one in backups:
        for part in ("cluster", "files"):
            store.put(f"{one.root}/{part}", [b"x"])
        manifests.write(store, KEY, one)
    for segment in range(15, 61):
        store.put(f"1/wal/00000001{0:08X}{segment:08X}", [b"x"])
    store.put("1/base/20260101T000000Z/cluster", [b"broken off"])
    rule = Rule(days=7, weeks=2, months=1, least=1)

    gone = prune(store, KEY, rule, at=TODAY)

    assert gone == [backups[0].id, backups[1].id]
    assert [one.id for one in manifests.all_of(store, KEY)] == [one.id for one in backups[2:]]
    segments = sorted(int(name[-8:], 16) for name in store.names("1/wal/"))
    assert segments == list(range(22, 61)), "from the backup before the window on, without a gap"
    assert "1/base/20260101T000000Z/cluster" not in store.names()
    assert prune(store, KEY, rule, at=TODAY) == []


def test_uploads_that_came_in_the_second_of_the_backup_are_its_own(tmp_path) -> None:
    store, one = Folder(tmp_path), made_at(TODAY, 1)
    manifests.write(store, KEY, one)
    moments = [TODAY + timedelta(seconds=s) for s in (-0.5, 0, 0.5, 1)]
    names = [f"1/files/{moment:%Y%m%dT%H%M%S.%fZ}" for moment in moments]
    for name in names:
        store.put(name, [b"x"])
    assert [one.is_before(name.removeprefix("1/files/")) for name in names] == [False, True, True, True]
    prune(store, KEY, Rule(), at=TODAY)
    assert sorted(store.names("1/files/")) == names[1:]


def test_a_manifest_comes_back_as_it_was(tmp_path) -> None:
    store, one = Folder(tmp_path), made_at(TODAY, 1)
    one = replace(one, mark=Mark("m", "0/1", TODAY, {"public.note": (3, "-12")}), keys=["k1"])
    manifests.write(store, KEY, one)
    assert list(manifests.all_of(store, KEY)) == [one]
    assert os.listdir(tmp_path) == ["1"]


def test_a_role_with_the_rights_of_the_operators_guide_can_back_up(source: Source, tmp_path) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    statements = guide.split("```sql\n")[1].split("```")[0]
    with source.connect() as server:
        server.execute(statements.replace("…", "secret"))
    try:
        address = make_conninfo(source.address, user="anxin_backup", password="secret")
        found = describe(address, role="anxin", embedded=False)
        made = base.take(found, Folder(tmp_path / "store"), KEY, at=clock.now())
        assert made.figures["public.note"] == (0, "0")
    finally:
        with source.connect() as server:
            server.execute("DROP OWNED BY anxin_backup; DROP ROLE anxin_backup")


@pytest.mark.parametrize("name", ["../beside", "/tmp/beside", "a/../../beside"])
def test_nothing_of_a_backup_lands_outside_its_folder(tmp_path: Path, name: str) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = 1
    packed = [entry.tobuf(tarfile.PAX_FORMAT), b"x" + bytes(511), bytes(1024)]
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(tarfile.ExtractError):
        base.untar(packed, into)
    assert list(tmp_path.rglob("*")) == [into]


def test_a_link_is_no_part_of_a_backup(tmp_path: Path) -> None:
    entry = tarfile.TarInfo("link")
    entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/hostname"
    with pytest.raises(tarfile.ExtractError):
        base.untar([entry.tobuf(tarfile.PAX_FORMAT), bytes(1024)], tmp_path)
    assert list(tmp_path.iterdir()) == []
