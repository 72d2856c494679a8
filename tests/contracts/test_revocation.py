"""Seals that were revoked: told to everybody in the standard list, and weighed by the time of each signature."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client

from anxin.contracts import queries
from anxin.contracts.actions import keys
from anxin.contracts.models import Seal
from anxin.contracts.states import SealState
from tests.cast import NOON
from tests.contracts.conftest import Deal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.2e")]
NEXT_DAY = NOON + timedelta(days=1)


def revoked(signed: Deal) -> Seal:
    seal = queries.seal_of(signed.stage.head.organisation.pk)
    assert seal is not None
    return keys.change_seal(seal, SealState.REVOKED, reason="印章遗失", by=signed.head, at=NEXT_DAY)


def served() -> tuple[bytes, x509.CertificateRevocationList, x509.Certificate]:
    with time_machine.travel(NEXT_DAY + timedelta(hours=1), tick=False):
        answer = Client().get("/verify/revoked/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pkix-crl")
    root = queries.root_certificate()
    assert root is not None
    return answer.content, x509.load_der_x509_crl(answer.content), x509.load_der_x509_certificate(root)


def test_every_seal_has_a_certificate_of_its_own_that_names_the_list(signed: Deal, settings) -> None:
    seal = queries.seal_of(signed.stage.head.organisation.pk)
    assert seal is not None
    other = keys.make_seal(
        organisation_id=signed.stage.rival.organisation.pk, by=signed.stage.rival.actor, at=NOON
    )
    certificates = [x509.load_der_x509_certificate(bytes(one.certificate)) for one in (seal, other)]
    assert len({one.public_key().public_numbers() for one in certificates}) == 2
    for one, row in zip(certificates, (seal, other), strict=True):
        assert row.organisation.name in one.subject.rfc4514_string()
        points = one.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert [name.value for name in points[0].full_name or ()] == [
            f"{settings.ANXIN_ORIGIN}/verify/revoked/"
        ]


def test_the_list_names_the_revoked_certificate_and_is_signed_by_the_root(signed: Deal) -> None:
    _data, before, root = served()
    assert len(before) == 0 and before.is_signature_valid(root.public_key())
    seal = revoked(signed)

    _data, after, _root = served()

    assert after.is_signature_valid(root.public_key()) and after.issuer == root.subject
    found = after.get_revoked_certificate_by_serial_number(int(seal.serial, 16))
    assert found is not None and found.revocation_date_utc == NEXT_DAY
    assert len(after) == 1
    assert after.next_update_utc is not None and after.next_update_utc > NEXT_DAY + timedelta(days=6)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_other_software_finds_the_certificate_revoked(signed: Deal, tmp_path: Path) -> None:
    seal = revoked(signed)
    data, _list, root = served()
    (tmp_path / "seal.cer").write_bytes(bytes(seal.certificate))
    (tmp_path / "root.cer").write_bytes(root.public_bytes(Encoding.DER))
    (tmp_path / "list.crl").write_bytes(data)
    for name in ("seal", "root"):
        ran = ["openssl", "x509", "-inform", "DER", "-in", f"{name}.cer", "-out", f"{name}.pem"]
        subprocess.run(ran, cwd=tmp_path, check=True)
    crl = ["openssl", "crl", "-inform", "DER", "-in", "list.crl", "-out", "list.pem"]
    subprocess.run(crl, cwd=tmp_path, check=True, capture_output=True)
    moment = int((NEXT_DAY + timedelta(hours=2)).timestamp())
    judged = subprocess.run(
        ["openssl", "verify", "-attime", str(moment), "-CAfile", "root.pem", "-CRLfile", "list.pem", "-crl_check",
         "seal.pem"], cwd=tmp_path, capture_output=True, check=False, text=True,
    )  # fmt: skip
    assert judged.returncode != 0 and "certificate revoked" in judged.stdout + judged.stderr


def test_what_was_sealed_before_stays_sound_and_what_a_stolen_key_seals_later_is_not(signed: Deal) -> None:
    document = signed.contract.document
    assert document is not None
    pdf = document.read()
    seal = revoked(signed)
    assert queries.check_file(pdf, at=NEXT_DAY + timedelta(hours=2)).sound
    # As if it had been revoked before it sealed: only somebody with a stolen key makes such a file.
    Seal.objects.filter(pk=seal.pk).update(state_at=NOON - timedelta(minutes=1))

    verdict = queries.check_file(pdf, at=NEXT_DAY + timedelta(hours=2))

    assert not verdict.findings.sound
    assert [one.trusted for one in verdict.signatures] == [True, False]


def test_there_is_no_list_before_there_is_a_root(db) -> None:
    assert Client().get("/verify/revoked/").status_code == 404
