"""Scanning: tokens rotate, forgeries fail, every look is kept and counted, and strangers learn conclusions only."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.safetycode import public as codes
from anxin.safetycode.models import Scan, Tally
from anxin.safetycode.queries.tokens import LENGTH
from anxin.safetycode.values import LOOKS_A_MINUTE, LOOKS_AT_ONE
from tests import thorough
from tests.tape import taped
from tests.workers.world import NOW, World, make_worker, self_of


@taped
def token(world: World) -> str:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    return codes.display_token(world.worker.pk, NOW)


@pytest.mark.requirement("D-3b")
def test_a_token_holds_for_its_minute_and_the_next(world: World, token: str) -> None:
    start = NOW.replace(second=0)
    assert codes.display_token(world.worker.pk, start + timedelta(seconds=59)) == token
    assert codes.display_token(world.worker.pk, start + timedelta(seconds=60)) != token
    assert codes.read_token(token, start + timedelta(seconds=119)).worker_id == world.worker.pk
    for late in (start + timedelta(seconds=120), start + timedelta(days=3)):
        with pytest.raises(codes.TokenExpired):
            codes.read_token(token, late)
    with pytest.raises(codes.TokenExpired):
        codes.read_token(token, start - timedelta(seconds=1))


def test_every_changed_bit_of_a_token_is_refused(token: str) -> None:
    raw = base64.urlsafe_b64decode(token + "=")
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        forged = base64.urlsafe_b64encode(bytes(changed)).rstrip(b"=").decode()
        with pytest.raises((codes.TokenForged, codes.TokenExpired)) as refused:
            codes.read_token(forged, NOW)
        assert refused.type is codes.TokenForged


@given(st.text(max_size=40) | st.text("ABCabc019-_", min_size=LENGTH, max_size=LENGTH))
@settings(max_examples=thorough.examples(60))
def test_what_is_no_token_is_refused(text: str) -> None:
    from anxin.safetycode.queries.tokens import TokenForged, split

    try:
        kind, handle, _, mac = split(text)
        assert (kind in (1, 2), len(handle), len(mac)) == (True, 9, 12)
    except TokenForged:
        pass


def test_a_token_carries_nothing_personal(world: World, token: str) -> None:
    raw = base64.urlsafe_b64decode(token + "=")
    assert world.worker.pk.bytes not in raw
    assert len(token) == LENGTH


@pytest.mark.requirement("D-3b")
def test_a_scan_at_the_door_is_bound_to_visit_time_and_place(world: World, token: str) -> None:
    visit = new_id()
    row = codes.scan(token=token, by=world.stranger, at=NOW, visit_ref=visit, point=Point(30.24, 119.72))
    kept = Scan.objects.get()
    assert kept.pk == row.pk
    assert (kept.visit_ref, kept.by_person, kept.at) == (visit, world.stranger.person_id, NOW)
    assert kept.place is None  # They have not agreed to have it kept.
    assert (kept.colour, kept.result, kept.rule_set, kept.reasons) == ("green", "pass", "ZJ-2020", [])


def test_a_code_out_of_force_is_scanned_red_with_its_reasons(world: World, token: str) -> None:
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=SYSTEM, at=NOW)
    row = codes.scan(token=token, by=ANONYMOUS, at=NOW)
    assert (row.colour, row.result) == ("red", "stop")
    assert row.reasons == [{"code": "code_suspended", "day": None}]


@pytest.mark.requirement("D-3b")
def test_a_printed_card_opens_the_public_view_but_no_door(world: World, token: str) -> None:
    printed = codes.printed_token(world.worker.pk)
    assert codes.read_token(printed, NOW + timedelta(days=300)).worker_id == world.worker.pk
    with pytest.raises(codes.TokenExpired):
        codes.scan(token=printed, by=world.stranger, at=NOW, visit_ref=new_id())
    assert not Scan.objects.exists()
    assert codes.scan(token=printed, by=ANONYMOUS, at=NOW).printed


@pytest.mark.requirement("D-2", "F-2")
def test_anybody_sees_conclusions_and_where_to_ask_but_no_identity(world: World, token: str) -> None:
    with time_machine.travel(NOW, tick=False):
        response = Client().get(f"/c/{token}/")
    text = response.content.decode()
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    for shown in ("绿码", "王*芳", "安心家政", "健康体检", "家政责任险", "背景核查", "岗前培训", "tel:12345"):
        assert shown in text
    person = world.worker.person
    for hidden in (person.name, person.phone, person.id_number):
        assert hidden not in text
    assert Scan.objects.get().by_person is None


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        (lambda t: t, 410, "画面已过期"),
        (lambda t: t[:-2] + ("A" if t[-2] != "A" else "B") + t[-1], 404, "无法识别"),
        (lambda t: "x" * LENGTH, 404, "无法识别"),
        (lambda t: "nonsense", 404, "无法识别"),
    ],
)
def test_stale_and_forged_codes_are_told_apart_in_words(token, change, status, words) -> None:  # type: ignore[no-untyped-def]
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        response = Client().get(f"/c/{change(token)}/")
    assert response.status_code == status
    assert words in response.content.decode()
    assert not Scan.objects.exists()


def test_looks_are_limited_per_address_forgeries_included(world: World, token: str) -> None:
    with time_machine.travel(NOW, tick=False):
        Client().get(f"/c/{'x' * LENGTH}/")
        # All but one of those that a minute allows.
        Tally.objects.update(count=LOOKS_A_MINUTE.default - 1)
        assert Client().get(f"/c/{'x' * LENGTH}/").status_code == 404
        refused = Client().get(f"/c/{token}/")
        other = Client().get(f"/c/{token}/", REMOTE_ADDR="10.1.2.3")
    assert (refused.status_code, refused["Retry-After"]) == (429, "60")
    assert other.status_code == 200
    assert Scan.objects.count() == 1
    assert b"127.0.0.1" not in bytes(Tally.objects.order_by("-count")[0].address_hash)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        assert Client().get(f"/c/{token}/").status_code == 200


def test_one_code_is_looked_at_so_often_only_and_a_card_stops_nobody_at_the_phone(
    world: World, token: str
) -> None:
    printed = codes.printed_token(world.worker.pk)
    codes.scan(token=printed, by=ANONYMOUS, at=NOW)
    # All but one of those that a minute allows.
    assert Tally.objects.update(count=LOOKS_AT_ONE.default - 1) == 1
    codes.scan(token=printed, by=ANONYMOUS, at=NOW)
    with pytest.raises(codes.TooManyScans):
        codes.scan(token=printed, by=ANONYMOUS, at=NOW)
    assert codes.scan(token=token, by=ANONYMOUS, at=NOW).colour == "green"
    assert codes.scan(token=token, by=world.stranger, at=NOW, visit_ref=new_id()).colour == "green"
    assert codes.scan(token=printed, by=ANONYMOUS, at=NOW + timedelta(minutes=1)).printed


def test_scans_are_seen_by_the_worker_their_agency_and_who_scanned(world: World, token: str) -> None:
    codes.scan(token=token, by=world.stranger, at=NOW)
    for actor in (self_of(world.worker), world.head, world.stranger):
        assert Scan.objects.visible_to(actor).count() == 1
    for actor in (world.rival_head, ANONYMOUS, self_of(make_worker(world.rival, name="李四"))):
        assert Scan.objects.visible_to(actor).count() == 0


def test_a_scan_takes_a_fixed_number_of_queries(token: str, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_max_num_queries(8):
        codes.scan(token=token, by=ANONYMOUS, at=NOW)


def test_a_number_is_checked_only_together_with_the_name(world: World, token: str) -> None:
    code = codes.code_of(world.worker.pk)
    assert code is not None
    with time_machine.travel(NOW, tick=False):
        good = Client().post("/check/", {"number": code.number.lower(), "name": "王桂芳"})
        wrong = Client().post("/check/", {"number": code.number, "name": "王桂花"})
        camera = Client().post("/check/", {"scanned": f"https://anxin.example.org/c/{token}/"})
        foreign = Client().post("/check/", {"scanned": "https://evil.example/pay?x=1"})
    assert good.status_code == 200
    assert "绿码" in good.content.decode()
    assert wrong.status_code == 422
    assert "没有找到号码和姓名都相符" in wrong.content.decode()
    assert (camera.status_code, camera.headers["Location"]) == (302, f"/c/{token}/")
    assert foreign.status_code == 422
