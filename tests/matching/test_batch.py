"""A desk's batch: worked out by a job, explained pair by pair, accepted through the same action as one demand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.kit.errors import Refusal
from anxin.matching import actions, queries
from anxin.matching import public as matching
from anxin.matching.models import Batch
from anxin.matching.values import Change, Fairness
from anxin.orders.actions import offer
from anxin.orders.models import Assignment, Order
from tests.cast import NOON
from tests.stage import START, UNSEEN, Stage
from tests.tape import scene

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


@scene
def waiting(stage: Stage, later: timedelta = timedelta()) -> Order:
    ends = START + timedelta(hours=3) + later
    order = stage.ask(starts_at=START + later, ends_at=ends, unseen=UNSEEN)
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    order.refresh_from_db()
    return order


def worked_out(stage: Stage, fairness: Fairness = Fairness.NONE, limit: float = 0.35) -> Batch:
    batch = actions.ask_batch(fairness=fairness, limit=limit, by=stage.head.actor, at=NOON)
    jobs.drain(NOON, discard=UNSEEN)
    batch.refresh_from_db()
    return batch


def plan_of(batch: Batch) -> dict[str, Any]:
    assert batch.plan is not None
    return dict(batch.plan)


@pytest.mark.requirement("A-6.4.2", "C-6.1.2")
def test_two_demands_at_one_time_go_to_two_workers_and_the_plan_is_proven(stage: Stage) -> None:
    first, second = waiting(stage), waiting(stage)
    plan = plan_of(worked_out(stage))
    assert {pair["order"] for pair in plan["pairs"]} == {str(first.pk), str(second.pk)}
    assert {pair["worker"] for pair in plan["pairs"]} == {str(worker.pk) for worker in stage.workers}
    assert plan["proven"] and plan["unserved"] == []
    second_best = next(pair for pair in plan["pairs"] if pair["place"] == 2)
    assert second_best["first"] == str(stage.workers[0].pk)
    assert UUID(second_best["first_goes_to"]) in {first.pk, second.pk}
    assert not Assignment.objects.exists(), "a plan proposes nobody"


def test_one_worker_takes_two_demands_of_a_day_when_the_way_allows(stage: Stage) -> None:
    waiting(stage), waiting(stage), waiting(stage, timedelta(hours=-5))
    plan = plan_of(worked_out(stage))
    assert len(plan["pairs"]) == 3
    assert len({pair["worker"] for pair in plan["pairs"]}) == 2


@pytest.mark.requirement("C-6.1.2")
def test_a_demand_that_nobody_can_take_hears_what_would_help(stage: Stage) -> None:
    orders = [waiting(stage) for _ in range(3)]
    plan = plan_of(worked_out(stage))
    assert len(plan["pairs"]) == 2
    (left,) = plan["unserved"]
    assert UUID(left["order"]) in {order.pk for order in orders}
    assert left["candidates"] == 2
    # Both workers are busy for three hours: no shift of up to two hours helps.
    assert left["change"] == ""


def test_an_hour_at_which_somebody_has_time_beside_the_plan_is_told(stage: Stage) -> None:
    waiting(stage), waiting(stage), waiting(stage, timedelta(hours=2))
    plan = plan_of(worked_out(stage))
    (left,) = plan["unserved"]
    assert left["change"] == Change.HOUR
    order = Order.objects.get(pk=left["order"])
    shift = datetime.fromisoformat(left["what"]) - order.starts_at
    assert timedelta() < abs(shift) <= timedelta(hours=2)


def test_the_same_facts_give_the_same_plan(stage: Stage) -> None:
    waiting(stage), waiting(stage)
    one, other = plan_of(worked_out(stage)), plan_of(worked_out(stage))
    assert [(p["order"], p["worker"]) for p in one["pairs"]] == [
        (p["order"], p["worker"]) for p in other["pairs"]
    ]


def test_a_bound_of_fairness_is_told_with_its_price_whether_reached_or_not(stage: Stage) -> None:
    waiting(stage)
    plan = plan_of(worked_out(stage, Fairness.GINI, 0.1))
    # One demand and two workers: one has all whatever is done.
    assert plan["reached"] is False and plan["value"] == pytest.approx(0.5)
    assert plan["price"] == 0
    assert plan_of(worked_out(stage, Fairness.GINI, 0.6))["reached"] is True


def test_accepting_all_proposes_every_pair_and_tells_what_went_stale(stage: Stage) -> None:
    first, second = waiting(stage), waiting(stage)
    batch = worked_out(stage)
    pairs = {UUID(pair["order"]): UUID(pair["worker"]) for pair in plan_of(batch)["pairs"]}
    # Somebody else at the desk gives the first demand the other's worker.
    matching.propose(order=first, worker_id=pairs[second.pk], by=stage.head.actor, at=NOON)
    made, refused = actions.accept_pairs(batch, order_id=None, by=stage.head.actor, at=NOON)
    assert made == [] and [one.number for one in refused] == [second.number]
    assert Assignment.objects.count() == 1, "nothing half done"
    _, told = actions.accept_pairs(batch, order_id=first.pk, by=stage.head.actor, at=NOON)
    assert [one.number for one in told] == [first.number]


def test_accepting_one_leaves_the_other_open(stage: Stage) -> None:
    first, second = waiting(stage), waiting(stage)
    batch = worked_out(stage)
    made, refused = actions.accept_pairs(batch, order_id=first.pk, by=stage.head.actor, at=NOON)
    assert [one.order_id for one in made] == [first.pk] and refused == []
    assert made[0].score["total"] > 0
    now = queries.current(batch, stage.head.actor)
    states = {
        pair["order"]: queries.state_of(pair, now[UUID(pair["order"])]) for pair in plan_of(batch)["pairs"]
    }
    assert states == {str(first.pk): "taken", str(second.pk): "open"}


def test_nothing_waits_is_refused_and_nothing_kept(stage: Stage) -> None:
    with pytest.raises(Refusal):
        actions.ask_batch(fairness=Fairness.NONE, limit=0.3, by=stage.head.actor, at=NOON)
    assert not Batch.objects.exists()


def test_the_dispatcher_asks_sees_why_and_accepts_on_the_page(stage: Stage, client_of: At) -> None:
    order = waiting(stage)
    head = client_of(stage.head)
    answer = head.post("/desk/dispatch/batches/", {"fairness": "gini", "percent": "35"})
    assert answer.status_code == 303
    assert "计算中" in head.get(answer["Location"]).content.decode()
    jobs.drain(NOON)
    page = head.get(answer["Location"]).content.decode()
    for told in ("王芳", "综合排第 1", "采纳", "已证明没有更好的派法", order.number):
        assert told in page
    accepted = head.post(answer["Location"] + "acceptances/", {"order": str(order.pk)}, follow=True)
    assert "已派出" in accepted.content.decode()
    assert Assignment.objects.get(order=order).worker_id == stage.workers[0].pk
    assert "已算好" in head.get("/desk/dispatch/batches/").content.decode()


def test_a_bound_that_is_no_number_is_told_and_nothing_asked(stage: Stage, client_of: At) -> None:
    waiting(stage)
    answer = client_of(stage.head).post("/desk/dispatch/batches/", {"fairness": "gini", "percent": "-3"})
    assert answer.status_code == 422
    assert not Batch.objects.exists()


def test_another_agency_sees_no_batch_of_ours(stage: Stage, client_of: At) -> None:
    waiting(stage)
    batch = worked_out(stage)
    rival = client_of(stage.rival)
    for path in ("", "progress/"):
        assert rival.get(f"/desk/dispatch/batches/{batch.pk}/{path}").status_code == 404
    assert rival.post(f"/desk/dispatch/batches/{batch.pk}/acceptances/").status_code == 404
    assert not Assignment.objects.exists()


def test_a_batchs_page_costs_the_same_however_many_pairs(
    stage: Stage, client_of: At, django_assert_num_queries: Callable[..., Any]
) -> None:
    head = client_of(stage.head)
    waiting(stage)
    small = worked_out(stage)
    waiting(stage)
    large = worked_out(stage)
    head.get(f"/desk/dispatch/batches/{small.pk}/")
    for batch in (small, large):
        with django_assert_num_queries(QUERIES):
            head.get(f"/desk/dispatch/batches/{batch.pk}/")


QUERIES = 11
