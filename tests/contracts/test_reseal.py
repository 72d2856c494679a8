"""What was signed stays as it is, also while the keys it is sealed with change."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from anxin.config.keys import rotate
from tests import cast


@pytest.fixture
def own_ring(tmp_path, settings, monkeypatch) -> None:
    # Nobody is about to write anything.
    monkeypatch.setattr(rotate, "MOMENT_S", 0.0)
    settings.ANXIN_KEY_RING = tmp_path / "ring.json"
    settings.ANXIN_FILES = tmp_path / "files"


@pytest.mark.requirement("A-7.4.4")
def test_what_was_signed_is_sealed_anew_and_still_changed_by_nobody(own_ring, signed) -> None:
    contract = signed.contract
    pdf = contract.document.read()

    assert not rotate.rotate(at=cast.NOON, patience=5).unreadable

    contract = signed.contract
    assert bytes(contract.document.body)[:4] == b"\x01\x02k2"
    assert contract.document.read() == pdf
    assert contract.values and contract.signatures.get(party="customer").read_picture()
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE contracts_document SET body = '\\x00'",
            "SET anxin.reseal = 'on'; UPDATE contracts_document SET sha256 = 'x'",
            "SET anxin.reseal = 'on'; UPDATE contracts_contract SET number = 'x'",
            "SET anxin.reseal = 'on'; UPDATE audit_entry SET action = 'x'",
            "SET anxin.reseal = 'on'; DELETE FROM contracts_document",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(statement)
        cursor.execute("RESET anxin.reseal")
