"""The life of keys: rotation while people work, killed and resumed; retirement; the export under a passphrase."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction

from anxin.accounts import public as accounts
from anxin.accounts.models import Person
from anxin.audit import public as audit
from anxin.audit.models import Answer
from anxin.config.keys import census, rotate
from anxin.config.management.commands.keys import LASTING
from anxin.files import public as files
from anxin.kit import crypto
from anxin.kit.actor import SYSTEM
from anxin.kit.crypto import ring as rings
from anxin.kit.fields import BlindIndexField, EncryptedField, SealedField, blind, blinds
from tests import cast
from tests.stage import picture

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.requirement("A-7.4.4")


@pytest.fixture(autouse=True)
def own_ring(tmp_path: Path, settings) -> Path:
    """A ring and an upload folder of the test's own."""
    settings.ANXIN_KEY_RING = tmp_path / "keys" / "ring.json"
    settings.ANXIN_FILES = tmp_path / "files"
    return tmp_path / "keys" / "ring.json"


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is about to write anything."""
    monkeypatch.setattr(rotate, "MOMENT_S", 0.0)


def people(count: int) -> list[Person]:
    return [
        accounts.register_person(phone=cast.phone(n), name=f"人{n}", by=SYSTEM, at=cast.BEGIN)
        for n in range(1, count + 1)
    ]


def raw(person: Person, column: str = "name") -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_person WHERE id = %s", [person.pk])
        return bytes(cursor.fetchone()[0])


def test_every_sealed_column_of_the_house_is_found() -> None:
    found = {str(column) for column in census.sealed_columns()}

    assert {"accounts_person.phone", "contracts_document.body", "contracts_signature.picture"} <= found
    assert {"contracts_contract.facts", "contracts_seal.key", "audit_answer.body"} <= found
    assert {str(column) for column in census.index_columns()} == {
        "accounts_person.phone_hash", "accounts_person.id_number_hash", "workers_worker.name_hash",
    }  # fmt: skip
    # Rotation reads a sealed column by its class: whoever seals into a plain column is found here.
    known = (EncryptedField, SealedField, BlindIndexField)
    open_binaries = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.get_internal_type() == "BinaryField" and not isinstance(field, known)
    }
    assert open_binaries == {
        "audit_seal.signature", "audit_archive.signature", "audit_tally.key",
        "safetycode_ask.key_hash", "safetycode_issue.handle", "safetycode_safetycode.handle",
        "safetycode_tally.address_hash",
        "accounts_code.phone_hash", "accounts_code.code_hash", "accounts_lockout.phone_hash",
        "accounts_challenge.asked", "accounts_passkey.public_key", "accounts_passkey.credential_id",
        "accounts_recoverycode.code_hash",
        "contracts_authority.certificate", "contracts_seal.picture", "contracts_seal.vector",
        "contracts_seal.certificate", "contracts_signature.certificate",
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_rotation_brings_columns_hashes_and_uploads_under_the_new_key() -> None:
    one, two, three = people(3)
    upload = files.store_bytes(
        picture(), name="a.png", kind=files.FileKind.DOCUMENT, by=SYSTEM, at=cast.BEGIN, person_id=one.pk
    )
    before = raw(one, "phone_hash")
    steps: list[str] = []

    result = rotate.rotate(at=cast.NOON, progress=lambda *step: steps.append(step[0]), patience=5)

    assert result.done >= 10 and not result.unreadable
    assert set(census.needed()) == {"k2"}
    assert {"accounts_person.name", "accounts_person.phone_hash", "uploads"} <= set(steps)
    assert raw(one)[:4] == b"\x01\x02k2"
    assert raw(one, "phone_hash") != before
    assert raw(one, "phone_hash") == blind(Person, "phone_hash", cast.phone(1))
    assert accounts.register_person(phone=cast.phone(2), by=SYSTEM, at=cast.NOON) == two
    assert Person.objects.get(pk=three.pk).name == "人3"
    assert files.content(upload)
    assert rings.ring().index == ("k2",) and rings.ring().rotating is None


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_the_kept_answer_of_a_write_opens_after_rotation() -> None:
    row = Answer.objects.create(key="k" * 10, who="somebody", fingerprint="f", at=cast.NOON)
    row.body = Answer._meta.get_field("body").sealed(row, b"answer")
    row.save()
    Answer.objects.create(key="u" * 10, who="under way", fingerprint="f", at=cast.NOON)

    assert not rotate.rotate(at=cast.NOON, patience=5).unreadable

    row.refresh_from_db()
    assert crypto.unseal(bytes(row.body), f"audit_answer.body:somebody:{'k' * 10}") == b"answer"
    assert bytes(row.body)[2:4] == b"k2"


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_people_who_write_while_keys_are_rotated_lose_nothing() -> None:
    crowd, failures, stop = people(24), [], threading.Event()
    last: dict[object, str] = {}

    def work(own: list[Person], lane: int) -> None:
        try:
            turn = 0
            while not stop.is_set():
                turn += 1
                for person in own:
                    name = f"{person.pk}·{turn}"
                    with transaction.atomic():
                        row = Person.objects.select_for_update().get(pk=person.pk)
                        row.name = name
                        row.save(update_fields=["name"])
                    last[person.pk] = name
                    phone = row.phone
                    assert accounts.register_person(phone=phone, by=SYSTEM, at=cast.NOON).pk == person.pk
                new = cast.phone(1000 * lane + turn)
                person = accounts.register_person(phone=new, name=new, by=SYSTEM, at=cast.NOON)
                last[person.pk] = new
        except Exception as error:  # noqa: BLE001 — told by the test
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(crowd[n::3], n + 1)) for n in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(2):
            assert not rotate.rotate(at=cast.NOON, patience=20, batch=5).unreadable
    finally:
        stop.set()
        for thread in threads:
            thread.join(30)

    assert not failures
    assert len(last) > 24
    assert {row.pk: row.name for row in Person.objects.filter(pk__in=last)} == last
    assert len({row.phone for row in Person.objects.all()}) == Person.objects.count(), "no number twice"
    for row in Person.objects.all():
        assert bytes(row.phone_hash) == blind(Person, "phone_hash", row.phone)
    needed = census.needed()
    assert set(needed) == {"k3"}


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_it_goes_on_where_it_stopped(own_ring: Path, settings) -> None:
    people(30)
    script = (
        "import django, time; django.setup()\n"
        "from django.conf import settings; from pathlib import Path; import sys\n"
        "settings.ANXIN_KEY_RING, settings.ANXIN_FILES = Path(sys.argv[1]), Path(sys.argv[2])\n"
        "from anxin.config.keys import rotate; from anxin.kit import clock\n"
        "told = []\n"
        "def wait_to_be_killed(place, done, total):\n"
        "    if place == 'accounts_person.name':\n"
        "        told.append(done); print(done, flush=True)\n"
        "        if len(told) == 2: time.sleep(600)\n"
        "rotate.rotate(at=clock.now(), progress=wait_to_be_killed, patience=5, batch=5)\n"
    )
    base = connection.settings_dict
    url = f"postgres://{base['USER']}:{base['PASSWORD']}@/{base['NAME']}?host={base['HOST']}"
    url += f"&port={base['PORT']}" if base["PORT"] else ""
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "ANXIN_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "anxin.config.settings",
    }  # fmt: skip
    connections.close_all()
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(own_ring), str(settings.ANXIN_FILES)],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout and process.stdout.readline() and process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()

    mixed = census.needed()
    assert set(mixed) == {"k1", "k2"}, "some under the one, some under the other"
    assert rings.ring().rotating
    assert all(row.name.startswith("人") for row in Person.objects.all())
    with pytest.raises(rotate.KeyTrouble, match="is in use"):
        rotate.retire("k1", at=cast.NOON, lasting=())

    assert not rotate.rotate(at=cast.NOON, patience=5).unreadable

    assert set(census.needed()) == {"k2"}, "the same new key, not a third one"
    assert rings.ring().rotating is None
    assert all(row.name.startswith("人") for row in Person.objects.all())


@pytest.mark.django_db
def test_during_rotation_a_number_is_found_and_held_unique_under_either_key() -> None:
    (old,) = people(1)
    rings.change(lambda stored: stored["keys"].update(k2=rings.new_secret("k2")))
    rings.change(lambda stored: stored.update(index=["k2", "k1"], current="k2"))

    assert accounts.register_person(phone=cast.phone(1), by=SYSTEM, at=cast.NOON) == old
    assert len(blinds(Person, "phone_hash", cast.phone(1))) == 2
    twin = Person(phone=cast.phone(1), name="双", created_at=cast.NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_register_one_number_under_different_keys_get_one_person() -> None:
    """One process has read the ring before the switch, the other after it."""
    rings.ring()
    rings.change(lambda stored: stored["keys"].update(k2=rings.new_secret("k2")))
    rings.change(lambda stored: stored.update(index=["k1", "k2"]))
    inside, go = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            accounts.register_person(phone=cast.phone(7), by=SYSTEM, at=cast.NOON)
            inside.set()
            go.wait(10)
        connections.close_all()

    first = threading.Thread(target=slow)
    first.start()
    inside.wait(10)
    rings.change(lambda stored: stored.update(index=["k2", "k1"], current="k2"))
    threading.Timer(0.3, go.set).start()
    accounts.register_person(phone=cast.phone(7), by=SYSTEM, at=cast.NOON)
    first.join()

    assert Person.objects.count() == 1


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_never_ends_stops_the_rotation_with_a_word_and_no_harm() -> None:
    people(2)
    inside, go = threading.Event(), threading.Event()

    def linger() -> None:
        with transaction.atomic():
            Person.objects.count()
            inside.set()
            go.wait(20)
        connections.close_all()

    other = threading.Thread(target=linger)
    other.start()
    inside.wait(10)
    try:
        with pytest.raises(rotate.KeyTrouble, match="1 transactions have been open"):
            rotate.rotate(at=cast.NOON, patience=0.5)
        assert rings.ring().current == "k1", "nothing is written under a key that others may not look up yet"
    finally:
        go.set()
        other.join()
    assert not rotate.rotate(at=cast.NOON, patience=5).unreadable
    assert set(census.needed()) == {"k2"}


@pytest.mark.django_db
def test_a_change_of_suite_is_a_rotation_without_a_new_key(settings) -> None:
    (one,) = people(1)
    settings.ANXIN_CIPHER = "SM4-GCM"

    assert not rotate.renew().unreadable

    assert raw(one)[:4] == b"\x02\x02k1"
    assert Person.objects.get(pk=one.pk).name == "人1"
    assert set(census.needed()) == {"k1"}


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_value_that_was_moved_is_named_and_the_rotation_stays_open() -> None:
    one, two = people(2)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET name = (SELECT phone FROM accounts_person WHERE id = %s) WHERE id = %s",
            [one.pk, one.pk],
        )
    with pytest.raises(crypto.Tampered):
        _ = Person.objects.get(pk=one.pk).name

    result = rotate.rotate(at=cast.NOON, patience=5)

    assert result.unreadable == [f"accounts_person.name of {one.pk}"]
    assert rings.ring().rotating
    assert Person.objects.get(pk=two.pk).name == "人2"


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_key_is_retired_only_when_nothing_needs_it_and_its_seals_still_count(own_ring: Path) -> None:
    (one,) = people(1)
    audit.seal_batch(at=cast.NOON)
    with pytest.raises(rotate.KeyTrouble, match="in use"):
        rotate.retire("k1", at=cast.NOON, lasting=LASTING)
    rotate.rotate(at=cast.NOON, patience=5)
    sealed = raw(one)
    stale = crypto.sealing.seal(b"x", "accounts_person.name:1")
    assert stale[:4] == b"\x01\x02k2"

    with pytest.raises(rotate.KeyTrouble, match="no key 'k9'"):
        rotate.retire("k9", at=cast.NOON, lasting=LASTING)
    with pytest.raises(rotate.KeyTrouble, match="needed to read the backups 20260318"):
        rotate.retire("k1", at=cast.NOON, lasting=LASTING, held_by=lambda name: ["20260318"])
    rotate.retire("k1", at=cast.NOON, lasting=LASTING)

    stored = json.loads(own_ring.read_text())["keys"]["k1"]
    assert "secret" not in stored and set(stored["signs"]) == set(LASTING)
    assert audit.verify()[2] == []
    assert raw(one) == sealed
    assert rotate.add(at=cast.NOON) == "k3", "names are never used again"


@pytest.mark.thorough
@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_key_still_needed_is_not_retired() -> None:
    (one,) = people(1)
    before = raw(one)
    rotate.rotate(at=cast.NOON, patience=5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_person SET name = %s WHERE id = %s", [before, one.pk])

    with pytest.raises(rotate.KeyTrouble, match=r"still needed \(1 in accounts_person.name\)"):
        rotate.retire("k1", at=cast.NOON, lasting=())
    assert Person.objects.get(pk=one.pk).name == "人1"


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_a_ring_can_be_moved_into_the_key_service_and_rotated_there(
    own_ring: Path, simulators, settings
) -> None:
    (one,) = people(1)
    settings.ANXIN_KMS_URL, settings.ANXIN_KMS_TOKEN = f"{simulators}/kms", "simulator"

    assert rotate.wrap_all() == 1
    assert "secret" not in own_ring.read_text().replace("secrets", "")
    assert not rotate.rotate(at=cast.NOON, patience=5).unreadable

    stored = json.loads(own_ring.read_text())["keys"]
    assert all(key["wrapped"].startswith("vault:v1:") and "secret" not in key for key in stored.values())
    assert Person.objects.get(pk=one.pk).name == "人1"


@pytest.mark.django_db
@pytest.mark.usefixtures("alone")
def test_the_command_lists_rotates_and_refuses_in_words(capsys) -> None:
    people(2)
    call_command("keys", "add")
    call_command("keys", "rotate")
    call_command("keys", "list", "--count")
    told = capsys.readouterr().out
    assert "k2 is in the ring" in told and "all are under k2" in told
    assert "opens only  0 values" in told and "seals, signs, hashes" in told
    with pytest.raises(CommandError, match="k2 is in use"):
        call_command("keys", "retire", "k2")
