"""The audit trail: append-only, sealed in batches, and verifiable."""

from __future__ import annotations

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from anxin.audit.models import Entry, Seal
from anxin.audit.public import record, seal_batch, verify
from anxin.kit.actor import SYSTEM
from tests.cast import NOON


def write(count: int) -> None:
    for number in range(count):
        record("tests.act", by=SYSTEM, at=NOON, subject="thing", subject_id=number, detail={"n": number})


@pytest.fixture(autouse=True)
def outside(tmp_path, settings):
    """Anchors, key and archives of this test alone."""
    settings.ANXIN_ANCHORS, settings.ANXIN_AUDIT_KEY = tmp_path / "anchors", tmp_path / "audit.pem"
    settings.ANXIN_HOME = tmp_path
    return tmp_path


def tamper(sql: str) -> None:
    """Change the tables as somebody with the database's password could: with the triggers off."""
    with connection.cursor() as cursor:
        for table in ("audit_entry", "audit_seal", "audit_archive"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        for table in ("audit_entry", "audit_seal", "audit_archive"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def sealed(transactional_db):
    """Two seals over five and three entries."""
    Entry.objects.count()
    with transaction.atomic():
        write(5)
    assert seal_batch(at=NOON).count >= 5
    with transaction.atomic():
        write(3)
    assert seal_batch(at=NOON).count == 3
    yield
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")


def test_the_database_itself_refuses_to_change_or_remove_an_entry(db):
    write(1)
    for sql in ("UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Entry.objects.get().action == "tests.act"


def test_an_untouched_trail_verifies(sealed, capsys):
    seals, entries, faults = verify()
    assert (seals, faults) == (2, []) and entries >= 8
    call_command("audit", "verify")
    assert "nothing was changed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET subject_id = '77' WHERE id = (SELECT min(id) FROM audit_entry)",
        "UPDATE audit_entry SET detail = '{\"n\": 9}' WHERE id = (SELECT max(id) FROM audit_entry)",
        "DELETE FROM audit_entry WHERE id = (SELECT max(id) FROM audit_entry)",
        "INSERT INTO audit_entry (action, at, by_post, channel, address, request_id, subject, subject_id, detail, xact)"
        " SELECT 'forged', at, '', '', '', '', 'thing', '1', '{}', xact FROM audit_entry LIMIT 1",
        "DELETE FROM audit_seal WHERE id = (SELECT min(id) FROM audit_seal)",
        "UPDATE audit_seal SET signature = '\\x00' WHERE id = (SELECT max(id) FROM audit_seal)",
        "UPDATE audit_seal SET digest = repeat('0', 64) WHERE id = (SELECT max(id) FROM audit_seal)",
    ],
    ids=["changed", "detail changed", "removed", "inserted", "seal removed", "signature", "digest"],
)
def test_every_kind_of_tampering_is_found(sealed, sql):
    tamper(sql)
    assert verify()[2]
    with pytest.raises(CommandError):
        call_command("audit", "verify")


def test_an_entry_of_a_slow_transaction_is_sealed_later_and_not_lost(transactional_db):
    """Somebody writes early and commits late: the seal in between leaves the entry to the next one."""
    wrote, sealed_between = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            write(1)
            wrote.set()
            sealed_between.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    wrote.wait(10)
    with transaction.atomic():
        write(2)
    seal_batch(at=NOON)
    sealed_between.set()
    thread.join(10)
    seal_batch(at=NOON)
    total = sum(Seal.objects.values_list("count", flat=True))
    assert (total, verify()[2]) == (Entry.objects.count(), [])
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")
