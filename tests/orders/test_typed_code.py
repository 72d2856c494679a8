"""What is typed at the door: a slip of the finger alarms nobody, a code that is not ours does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anxin.audit.models import Entry
from anxin.orders.actions import visit
from anxin.orders.models import Note, Visit
from anxin.orders.states import VisitState
from anxin.safetycode import public as safetycode
from anxin.safetycode.queries import tokens
from tests.orders import played
from tests.stage import START, Stage

pytestmark = pytest.mark.requirement("D-3b")
At = Callable[..., Client]


def shown(stage: Stage, who: int = 0) -> str:
    """What stands below the code."""
    return safetycode.spelled(safetycode.display_token(stage.workers[who].pk, START))


def another(character: str) -> str:
    return "b" if character == "a" else "a"


def slips(text: str) -> dict[str, str]:
    return {
        "a letter in the signature": text[:30] + another(text[30]) + text[31:],
        "a letter in the name": text[:5] + another(text[5]) + text[6:],
        "a letter in the check": text[:-1] + another(text[-1]),
        "not all of it": text[:-2],
        "too much": text + "a",
        "other letters": "安心码",
    }


@pytest.mark.django_db
def test_what_stands_below_the_code_opens_the_door_however_it_is_spaced(
    stage: Stage, client_of: At, at_noon: Any
) -> None:
    at_noon.move_to(START)
    page = client_of(stage.people[0]).get("/code/").content.decode()
    text = page.split("data-token>")[1].split("<")[0]
    order, day = played.arrived(stage)
    typed = {"token": f" {text[:9]} {text[9:]}\n", "lat": order.lat, "lng": order.lng}
    assert client_of(stage.customer).post(f"/visits/{day.pk}/entry/", typed).status_code == 303
    assert Visit.objects.get(pk=day.pk).state == VisitState.IN_SERVICE


@pytest.mark.django_db
@pytest.mark.parametrize("slip", list(slips("x" * 37)))
def test_a_slip_of_the_finger_is_told_as_one_and_alarms_nobody(
    stage: Stage, client_of: At, at_noon: Any, slip: str
) -> None:
    _order, day = played.arrived(stage)
    at_noon.move_to(START)
    text = slips(shown(stage))[slip]
    answer = client_of(stage.customer).post(f"/visits/{day.pk}/entry/", {"token": text})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "校验串有错字或没有输全" in page
    assert text in page
    assert "请先不要开门" not in page
    assert not Note.objects.filter(kind__startswith="entry_").exists()
    assert Visit.objects.get(pk=day.pk).state == VisitState.ARRIVED


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["token", "scanned"])
def test_a_whole_code_that_is_not_ours_stops_and_the_agency_is_told(
    stage: Stage, client_of: At, at_noon: Any, way: str
) -> None:
    order, day = played.arrived(stage)
    at_noon.move_to(START)
    right = safetycode.display_token(stage.workers[0].pk, START)
    false = right[:30] + another(right[30]) + right[31:]
    sent = {way: safetycode.spelled(false) if way == "token" else f"https://anxin.example/c/{false}/"}
    answer = client_of(stage.customer).post(f"/visits/{day.pk}/entry/", sent)
    assert answer.status_code == 404
    assert "请先不要开门" in answer.content.decode()
    note = Note.objects.get(order=order, kind="entry_code_forged")
    assert note.audience == "provider"
    assert Entry.objects.filter(action="orders.entry_refused", subject_id=day.pk).count() == 1
    # They are in: whatever is scanned now, nobody is alarmed.
    entered = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=entered, point=played.door(order), by=stage.customer.actor, at=START)
    client_of(stage.customer).post(f"/visits/{day.pk}/entry/", sent)
    assert Note.objects.filter(order=order, kind="entry_code_forged").count() == 1


@pytest.mark.django_db
def test_what_is_no_living_code_is_called_by_its_name(stage: Stage, client_of: At, at_noon: Any) -> None:
    _order, day = played.arrived(stage)
    at_noon.move_to(START)
    client, worker = client_of(stage.customer), client_of(stage.people[0])
    signed = worker.get("/code/").content.decode().split("data-signed-text>")[1].split("<")[0]
    card = f"https://anxin.example/c/{safetycode.printed_token(stage.workers[0].pk)}/"
    for text, words in (
        (signed, "离线码"),
        ("https://example.com/somebody", "扫到的不是安心码"),
        (card, "这是证上印的码"),
    ):
        answer = client.post(f"/visits/{day.pk}/entry/", {"scanned": text})
        assert 400 <= answer.status_code < 500
        page = answer.content.decode()
        assert words in page
        assert "请先不要开门" not in page and "截图" not in page
    assert not Note.objects.filter(kind__startswith="entry_").exists()


@pytest.mark.django_db
def test_a_program_may_send_what_was_scanned_or_typed(stage: Stage) -> None:
    token = safetycode.display_token(stage.workers[0].pk, START)
    for sent in (token, f"https://anxin.example/c/{token}/", safetycode.spelled(token)):
        assert safetycode.given(sent) == token
    with pytest.raises(tokens.TokenMistyped):
        safetycode.given(slips(safetycode.spelled(token))["a letter in the signature"])


LETTERS = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=35, max_size=35
)


@given(LETTERS, st.integers(0, 36), st.integers(1, 63))
def test_every_wrong_letter_and_every_two_changed_over_are_found(token: str, at: int, by: int) -> None:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    text = tokens.spelled(token)
    assert tokens.typed(text) == token
    wrong = text[:at] + alphabet[(alphabet.index(text[at]) + by) % 64] + text[at + 1 :]
    changed = text[:at] + text[at : at + 2][::-1] + text[at + 2 :]
    for one in {wrong, changed} - {text}:
        with pytest.raises(tokens.TokenMistyped):
            tokens.typed(one)
