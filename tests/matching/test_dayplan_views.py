"""The board and the map of a day plan; a drop is tried first, and nothing is changed by trying."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from anxin.kit.geo import Point
from anxin.matching.models import DayPlan
from anxin.matching.pages.dayplan_views import ASIDE, _free, board_of, map_of
from anxin.orders.models import Order
from anxin.places import public as places
from tests.matching.test_dayplan_desk import board, goes, planned, promised, waiting
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]


def where(found: DayPlan) -> str:
    return f"/desk/dispatch/plans/{found.pk}/"


def to(stage: Stage, found: DayPlan, who: int, position: int = 1, **more: Any) -> dict[str, Any]:
    found.refresh_from_db()
    return {"worker_id": str(stage.workers[who].pk), "position": position, "version": found.version} | more


def other(stage: Stage, found: DayPlan, order: Order) -> int:
    """Who does not go."""
    return 1 if goes(board(stage, found))[order.pk][0] == stage.workers[0].pk else 0


def test_the_list_is_shown_unless_another_view_is_asked_for(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    here, head = where(planned(stage)), client_of(stage.head)
    plain = head.get(here).content.decode()
    assert f"{here}?view=board" in plain and "data-board" not in plain and order.number in plain
    assert head.get(f"{here}?view=nonsense").content.decode().count("data-board") == 0
    shown = head.get(f"{here}?view=board").content.decode()
    assert f'data-trial="{here}visits/{order.pk}/trial/"' in shown
    # What a script does with it is told to those who have none, and to those who hear the page.
    assert "<noscript>" in shown and 'role="status"' in shown and "方向键移动" in shown
    # The part that follows by itself stays what was asked for.
    assert "progress/?view=board" in shown
    assert "style=" not in shown.split('id="main"')[1]


def test_the_board_places_everybody_by_the_minute(stage: Stage) -> None:
    order = waiting(stage)
    drawn = board_of(board(stage, planned(stage)))
    assert (drawn["first"], drawn["last"]) == (8 * 60, 19 * 60)
    assert drawn["hours"][0] == (480, "8:00") and len(drawn["hours"]) == 11
    # Who has something to do stands first.
    assert [lane.shift.visits for lane in drawn["lanes"]] == [1, 0]
    [placed] = [one for one in drawn["lanes"][0].stops if one.stop.order]
    assert (placed.at, placed.minutes) == (14 * 60, 180) and placed.stop.order.pk == order.pk
    lane = drawn["lanes"][0]
    assert (lane.begins, lane.ends) == (8 * 60, 19 * 60)


def test_a_drop_is_tried_with_its_cost_and_changes_nothing(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    found = planned(stage)
    before, who = goes(board(stage, found)), other(stage, found, order)
    trial = client_of(stage.head).post(f"{where(found)}visits/{order.pk}/trial/", to(stage, found, who))
    page = trial.content.decode()
    assert trial.status_code == 200 and "代价" in page and "14:00 开始" in page and "data-board-drop" in page
    assert f'data-begins="{14 * 60}"' in page
    assert goes(board(stage, found)) == before
    assert DayPlan.objects.get().version == found.version


def test_the_form_of_a_trial_drops_it_and_leads_back_to_the_board(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    found = planned(stage)
    who, head = other(stage, found, order), client_of(stage.head)
    page = head.post(f"{where(found)}visits/{order.pk}/trial/", to(stage, found, who)).content.decode()
    [path] = re.findall(r'<form method="post" action="([^"]+)"', page)
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    answer = head.post(path, sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{where(found)}?view=board")
    assert goes(board(stage, found))[order.pk][0] == stage.workers[who].pk
    # Somebody else's board is an older one now.
    late = head.post(path, {key: value for key, value in sent.items() if key != "idempotency_key"})
    assert late.status_code == 409


def test_what_may_not_be_is_told_at_once(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    found, head = planned(stage), client_of(stage.head)
    here = f"{where(found)}visits/{order.pk}/trial/"
    wrong = head.post(here, to(stage, found, 0) | {"worker_id": str(order.pk)})
    assert wrong.status_code == 422 and "data-board-drop" not in wrong.content.decode()
    assert "这份排班里没有这位服务员" in wrong.content.decode()
    assert head.post(here, to(stage, found, 0, version=0)).status_code == 409
    assert head.post(here, {"position": "x"}).status_code == 422


def test_strangers_try_nothing(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    found = planned(stage)
    here = f"{where(found)}visits/{order.pk}/trial/"
    assert client_of(stage.rival).post(here, to(stage, found, 0)).status_code == 404
    assert client_of(stage.people[0]).post(here, to(stage, found, 0)).status_code == 403


def test_the_map_tells_routes_apart_by_letter_and_line(stage: Stage, client_of: At) -> None:
    first, second = waiting(stage), waiting(stage, -5)
    promised(stage, first, 1)
    found = planned(stage)
    shown = board(stage, found)
    drawn = map_of(shown, shown.plan.first_date)
    signs = {mark.sign: mark.stop.order.pk for route in drawn["routes"] for mark in route.marks}
    assert set(signs.values()) == {first.pk, second.pk} and len(signs) == 2
    assert len({(route.letter, route.pattern) for route in drawn["routes"]}) == len(drawn["routes"])
    page = client_of(stage.head).get(f"{where(found)}?view=map").content.decode()
    for sign in signs:
        assert f">{sign}</text>" in page
    assert "示意图" in page and "style=" not in page.split('id="main"')[1]


def test_signs_do_not_stand_on_one_another() -> None:
    full: list[tuple[float, float]] = []
    spots = [_free((100.0, 100.0), full) for _ in range(len(ASIDE))]
    assert len(set(spots)) == len(spots) and spots[0] == (100.0, 100.0)


@pytest.mark.django_db
def test_the_county_is_drawn_around_the_points() -> None:
    here = [Point(30.23, 119.72), Point(30.24, 119.74)]
    drawn, spots = places.linan_around(here, 960, 560)
    assert all(0 <= x <= 960 and 0 <= y <= 560 for x, y in spots) and spots[0] != spots[1]
    # North is up, east is right.
    assert spots[1][0] > spots[0][0] and spots[1][1] < spots[0][1]
    assert all(0 <= town.x <= 960 for town in drawn.towns) and drawn.path.startswith("M")
    whole, none = places.linan_around([], 960, 560)
    assert none == [] and len(whole.towns) == 18
