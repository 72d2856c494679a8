"""The real name: our own check first, then the provider over HTTP, and what follows from either."""

from __future__ import annotations

from datetime import date, timedelta

import httpx
import pytest

from anxin.accounts import actions
from anxin.accounts.adapters import identity
from anxin.accounts.models import IdentityCheck, Person
from anxin.accounts.values import IdentityResult
from anxin.kit.access import VERIFIED, require
from anxin.kit.errors import Forbidden, RealNameNeeded, Refusal
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from tests import cast

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.2.1")]
GOOD = cast.id_number(602, birth=date(1992, 8, 9))


def verify(member, name="刘洋", number=GOOD, at=cast.NOON):
    return actions.verify_real_name(name=name, id_number=number, by=member.actor, at=at)


def unchanged(member):
    member.person.refresh_from_db()
    return not member.person.is_verified and not member.person.id_number


def test_name_and_number_that_belong_together_make_a_person_verified(simulators, newcomer):
    person = verify(newcomer, "刘 洋", GOOD.lower())
    assert person.is_verified
    check = IdentityCheck.objects.get()
    assert (check.provider, check.result) == ("identity-simulator", IdentityResult.MATCH)
    assert check.request_id


def test_name_and_number_are_kept_encrypted(simulators, newcomer):
    from django.db import connection

    verify(newcomer)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, id_number FROM accounts_person WHERE id = %s", [newcomer.id])
        row = [bytes(value) for value in cursor.fetchone()]
    assert not any(plain.encode() in value for plain in ("刘洋", GOOD) for value in row)
    newcomer.person.refresh_from_db()
    assert (newcomer.person.name, newcomer.person.id_number) == ("刘洋", GOOD)


def test_a_wrong_checksum_never_reaches_the_provider(newcomer, monkeypatch):
    monkeypatch.setattr(identity, "two_factor", lambda *_, **__: pytest.fail("asked the provider"))
    for number in (GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1"), "330199850101001", "33019919"):
        with pytest.raises(actions.IdNumberInvalid):
            verify(newcomer, number=number)
    assert unchanged(newcomer)


@pytest.mark.parametrize("name", ["", "刘", "Liu Yang", "刘洋1", "刘·", "王" * 31])
def test_a_name_that_is_none_is_refused(newcomer, name):
    with pytest.raises(actions.NameMalformed):
        verify(newcomer, name=name)


@pytest.mark.parametrize("name", ["欧阳修远", "阿依古丽·买买提", "𠮷田", "刘　洋"])
def test_names_of_every_kind_pass(name):
    assert actions.clean_name(name)


def test_a_number_belongs_to_one_person_only(simulators, newcomer, chen_jing):
    with pytest.raises(actions.IdNumberTaken):
        verify(newcomer, "陈静", cast.id_number(1))
    assert unchanged(newcomer)
    assert not IdentityCheck.objects.filter(person=newcomer.person).exists()


def test_a_mismatch_is_told_and_recorded_but_no_number_kept(simulators, newcomer):
    with pytest.raises(actions.IdentityMismatch):
        verify(newcomer, number=cast.id_number(905))
    assert unchanged(newcomer)
    assert IdentityCheck.objects.get().result == IdentityResult.MISMATCH


def test_a_silent_provider_changes_nothing_and_costs_no_try(simulators, newcomer):
    for _ in range(6):
        with pytest.raises(actions.IdentityUnavailable):
            verify(newcomer, number=cast.id_number(909))
    assert unchanged(newcomer)
    assert verify(newcomer).is_verified


def test_no_connection_is_told_as_unavailable(settings, newcomer):
    settings.ANXIN_IDENTITY_URL = "http://127.0.0.1:9/identity"
    with pytest.raises(actions.IdentityUnavailable):
        verify(newcomer)
    assert unchanged(newcomer)


def test_five_tries_a_day(simulators, newcomer):
    for _ in range(5):
        with pytest.raises(actions.IdentityMismatch):
            verify(newcomer, number=cast.id_number(905))
    with pytest.raises(actions.IdentityTooOften):
        verify(newcomer)
    assert verify(newcomer, at=cast.NOON + timedelta(days=1, seconds=1)).is_verified


def test_verified_once_is_verified(simulators, chen_jing):
    with pytest.raises(actions.AlreadyVerified):
        verify(chen_jing)


def test_nobody_enters_a_verification_for_somebody_else(newcomer, stranger):
    with pytest.raises(Forbidden):
        actions.record_verification(
            person_id=newcomer.id, name="刘洋", id_number=GOOD, provider="manual", request_id="",
            by=stranger.actor, at=cast.NOON,
        )  # fmt: skip
    assert unchanged(newcomer)


def test_the_provider_refuses_a_request_that_is_not_signed_by_us(simulators, settings, monkeypatch):
    url = settings.ANXIN_IDENTITY_URL + identity.PATH
    body = {"name": "刘洋", "id_number": GOOD}
    assert httpx.post(url, json=body, trust_env=False).status_code == 401
    with pytest.raises(identity.Unavailable):
        monkeypatch.setattr(identity, "secret", lambda: b"somebody else's key")
        identity.two_factor("刘洋", GOOD, at=cast.NOON)


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_says_which_part_is_wrong_and_keeps_what_was_typed(client_of, newcomer):
    answer = client_of(newcomer).post("/me/real-name/", {"name": "刘洋", "id_number": "330199198502300013"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "第 7 至 14 位不是真实的日期" in text
    assert "330199198502300013" in text


def test_the_page_verifies_and_leads_on(simulators, client_of, newcomer):
    client = client_of(newcomer)
    answer = client.post("/me/real-name/", {"name": "刘洋", "id_number": GOOD, "next": "/addresses/"})
    assert (answer.status_code, answer.url) == (303, "/addresses/")
    text = client.get("/me/").content.decode()
    assert "已实名" in text
    assert GOOD not in text
    assert Person.objects.get(pk=newcomer.id).is_verified


def test_who_is_not_verified_browses_but_does_not_order(client_of, newcomer, stage):
    client = client_of(newcomer)
    assert client.get("/services/").status_code == 200
    with pytest.raises(Refusal) as refused:
        orders.submit_demand(stage.demand, order_id=new_id(), by=newcomer.actor, at=cast.NOON)
    assert refused.value.code == "not_verified"
    with pytest.raises(RealNameNeeded):
        require(VERIFIED, newcomer.actor)
