"""The drill on a small house: with a signed contract, its audit chain and an upload."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from anxin.audit import public as audit
from anxin.config import embedded
from anxin.config.embedded import place
from anxin.config.recovery import RecoveryTrouble, base
from anxin.config.recovery.drill import drill
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.source import Source, describe
from anxin.config.recovery.store import Folder
from anxin.files import public as files
from anxin.kit import clock, crypto
from anxin.kit.actor import SYSTEM
from tests import cast
from tests.config.object_store import bucket_of, foreign_store
from tests.stage import picture

__all__ = ["foreign_store"]

KEY = bytes(range(32))
pytestmark = [
    pytest.mark.requirement("A-7.4.7"),
    pytest.mark.django_db(transaction=True),
    pytest.mark.thorough,
]


@pytest.fixture
def house(signed, settings) -> Iterator[tuple[Source, Folder]]:
    """The house of the test, moved to an embedded server of its own, and an empty store."""
    folder = Path(tempfile.mkdtemp(prefix="anxin-drill-test-", dir="/tmp"))
    folder.chmod(0o755)
    settings.ANXIN_FILES = folder / "files"
    files.store_bytes(
        picture(),
        name="a.png",
        kind=files.FileKind.DOCUMENT,
        by=SYSTEM,
        at=cast.NOON,
        person_id=signed.stage.customer.id,
    )
    audit.seal_batch(at=cast.NOON)
    # Pictures of the stage were kept before the folder was the test's own.
    files.StoredFile.objects.exclude(sha256__in={name for name, _ in files.sealed_files()}).update(
        sha256=files.StoredFile.objects.get(kind="document", person=signed.stage.customer.id).sha256
    )
    embedded.start(folder / "home", throwaway=True)
    source = describe(embedded.owner_url(folder / "home"), role="anxin", embedded=True)
    _copy(source)
    yield source, Folder(folder / "store")
    embedded.stop(folder / "home")
    shutil.rmtree(folder)


def _copy(source: Source) -> None:
    """The test's database, dumped into the embedded server."""
    given = connection.settings_dict
    programs = place.programs(None)
    address = make_conninfo(
        host=given["HOST"] or None,
        port=given["PORT"] or None,
        user=given["USER"] or None,
        dbname=given["NAME"],
    )
    environment = {**os.environ, "PGPASSWORD": given["PASSWORD"]}
    dump = subprocess.run(
        [programs / "pg_dump", "--no-owner", "--dbname", address],
        env=environment,
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [programs / "psql", "--quiet", source.address], input=dump.stdout, check=True, capture_output=True
    )


@pytest.fixture
def made(house: tuple[Source, Folder]) -> Manifest:
    return base.take(house[0], house[1], KEY, at=clock.now())


def test_a_drill_proves_a_backup_in_a_foreign_object_store_and_leaves_nothing_behind(
    house, foreign_store: str
) -> None:
    store = bucket_of(foreign_store, "drill")
    made = base.take(house[0], store, KEY, at=clock.now())
    before = set(os.listdir("/tmp"))

    report = drill(store, KEY, made, at=clock.now())

    assert report.faults == []
    assert report.tables > 60 and report.rows > 1000
    told = "\n".join(report.told)
    assert "2 signatures, all valid" in told
    assert "under 1 seals" in told
    assert "uploads: 1 files" in told
    assert report.rpo.total_seconds() < 60
    assert 0 < report.rto.total_seconds() <= report.checked.total_seconds()
    assert not {name for name in set(os.listdir("/tmp")) - before if name.startswith("anxin-drill-")}


def test_a_drill_fails_loudly_when_the_restored_house_is_another(
    house, made: Manifest, monkeypatch, tmp_path, settings
) -> None:
    """Somebody alters the restored rows before they are compared: every kind of harm is named."""
    from anxin.config.recovery import drill as module

    compare = module._compare

    def harmed(restored, report) -> None:
        with psycopg.connect(restored.cluster.address) as server:
            server.execute("SET session_replication_role = replica")
            server.execute("DELETE FROM notices_notice")
            server.execute("UPDATE audit_entry SET action = 'x' WHERE id = (SELECT min(id) FROM audit_entry)")
            server.execute(
                "UPDATE contracts_document SET body = substring(body FROM 1 FOR octet_length(body) - 1) || '\\x00'"
            )
        shutil.rmtree(restored.cluster.home / "files")
        compare(restored, report)

    monkeypatch.setattr(module, "_compare", harmed)
    key = tmp_path / "backup.key"
    key.write_text("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    settings.ANXIN_BACKUP_KEY = key
    out = io.StringIO()

    with pytest.raises(CommandError) as failed:
        call_command("drill", "--from", str(house[1]), stdout=out)

    text = str(failed.value)
    assert text.startswith("The drill failed: the restored house is not the one that was backed up.")
    for part in ("table public.notices_notice had", "with other content", "an entry was changed", "not valid",
                 "contracts_document.body of", "upload", "is missing"):  # fmt: skip
        assert part in text, part
    assert "RPO" in out.getvalue() and "RTO" in out.getvalue()

    # A ring that lacks a key, another ring with keys of the same names, and none at all.
    ring, at = settings.ANXIN_KEY_RING, clock.now()
    monkeypatch.setattr(module, "_compare", compare)
    with pytest.raises(RecoveryTrouble, match="ring lacks k7, which sealed something"):
        drill(house[1], KEY, replace(made, keys=["k1", "k7"]), at=at)
    settings.ANXIN_KEY_RING = tmp_path / "another" / "ring.json"
    with pytest.raises(RecoveryTrouble, match="is missing: `anxin keys import`"):
        drill(house[1], KEY, made, at=at)
    crypto.seal(b"a ring is made here", "c")
    report = drill(house[1], KEY, made, at=at)
    assert any(
        fault.startswith("accounts_person.phone of") and "does not open" in fault for fault in report.faults
    )
    settings.ANXIN_KEY_RING = ring

    part = house[1].root / made.root / "cluster"
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(CommandError, match="The drill failed. .*changed or cut short"):
        call_command("drill", "--from", str(house[1]))
