"""Rolling dispatch for the dispatcher and for programs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.kit.errors import NotFound
from anxin.kit.models import NotAllowed
from anxin.matching import actions, queries
from anxin.matching.models import Rolling
from anxin.matching.states import RollingState
from tests.cast import NOON
from tests.matching.rolling import (
    LATER,
    MUCH_LATER,
    accepted,
    kept,
    latest,
    next_round,
)
from tests.matching.test_api import speaks_for
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


def test_the_dispatcher_turns_it_on_sees_rounds_and_reasons_accepts_and_turns_it_off(
    stage: Stage, client_of: At
) -> None:
    first = accepted(stage)
    head = client_of(stage.head)
    assert "开启滚动派单" in head.get("/desk/dispatch/batches/").content.decode()
    answer = head.post("/desk/dispatch/rolling/", {"fairness": "none", "window_minutes": "10"})
    assert answer.status_code == 303
    where = answer["Location"]
    jobs.drain(NOON)
    page = head.get(where).content.decode()
    for told in ("第 1 轮", "新接的单", "王芳", first.number, "关闭滚动派单", "data-live-url"):
        assert told in page, told
    found = Rolling.objects.get()
    back = head.post(
        f"/desk/dispatch/batches/{latest(found).batch_id}/acceptances/", {"order": str(first.pk)}
    )
    assert back["Location"] == where
    accepted(stage, NOON + timedelta(minutes=5))
    next_round(found, LATER)
    part = head.get(where + "progress/").content.decode()
    assert "已按上一轮派给王芳" in part and "第 2 轮" in part
    assert "看最新一轮" in head.get("/desk/dispatch/rolling/").content.decode()
    assert "第 2 轮" in head.get(f"/desk/dispatch/batches/{latest(found).batch_id}/").content.decode()
    done = head.post(where + "end/", follow=True).content.decode()
    assert "滚动派单已关闭" in done and "派单员关闭" in done
    assert "请刷新" in head.post(where + "end/", follow=True).content.decode(), "it is off already"


def test_a_wrong_window_is_told_beside_the_field(stage: Stage, client_of: At) -> None:
    answer = client_of(stage.head).post(
        "/desk/dispatch/rolling/", {"fairness": "none", "window_minutes": "500"}
    )
    assert answer.status_code == 422 and "500" in answer.content.decode()
    assert not Rolling.objects.exists()


def test_rounds_do_not_stand_among_the_batches_asked_for(stage: Stage) -> None:
    accepted(stage)
    kept(stage)
    assert list(queries.batches(stage.head.actor)) == []


def test_another_agency_neither_sees_nor_ends_ours(stage: Stage, client_of: At) -> None:
    accepted(stage)
    found = kept(stage)
    rival = client_of(stage.rival)
    for path in ("", "progress/"):
        assert rival.get(f"/desk/dispatch/rolling/{found.pk}/{path}").status_code == 404
    assert rival.post(f"/desk/dispatch/rolling/{found.pk}/end/").status_code == 404
    with pytest.raises(NotFound):
        actions.end_rolling(rolling_id=found.pk, by=stage.rival.actor, at=NOON)
    found.refresh_from_db()
    assert found.state == RollingState.ON


def test_programs_keep_watch_and_end_it(stage: Stage) -> None:
    first = accepted(stage)
    program = speaks_for(stage.head)
    made = program.post("/dispatch/rollings/", {"fairness": "none", "window_minutes": 5})
    assert made.status_code == 201
    jobs.drain(NOON)
    where = f"/dispatch/rollings/{made.json()['id']}/"
    told = program.get(where).json()
    assert (told["state"], told["rounds"], told["changed"][0]["number"]) == ("on", 1, 1)
    assert told["changed"][0]["changes"][0]["order"] == str(first.pk)
    assert told["latest"]["plan"]["pairs"][0]["order"] == str(first.pk)
    again = program.post("/dispatch/rollings/", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_rolling")
    ended = program.post(where + "end/").json()
    assert (ended["state"], ended["ended"]) == ("off", "asked")
    assert program.post(where + "end/").json()["code"] == NotAllowed.code
    assert [one["state"] for one in program.get("/dispatch/rollings/").json()] == ["off"]
    assert speaks_for(stage.rival).get(where).status_code == 404


def test_the_page_costs_the_same_however_many_rounds(
    stage: Stage, client_of: At, django_assert_num_queries: Callable[..., Any]
) -> None:
    accepted(stage)
    found = kept(stage)
    head, where = client_of(stage.head), f"/desk/dispatch/rolling/{found.pk}/"
    head.get(where)
    with django_assert_num_queries(QUERIES):
        head.get(where)
    for at in (LATER, MUCH_LATER):
        accepted(stage, at - timedelta(minutes=1), timedelta(hours=-5))
        next_round(found, at)
    assert found.rounds == 3
    with django_assert_num_queries(QUERIES):
        head.get(where)


QUERIES = 17
