"""The pages and the API of day plans: a dispatcher's day without a script, and what strangers get."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.kit.clock import local_date
from anxin.matching.models import DayPlan
from anxin.matching.states import PlanState
from anxin.orders.actions.change import cancel
from anxin.orders.models import Assignment
from tests.cast import NOON
from tests.matching.test_dayplan_desk import board, goes, planned, promised, published, waiting
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]
PRICES = {"way": 1, "late": 30, "unserved": 1000, "liking": 60, "change": 60, "unequal": 0}
DESK = "/desk/dispatch/plans/"
API = "/api/v1/dispatch/plans/"


def ask(client: Client, **more: Any) -> Any:
    return client.post(DESK, {"first_date": str(local_date(START)), "days": 1, **PRICES, **more})


def posted(client: Client, path: str, body: Any) -> tuple[int, Any]:
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_the_dispatcher_asks_watches_changes_and_publishes(stage: Stage, client_of: At) -> None:
    first, second = waiting(stage), waiting(stage)
    head = client_of(stage.head)
    answer = ask(head)
    assert answer.status_code == 303
    here = answer["Location"]
    assert "计算中" in head.get(here).content.decode()
    jobs.drain(NOON)
    page = head.get(here).content.decode()
    for told in (first.number, second.number, "王芳", "李梅", "待发布", "选派服务员", "休息", "替补"):
        assert told in page
    assert first.number in head.get(here + "progress/").content.decode()
    # One visit is left out: tried first, then done.
    found = DayPlan.objects.get()
    visit = f"{here}visits/{first.pk}/"
    tried = head.post(visit, {"out": "1", "version": found.version, "idempotency_key": "looked-at-first"})
    assert tried.status_code == 200
    assert first.pk in goes(board(stage, found))
    [form] = [text for text in tried.content.decode().split("</form>") if 'name="sure"' in text]
    fields = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form.rpartition("<form")[2])
    )
    assert head.post(visit, fields).status_code == 303
    assert first.pk not in goes(board(stage, found))
    assert "您没有排的单" in head.get(here).content.decode()
    changes = head.get(here + "changes/").content.decode()
    assert second.number in changes and first.number not in changes
    found.refresh_from_db()
    done = head.post(here + "publication/", {"version": found.version}, follow=True)
    assert "已发布" in done.content.decode()
    assert [one.order_id for one in Assignment.objects.all()] == [second.pk]


def test_a_refusal_is_told_by_visit_and_the_rest_is_published_with_one_click(
    stage: Stage, client_of: At
) -> None:
    first, second = waiting(stage), waiting(stage)
    head, found = client_of(stage.head), planned(stage)
    cancel(first, reason="不需要了", by=stage.customer.actor, at=NOON)
    answer = head.post(f"{DESK}{found.pk}/publication/", {"version": found.version})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "什么都没有发布" in page and "排班之后这一单已经变了" in page and first.number in page
    assert not Assignment.objects.exists()
    head.post(f"{DESK}{found.pk}/publication/", {"version": found.version, "leave_out": [str(first.pk), "x"]})
    assert [one.order_id for one in Assignment.objects.all()] == [second.pk]


def test_illness_on_the_page_leads_to_a_new_plan_and_what_changes_for_whom(
    stage: Stage, client_of: At
) -> None:
    order = waiting(stage)
    promised(stage, order, 0)
    base = published(stage, planned(stage))
    head = client_of(stage.head)
    form = {"why": "ill", "worker_id": str(stage.workers[0].pk), "since": START.strftime("%Y-%m-%dT06:00")}
    assert head.post(f"{DESK}{base.pk}/replan/", {**form, "since": "2031-01-01T08:00"}).status_code == 422
    answer = head.post(f"{DESK}{base.pk}/replan/", form)
    assert answer.status_code == 303
    jobs.drain(NOON)
    changes = head.get(answer["Location"] + "changes/").content.decode()
    for told in ("王芳", "李梅", "换人，等客户同意", order.number):
        assert told in changes


def test_what_was_typed_wrongly_is_told_and_nothing_kept(stage: Stage, client_of: At) -> None:
    waiting(stage)
    head = client_of(stage.head)
    for wrong in (
        {"days": 9},
        {"days": -1},
        {"first_date": "2020-01-01"},
        {"first_date": "bald"},
        {"late": -3},
    ):
        assert ask(head, **wrong).status_code == 422
    assert not DayPlan.objects.exists()
    found = planned(stage)
    here = f"{DESK}{found.pk}/"
    assert head.get(f"{here}visits/{uuid4()}/").status_code == 404
    assert head.get(f"{here}visits/x/").status_code == 404
    (order_id,) = goes(board(stage, found))
    for wrong in ({"sooner": -5}, {"worker_id": "x"}, {"lock": "2"}, {"out": "1", "lock": "1"}):
        answer = head.post(f"{here}visits/{order_id}/", {**wrong, "version": found.version, "sure": "1"})
        assert answer.status_code == 422, wrong
    stale = head.post(f"{here}visits/{order_id}/", {"out": "1", "version": found.version - 1, "sure": "1"})
    assert stale.status_code == 409
    before = found.version
    found.refresh_from_db()
    assert found.version == before


def test_the_api_gives_shifts_stops_and_what_is_left(stage: Stage, client_of: At) -> None:
    orders = [waiting(stage) for _ in range(3)]
    head = client_of(stage.head)
    status, row = posted(head, API, {"first_date": str(local_date(START)), "days": 1})
    assert status == 201
    assert head.get(f"{API}{row['id']}/").json()["shifts"] == []
    jobs.drain(NOON)
    plan = head.get(f"{API}{row['id']}/").json()
    assert (plan["state"], plan["progress"]) == ("ready", 1.0)
    stops = [(shift, stop) for shift in plan["shifts"] for stop in shift["stops"] if stop["order_id"]]
    (left,) = plan["unserved"]
    assert {stop["order_id"] for _, stop in stops} | {left["order_id"]} == {str(one.pk) for one in orders}
    for shift, stop in stops:
        assert stop["begins"].startswith("2026-03-20T14:00") and stop["minutes"] == 180
        assert stop["way_minutes"] >= 5 and stop["late_minutes"] == 0 and not stop["locked"]
        assert stop["place"].keys() == {"lat", "lng"} and shift["base"]["lat"]
    assert left["reason"] and left["candidates"] == 2
    # A move is tried, then made.
    body = {
        "order_id": left["order_id"],
        "worker_id": stops[0][0]["worker"]["worker_id"],
        "version": plan["version"],
    }
    status, tried = posted(head, f"{API}{row['id']}/moves/?dry=1", body)
    assert (
        status == 200
        and tried["plan"] is None
        and tried["adds"] == pytest.approx(sum(tried["difference"].values()))
    )
    assert tried["difference"]["unserved"] == -1000 and tried["difference"]["late"] > 0
    assert head.get(f"{API}{row['id']}/").json()["version"] == plan["version"]
    status, made = posted(head, f"{API}{row['id']}/moves/", body)
    assert status == 200 and made["plan"]["unserved"] == [] and made["version"] == plan["version"] + 1
    status, _ = posted(head, f"{API}{row['id']}/moves/", body)
    assert status == 409, "the version that was seen is gone"
    status, _ = posted(head, f"{API}{row['id']}/search/", {"version": made["version"]})
    assert status == 200
    jobs.drain(NOON)
    version = head.get(f"{API}{row['id']}/").json()["version"]
    status, said = posted(head, f"{API}{row['id']}/publication/", {"version": version})
    assert (status, said["state"], said["refused"]) == (200, "published", [])
    assert [one["state"] for one in head.get(API).json()] == ["published"]


def test_a_program_is_told_each_refused_visit_and_the_code_of_every_refusal(
    stage: Stage, client_of: At
) -> None:
    first, _second = waiting(stage), waiting(stage)
    head, found = client_of(stage.head), planned(stage)
    cancel(first, reason="不需要了", by=stage.customer.actor, at=NOON)
    there = f"{API}{found.pk}/publication/"
    status, told = posted(head, there, {"version": found.version})
    assert (status, told["code"], told["state"]) == (409, "plan_refused", "ready")
    assert [one["number"] for one in told["refused"]] == [first.number] and told["message"]
    status, told = posted(head, there, {"version": found.version + 1})
    assert (status, "refused" in told) == (409, False) and told["code"]
    # Both ways are in the document of the interface.
    said = head.get("/api/v1/openapi.json").json()["paths"][f"{API}{{plan_id}}/publication/"]["post"][
        "responses"
    ]
    forms = said["409"]["content"]["application/json"]["schema"]["anyOf"]
    assert [one["$ref"].rpartition("/")[2] for one in forms] == ["NotPublishedOut", "Refused"]
    assert not Assignment.objects.exists()


def test_programs_that_ask_for_nonsense_are_told(stage: Stage, client_of: At) -> None:
    waiting(stage)
    head, base = client_of(stage.head), published(stage, planned(stage))
    for body in ({"first_date": "9999-12-31", "days": 7}, {"first_date": "2026-03-20", "days": 0}):
        assert posted(head, API, body)[0] == 422
    worker = str(stage.workers[0].pk)
    for more in ({"since": "2026-03-20T06:00:00"}, {"since": "0001-01-01T00:00:00Z", "minutes": 10**12}, {}):
        asked = {"why": "late", "worker_id": worker, **more}
        assert posted(head, f"{API}{base.pk}/replan/", asked)[0] == 422
    assert DayPlan.objects.count() == 1


def test_other_agencies_and_strangers_see_and_do_nothing(stage: Stage, client_of: At) -> None:
    (order,) = [waiting(stage)]
    found = planned(stage)
    before = DayPlan.objects.values().get()
    rival, worker = client_of(stage.rival), client_of(stage.people[0])
    pages = ("", "progress/", "changes/", "replan/", f"visits/{order.pk}/")
    posts = ("search/", "stop/", "drop/", "publication/", "replan/", f"visits/{order.pk}/")
    for path in pages:
        assert rival.get(f"{DESK}{found.pk}/{path}").status_code == 404
        assert worker.get(f"{DESK}{found.pk}/{path}").status_code == 403
    for path in posts:
        assert rival.post(f"{DESK}{found.pk}/{path}", {"version": found.version}).status_code == 404
        assert worker.post(f"{DESK}{found.pk}/{path}").status_code == 403
    seen = {"version": found.version}
    bodies = {
        "search/": seen, "stop/": {}, "drop/": {}, "publication/": seen, "replan/": {"why": "orders"},
        "moves/": seen | {"order_id": str(order.pk), "out": True},
    }  # fmt: skip
    assert rival.get(f"{API}{found.pk}/").status_code == 404
    for path, body in bodies.items():
        assert posted(rival, f"{API}{found.pk}/{path}", body)[0] == 404
    assert rival.get(API).json() == [] and str(found.pk) not in rival.get(DESK).content.decode()
    assert DayPlan.objects.values().get() == before and not Assignment.objects.exists()


def test_a_plans_page_costs_the_same_however_many_visits(
    stage: Stage, client_of: At, django_assert_num_queries: Callable[..., Any]
) -> None:
    head = client_of(stage.head)
    waiting(stage)
    small = planned(stage)
    waiting(stage), waiting(stage, -5, 2), waiting(stage, -2.5, 2)
    large = planned(stage)
    head.get(f"{DESK}{small.pk}/")
    for path in ("", "changes/"):
        for found in (small, large):
            with django_assert_num_queries(QUERIES):
                head.get(f"{DESK}{found.pk}/{path}")
    assert found.state == PlanState.READY and found.first_date == local_date(START + timedelta(0))


QUERIES = 12


def test_the_workers_day_shows_the_ways_between_visits(stage: Stage, client_of: At) -> None:
    promised(stage, waiting(stage), 0)
    promised(stage, waiting(stage, -5, 2), 0)
    page = client_of(stage.people[0]).get("/today/").content.decode()
    assert page.count("路上约 5 分钟") == 2
