"""What no owner of the database can do unseen: rewrite the chain, cut it short, change what is not sealed yet."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError

from anxin.audit import queries, rules
from anxin.audit.actions.retention import TrailTouched
from anxin.audit.adapters import anchors, archives, signing
from anxin.audit.models import Archive, Entry, Seal
from anxin.audit.public import anchor, archive, record, seal_batch, verify
from anxin.kit.actor import SYSTEM
from tests.audit.test_trail import outside, sealed, tamper, write
from tests.cast import NOON

__all__ = ["outside", "sealed"]
pytestmark = pytest.mark.requirement("A-7.4.3")
LATER = NOON + timedelta(days=400)


def rewrite() -> None:
    """Change an entry and chain everything anew, as the database's owner could who knows how it is done."""
    tamper("UPDATE audit_entry SET subject_id = '77' WHERE id = (SELECT min(id) FROM audit_entry)")
    previous = rules.GENESIS
    for one in Seal.objects.order_by("id"):
        digest, _ = rules.digest(
            previous, one.from_xact, one.below_xact, queries.rows_between(one.from_xact, one.below_xact)
        )
        tamper(f"UPDATE audit_seal SET previous = '{previous}', digest = '{digest}' WHERE id = {one.pk}")
        previous = digest


def test_each_seal_is_anchored_outside_once_and_signed_by_a_key_that_is_not_in_the_ring(sealed, outside):
    assert (anchor(), anchor()) == (2, 0)
    kept = list(anchors.read())
    assert [one["seal"] for one in kept] == list(Seal.objects.order_by("id").values_list("id", flat=True))
    assert signing.is_ours(kept[0]["digest"].encode(), bytes.fromhex(kept[0]["signature"]))
    assert oct((outside / "audit.pem").stat().st_mode)[-3:] == "600"
    assert verify()[2] == []


def test_a_clock_that_ran_ahead_and_came_back_leaves_anchors_in_the_order_of_the_seals(sealed):
    assert anchor() == 2
    for at in (LATER, NOON - timedelta(days=40), NOON):
        with transaction.atomic():
            write(1)
        assert seal_batch(at=at).count == 1
        assert (anchor(), anchor()) == (1, 0)
    kept = [one["seal"] for one in anchors.read()]
    assert kept == sorted(set(kept)) and len(kept) == 5
    assert verify()[2] == []


def test_a_chain_written_anew_without_the_key_is_found(sealed):
    anchor()
    rewrite()
    faults = verify()[2]
    assert any("signature is not ours" in one for one in faults)
    assert any("differs from its anchor" in one for one in faults)


def test_and_with_the_key_by_anchors_kept_elsewhere(sealed, outside):
    anchor()
    elsewhere = shutil.copytree(anchors.folder(), outside / "elsewhere")
    rewrite()
    for one in Seal.objects.all():
        forged = signing.sign(one.digest.encode()).hex()
        tamper(f"UPDATE audit_seal SET signature = '\\x{forged}' WHERE id = {one.pk}")
    shutil.rmtree(anchors.folder())
    anchor()
    assert verify()[2] == []
    assert any("differs from its anchor" in one for one in verify(against=elsewhere)[2])
    with pytest.raises(CommandError, match="differs from its anchor"):
        call_command("audit", "verify", anchors=elsewhere)


def test_a_chain_cut_short_is_found_but_not_in_a_house_restored_to_an_earlier_hour(sealed):
    anchor()
    last = Seal.objects.order_by("-id").first()
    tamper(
        f"DELETE FROM audit_entry WHERE xact >= {last.from_xact}; DELETE FROM audit_seal WHERE id = {last.pk}"
    )
    assert verify()[2] == [f"seal {last.pk}: it was anchored, and is gone"]
    assert verify(restored=True)[2] == []


def test_an_anchor_taken_out_or_made_unreadable_is_found(sealed):
    anchor()
    (file,) = anchors.folder().glob("*.jsonl")
    lines = file.read_text().splitlines()
    file.write_text(lines[1] + "\n")
    assert any("has no anchor" in one for one in verify()[2])
    file.write_text(lines[0] + "\n{cut off\n" + lines[1] + "\n")
    assert verify()[2] == [f"anchors: {file.name} line 2 cannot be read"]


