"""Steps that waited on a phone without a network count from when they were done, as far as that can be believed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from anxin.audit.models import Entry
from anxin.config.api import api
from anxin.kit import told
from anxin.orders import rules
from anxin.orders.actions import visit
from anxin.orders.models import Note, Step
from tests import cast
from tests.cast import NOON
from tests.orders.played import arrived, in_service, photo, signed
from tests.stage import START, Stage

QUEUE = Path(__file__).resolve().parents[2] / "frontend" / "js" / "waiting.js"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("said", ["", "59", "-3600", "86401", "١٢٣", "3600.5", "9" * 400, "nonsense"])
def test_what_is_no_believable_wait_is_taken_as_just_now(said: str) -> None:
    assert told.moment({told.HEADER: said}, NOON) is None


def test_the_phone_tells_how_long_it_waited_under_the_name_that_is_read() -> None:
    assert told.moment({told.HEADER: "3600"}, NOON) == NOON - HOUR
    assert f'"{told.HEADER}"' in QUEUE.read_text(encoding="utf-8")


def test_programs_are_told_of_it() -> None:
    paths = api.get_openapi_schema()["paths"]
    ends = ("/departure/", "/arrival/", "/completion/")
    asked = {
        path.rsplit("/", 2)[1]: [one["name"] for one in paths[path]["post"]["parameters"]]
        for path in paths
        if path.startswith(("/api/v1/visits/", "/api/v1/steps/")) and path.endswith(ends)
    }
    assert len(asked) == 3
    assert all(names.count(told.HEADER) == names.count("Idempotency-Key") == 1 for names in asked.values())


def test_an_act_lies_between_what_came_before_it_and_its_arrival() -> None:
    assert rules.acted_at(None, NOON, after=[None]) == NOON
    assert rules.acted_at(NOON - HOUR, NOON, after=[None, NOON - 2 * HOUR]) == NOON - HOUR
    assert rules.acted_at(NOON - 3 * HOUR, NOON, after=[NOON - HOUR]) == NOON - HOUR
    assert rules.acted_at(NOON + HOUR, NOON, after=[]) == NOON
    # The clock of the house was set back.
    assert rules.acted_at(None, NOON, after=[NOON + HOUR]) == NOON + HOUR


@pytest.mark.django_db
def test_work_that_waited_an_hour_for_a_network_is_not_billed_an_hour_longer(stage: Stage) -> None:
    _order, day = in_service(stage)
    done, heard = START + 2 * HOUR, START + 3 * HOUR
    for step in Step.objects.filter(visit=day):
        visit.add_photo(step, upload=photo(), by=stage.worker, at=heard)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=heard, told=done)
    client = cast.signed_in(stage.people[0].person)
    with time_machine.travel(heard, tick=False):
        answer = client.post(f"/visits/{day.pk}/completion/", {"note": ""}, headers={told.HEADER: "3600"})
    assert answer.status_code == 303
    day.refresh_from_db()
    assert (day.state, day.done_at, day.state_at) == ("done", done, heard)
    assert set(Step.objects.filter(visit=day).values_list("done_at", flat=True)) == {done}
    line = Note.objects.filter(order=day.order, kind="as_told").latest("id")
    assert (line.params, line.at) == ({"moment": "16:00"}, heard)
    assert Entry.objects.get(action="orders.finish").detail == {"told_by_device": done.isoformat()}


@pytest.mark.django_db
def test_departure_and_arrival_keep_their_order_whatever_the_phone_says(stage: Stage) -> None:
    _order, day = signed(stage)
    set_out, heard = START - HOUR, START + HOUR
    visit.depart(day, by=stage.worker, at=heard, told=set_out)
    visit.arrive(day, point=None, by=stage.worker, at=heard, told=set_out - HOUR)
    day.refresh_from_db()
    assert day.departed_at == day.arrived_at == set_out


@pytest.mark.django_db
def test_with_a_network_nothing_is_said_of_the_phone(stage: Stage) -> None:
    order, day = arrived(stage)
    assert day.arrived_at == START
    assert not Note.objects.filter(order=order, kind="as_told").exists()
    details: list[Any] = list(Entry.objects.filter(action="orders.arrive").values_list("detail", flat=True))
    assert details == [{}]
