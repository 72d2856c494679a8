"""What is sealed stays sealed, where it was sealed."""

from __future__ import annotations

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.models import Person
from anxin.kit import crypto
from anxin.kit.fields import blind
from tests import cast


@pytest.mark.requirement("A-7.4.4")
@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens_in_its_own_place_only(plain, context):
    sealed = crypto.seal(plain, context)
    assert crypto.unseal(sealed, context) == plain
    assert plain not in sealed or len(plain) < 4
    with pytest.raises(crypto.Tampered):
        crypto.unseal(sealed, context + "x")


@given(st.data())
def test_no_changed_byte_of_a_ciphertext_passes(data):
    sealed = crypto.seal(b"330199198501010013", "t.c:1")
    place = data.draw(st.integers(0, len(sealed) - 1))
    flip = data.draw(st.integers(1, 255))
    changed = sealed[:place] + bytes([sealed[place] ^ flip]) + sealed[place + 1 :]
    with pytest.raises(crypto.Tampered):
        crypto.unseal(changed, "t.c:1")


def test_a_token_is_read_for_its_purpose_in_its_time_and_unchanged():
    with time_machine.travel(1_790_000_000, tick=False) as clock:
        token = crypto.sign_token("live", {"t": ["order:1"]}, 60)
        assert crypto.read_token("live", token) == {"t": ["order:1"]}
        for wrong in ("files", "live2"):
            with pytest.raises(crypto.Tampered):
                crypto.read_token(wrong, token)
        for changed in (token[:-2] + "AA", "x" + token, "", ".", "a.b", token.replace(".", "")):
            with pytest.raises(crypto.Tampered):
                crypto.read_token("live", changed)
        clock.shift(61)
        with pytest.raises(crypto.Tampered):
            crypto.read_token("live", token)


@pytest.mark.requirement("A-7.4.4")
def test_personal_columns_are_unreadable_in_the_database_and_cannot_be_moved(db, chen_jing, zhou_min):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, phone, id_number, phone_hash FROM accounts_person WHERE id = %s", [chen_jing.id]
        )
        stored = [bytes(value) for value in cursor.fetchone()]
    joined = b"".join(stored)
    assert "陈静".encode() not in joined and cast.phone(1).encode() not in joined
    assert stored[3] == blind(Person, "phone_hash", cast.phone(1))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_person SET name = (SELECT name FROM accounts_person WHERE id = %s) WHERE id = %s",
            [chen_jing.id, zhou_min.id],
        )
    with pytest.raises(crypto.Tampered):
        _ = Person.objects.get(pk=zhou_min.id).name