def test_a_keyed_hash_of_the_ring_is_no_signature_once_seals_are_signed(sealed):
    from anxin.kit.crypto import hmac_sign

    last = Seal.objects.order_by("-id").first()
    forged = hmac_sign("audit", last.digest.encode()).hex()
    tamper(f"UPDATE audit_seal SET signature = '\\x{forged}' WHERE id = {last.pk}")
    assert any("signature is not ours" in one for one in verify()[2])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET subject_id = '77' WHERE id = (SELECT max(id) FROM audit_entry)",
        "UPDATE audit_entry SET detail = '{\"n\": 9}' WHERE id = (SELECT max(id) FROM audit_entry)",
        "UPDATE audit_entry SET by_post = 'operator.auditor' WHERE id = (SELECT max(id) FROM audit_entry)",
        "INSERT INTO audit_entry (action, at, by_post, channel, address, request_id, subject, subject_id, detail)"
        " VALUES ('forged', now(), '', '', '', '', 'thing', '1', '{}')",
        "UPDATE audit_entry SET xact = xact + 1000000 WHERE id = (SELECT max(id) FROM audit_entry)",
    ],
    ids=["changed", "detail changed", "post changed", "inserted", "from the future"],
)
def test_what_is_not_sealed_yet_bears_the_mark_of_its_writer(sealed, sql):
    with transaction.atomic():
        write(2)
    assert verify()[2] == []
    tamper(sql)
    assert len(verify()[2]) == 1


def test_a_mark_holds_for_whatever_is_written(sealed):
    detail = {
        "text": "於潜镇 \u2028",
        "n": -3,
        "part": 0.5,
        "none": None,
        "list": [1, "2", {"a": True}],
        "b": {},
    }
    with transaction.atomic():
        record("tests.act", by=SYSTEM, at=NOON, subject="thing", subject_id=7, detail=detail)
    assert verify()[2] == []


# ── retention ────────────────────────────────────────────────────────────────────────────────────────
def test_what_is_past_its_time_moves_to_a_file_and_is_verified_there(sealed):
    anchor()
    before = verify()
    assert archive(by=SYSTEM, at=NOON + timedelta(days=300)) == []
    with transaction.atomic():
        write(4)
    (row,) = archive(by=SYSTEM, at=LATER)
    assert (row.seals, row.entries) == (2, before[1])
    assert not Entry.objects.filter(xact__lt=row.below_xact).exists()
    assert json.loads(json.dumps(next(archives.rows(row.name))))["action"]
    seal_batch(at=LATER)
    seals, entries, faults = verify()
    assert (seals, entries, faults) == (3, before[1] + 5, [])
    assert Entry.objects.filter(action="audit.archive").count() == 1
    assert archive(by=SYSTEM, at=LATER) == []


def test_the_law_asks_for_six_months_whatever_is_set(monkeypatch):
    import importlib

    from anxin.config import settings

    monkeypatch.setenv("ANXIN_AUDIT_MONTHS", "1")
    assert importlib.reload(settings).ANXIN_AUDIT_MONTHS == 6
    monkeypatch.undo()
    assert importlib.reload(settings).ANXIN_AUDIT_MONTHS == 12


@pytest.mark.parametrize(
    ("how", "fault"),
    [
        (lambda file, row: file.unlink(), "the file is missing"),
        (lambda file, row: file.write_bytes(file.read_bytes()[:-9]), "the file was changed"),
        (lambda file, row: tamper("UPDATE audit_archive SET entries = 1"), "the signature is not ours"),
        (
            lambda file, row: tamper("UPDATE audit_archive SET last_at = NULL"),
            "the signature is not ours",
        ),
    ],
    ids=["file gone", "file changed", "row changed", "span changed"],
)
def test_an_archive_that_was_touched_is_found(sealed, how, fault):
    (row,) = archive(by=SYSTEM, at=LATER)
    how(archives.path_of(row.name), row)
    assert any(fault in one for one in verify()[2])


def test_entries_that_do_not_fit_their_seal_are_not_archived(sealed):
    tamper("UPDATE audit_entry SET subject_id = '77' WHERE id = (SELECT min(id) FROM audit_entry)")
    with pytest.raises(TrailTouched):
        archive(by=SYSTEM, at=LATER)
    assert not Archive.objects.exists()
    assert Entry.objects.exists()


def test_the_database_parts_with_archived_entries_only(sealed):
    (row,) = archive(by=SYSTEM, at=LATER)
    with transaction.atomic():
        write(1)
    for sql in (
        "DELETE FROM audit_entry",
        "DELETE FROM audit_archive",
        "UPDATE audit_archive SET entries = 0",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert Archive.objects.get() == row


def test_anybody_may_have_the_public_key(sealed, client):
    answer = client.get("/audit/key.pem")
    assert answer.content.startswith(b"-----BEGIN PUBLIC KEY-----")
    assert answer["Content-Type"].startswith("text/plain")
