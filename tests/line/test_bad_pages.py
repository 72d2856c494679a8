"""What people get wrong, or try, on the pages: told in words on a page, nothing lost, nothing changed.

Programs that do the same stand in test_bad_input.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.accounts.models import Person
from anxin.agencies.models import Agency
from anxin.files.models import StoredFile
from anxin.orders.models import Assignment, Note, Order, Step, StepPhoto, Visit
from anxin.orders.states import VisitState
from anxin.safetycode import public as safetycode
from anxin.workers.models import Booking
from tests.agencies import made
from tests.cast import NOON, Member, id_number, uscc
from tests.line.test_bad_input import snapshot
from tests.line.uploads import NO_PHOTOS
from tests.orders import played
from tests.stage import START, Stage
from tests.tape import taped

At = Callable[..., Client]


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[time_machine.Coordinates]:
    """The clock stands at NOON; `at_noon.move_to(…)` sets it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@taped
def signed(stage: Stage) -> tuple[Order, Visit]:
    return played.signed(stage)


@taped
def in_service(stage: Stage) -> tuple[Order, Visit]:
    return played.in_service(stage)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def wrong_last(number: str) -> str:
    return number[:-1] + ("0" if number[-1] != "0" else "1")


# ── wrong checksums ─────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.2.1")
def test_a_real_name_with_a_wrong_check_character_stays_on_the_form(newcomer: Member, client_of: At) -> None:
    wrong = wrong_last(id_number(3))

    answer = client_of(newcomer).post("/me/real-name/", {"name": "刘洋", "id_number": wrong, "consent": "on"})

    assert answer.status_code == 422
    assert "校验" in text(answer)
    assert "刘洋" in text(answer)
    assert Person.objects.get(pk=newcomer.id).verified_at is None


@pytest.mark.requirement("B-7.1.1")
def test_a_credit_code_with_a_wrong_check_character_stays_on_the_form(
    stranger: Member, client_of: At
) -> None:
    sent = {**made.PROFILE, "name": "临安丙家政", "uscc": wrong_last(uscc(77))}

    answer = client_of(stranger).post("/join/application/", sent)

    assert answer.status_code == 422
    assert "临安丙家政" in text(answer)
    assert not Agency.objects.exists()


# ── overlapping bookings ────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.4.2")
def test_a_worker_is_not_proposed_for_two_visits_at_one_time(
    stage: Stage, signed: Any, client_of: At
) -> None:
    second = played.accepted(stage)
    before = list(Booking.objects.values())

    answer = client_of(stage.head).post(
        f"/orders/{second.number}/assignment/", {"worker": str(stage.workers[0].pk)}, follow=True
    )

    assert "现在不能接这张单" in text(answer)
    assert not Assignment.objects.filter(order=second).exists()
    assert list(Booking.objects.values()) == before


# ── uploads ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("name", "data", "kind"), NO_PHOTOS)
def test_a_photo_of_the_wrong_kind_or_size_is_refused_on_the_page_and_not_kept(
    stage: Stage, in_service: Any, client_of: At, at_noon: Any, name: str, data: bytes, kind: str
) -> None:
    at_noon.move_to(START)
    _order, day = in_service
    step = Step.objects.get(visit=day, needs_photo=True)
    kept = StoredFile.objects.count()

    answer = client_of(stage.people[0]).post(
        f"/steps/{step.pk}/photos/", {"photo": SimpleUploadedFile(name, data, kind)}, follow=True
    )

    assert any(words in text(answer) for words in ("请选择", "图片", "过大", "太大", "格式"))
    assert not StepPhoto.objects.exists()
    assert StoredFile.objects.count() == kept
    step.refresh_from_db()
    assert step.done_at is None


# ── double submits ──────────────────────────────────────────────────────────────────────────────────
def test_pressed_twice_without_a_key_each_step_of_the_visit_happens_once(
    stage: Stage, signed: Any, client_of: At, at_noon: Any
) -> None:
    order, day = signed
    worker, customer = stage.people[0], stage.customer
    token = safetycode.display_token(stage.workers[0].pk, START)
    presses = [
        (START - timedelta(minutes=40), worker, "departure", {}, "departed"),
        (START, worker, "arrival", {"lat": order.lat, "lng": order.lng}, "arrived"),
        (START, customer, "entry", {"scanned": token, "lat": order.lat, "lng": order.lng}, "entered"),
    ]
    for at, who, verb, data, kind in presses:
        at_noon.move_to(at)
        client = client_of(who)
        first, second = (client.post(f"/visits/{day.pk}/{verb}/", data) for _ in range(2))
        assert first.status_code == 303
        assert second.status_code in (303, 409), verb
        assert Note.objects.filter(order=order, kind=kind).count() == 1
    assert Visit.objects.get(pk=day.pk).state == VisitState.IN_SERVICE


# ── other people's order numbers ────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.3.3d")
@pytest.mark.parametrize("who", ["zhou_min", "yi_head", "zhao_qiang", "stranger"])
def test_somebody_elses_number_and_a_made_up_one_get_the_same_answer(
    stage: Stage, signed: Any, client_of: At, request: pytest.FixtureRequest, who: str
) -> None:
    order, _day = signed
    client, made_up = client_of(request.getfixturevalue(who)), "O260318-AAAAAAAA"
    assert not Order.objects.filter(number=made_up).exists()
    before = snapshot()
    for path in ("/orders/{}/", "/orders/{}/cancellation/", "/orders/{}/review/", "/orders/{}/change/"):
        real, false = client.get(path.format(order.number)), client.get(path.format(made_up))
        assert real.status_code == false.status_code, path
        assert real.status_code != 200, path
        bare = [text(a).replace(n, "") for a, n in ((real, order.number), (false, made_up))]
        assert len(bare[0]) == len(bare[1]), path
    assert snapshot() == before
