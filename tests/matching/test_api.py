"""Choosing a worker by program: rank, propose, confirm, reject; who may, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from anxin.kit.ids import new_id
from anxin.matching.values import WEIGHTS
from anxin.orders.models import Assignment, Order
from anxin.orders.states import AssignmentState
from anxin.workers.models import Booking, Worker
from tests.cast import Member, token_of
from tests.orders import played
from tests.stage import Stage

pytestmark = pytest.mark.usefixtures("at_noon")


@dataclass
class Program:
    """A program that speaks for one member."""

    headers: dict[str, str]

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return Client().post(
            f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=self.headers
        )


def speaks_for(member: Member) -> Program:
    return Program(token_of(member.person, member.appointment))


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def nothing_chosen() -> bool:
    return not Assignment.objects.exists() and not Booking.objects.exists()


# ── rank ────────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.4.2", "E-6")
def test_eligible_workers_come_ranked_and_every_point_is_explained(stage: Stage) -> None:
    order = played.accepted(stage)

    found = speaks_for(stage.head).get(f"/orders/{order.number}/candidates/").json()

    assert found["count"] == 2
    assert [one["place"] for one in found["candidates"]] == [1, 2]
    # 王芳 lives nearer and has worked longer; 赵强 works for another agency.
    assert [one["name"] for one in found["candidates"]] == ["王芳", "李梅"]
    totals = [one["total"] for one in found["candidates"]]
    assert totals == sorted(totals, reverse=True)
    for one in found["candidates"]:
        assert one["total"] == pytest.approx(sum(score["points"] for score in one["scores"]), abs=0.05)
        assert {score["component"] for score in one["scores"]} == set(WEIGHTS.default)
        assert all(score["fact"] for score in one["scores"])


@pytest.mark.requirement("E-6")
def test_the_list_can_be_cut_short_and_sorted_otherwise(stage: Stage) -> None:
    order = played.accepted(stage)
    agency, where = speaks_for(stage.head), f"/orders/{order.number}/candidates/"

    short = agency.get(where, limit=1).json()
    assert (short["count"], len(short["candidates"])) == (2, 1)
    by_distance = agency.get(where, sort="nearest").json()["candidates"]
    metres = [one["distance_m"] for one in by_distance]
    assert metres == sorted(metres)
    assert agency.get(where, limit=-5).status_code == 200
    assert told(agency.get(where, sort="fortune")) == (422, "malformed")


@pytest.mark.requirement("E-6")
def test_the_weights_are_published_to_every_program(db: None) -> None:
    rules = Client().get("/api/v1/rules/ranking/").json()

    assert rules["weights"] == WEIGHTS.default


def test_the_ranked_list_costs_the_same_for_one_worker_and_for_two(
    stage: Stage, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    order, agency = played.accepted(stage), speaks_for(stage.head)
    where = f"/orders/{order.number}/candidates/"
    agency.get(where)
    with django_assert_max_num_queries(40) as both:
        assert agency.get(where).json()["count"] == 2
    Worker.objects.filter(pk=stage.workers[1].pk).update(state="paused")
    with django_assert_max_num_queries(40) as one:
        assert agency.get(where).json()["count"] == 1
    assert len(one) == len(both)


# ── propose ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("A-6.4.2", "B-7.4.3")
def test_a_proposal_keeps_the_score_it_was_made_with(stage: Stage) -> None:
    order, agency = played.accepted(stage), speaks_for(stage.head)
    first = agency.get(f"/orders/{order.number}/candidates/").json()["candidates"][0]

    answer = agency.post(f"/orders/{order.number}/assignment/", {"worker_id": first["worker_id"]})

    assert answer.status_code == 201
    assert answer.json()["state"] == AssignmentState.PROPOSED
    assert answer.json()["score"]["total"] == pytest.approx(first["total"])
    kept = Assignment.objects.get(order=order)
    assert (str(kept.worker_id), kept.score) == (first["worker_id"], answer.json()["score"])


def test_who_is_not_eligible_is_not_proposed(stage: Stage) -> None:
    order, agency = played.accepted(stage), speaks_for(stage.head)
    where = f"/orders/{order.number}/assignment/"
    rivals = Worker.objects.exclude(pk__in=[worker.pk for worker in stage.workers]).get()

    assert told(agency.post(where, {"worker_id": str(rivals.pk)})) == (409, "not_eligible")
    assert agency.post(where, {"worker_id": str(new_id())}).status_code in (404, 409)
    assert told(agency.post(where, {"worker_id": "somebody"})) == (422, "malformed")
    assert told(agency.post(where)) == (422, "malformed")
    assert nothing_chosen()


def test_one_proposal_at_a_time(stage: Stage) -> None:
    order, first = played.proposed(stage)

    answer = speaks_for(stage.head).post(
        f"/orders/{order.number}/assignment/", {"worker_id": str(stage.workers[1].pk)}
    )

    assert answer.status_code == 409
    assert Assignment.objects.get(order=order).pk == first.pk


def test_nobody_is_proposed_before_the_order_is_accepted(stage: Stage) -> None:
    order = stage.ask()

    answer = speaks_for(stage.head).post(
        f"/orders/{order.number}/assignment/", {"worker_id": str(stage.workers[0].pk)}
    )

    assert answer.status_code in (404, 409)
    assert nothing_chosen()


# ── who sees and chooses ────────────────────────────────────────────────────────────────────────────
def test_only_the_agency_that_accepted_sees_the_candidates_and_chooses(
    stage: Stage, stranger: Member, jia_finance: Member
) -> None:
    order = played.accepted(stage)
    chosen = {"worker_id": str(stage.workers[0].pk)}
    for who, status in (
        (stage.rival, 404), (stage.customer, 403), (stranger, 403), (jia_finance, 403), (stage.people[0], 403)
    ):  # fmt: skip
        program = speaks_for(who)
        seen = program.get(f"/orders/{order.number}/candidates/")
        done = program.post(f"/orders/{order.number}/assignment/", chosen)
        assert (seen.status_code, done.status_code) == (status, status), who.person.name
        assert "王芳" not in seen.content.decode()
    nobody = Program({})
    assert nobody.get(f"/orders/{order.number}/candidates/").status_code == 401
    assert nobody.post(f"/orders/{order.number}/assignment/", chosen).status_code == 401
    assert nothing_chosen()


def test_an_order_that_is_not_there_has_no_candidates(stage: Stage) -> None:
    agency = speaks_for(stage.head)
    for number in ("O260318-NOSUCHNO", "x", "%00"):
        assert agency.get(f"/orders/{number}/candidates/").status_code == 404


# ── confirm and reject ──────────────────────────────────────────────────────────────────────────────
@pytest.mark.requirement("B-7.5.1", "C-5.4.2")
def test_worker_and_customer_confirm_in_turn(stage: Stage) -> None:
    order, _proposal = played.proposed(stage)
    worker, customer = speaks_for(stage.people[0]), speaks_for(stage.customer)
    # The customer hears of nobody who has not said yes, and cannot answer for them.
    assert customer.get(f"/orders/{order.number}/card/").status_code == 404
    assert customer.post(f"/orders/{order.number}/card/confirmation/").status_code in (404, 409)

    assert worker.get(f"/orders/{order.number}/").json()["wishes"] == "家里有一只猫"
    assert worker.post(f"/orders/{order.number}/assignment/confirmation/").json()["state"] == "carded"
    assert customer.post(f"/orders/{order.number}/card/confirmation/").json()["state"] == "agreed"

    assert Order.objects.get(pk=order.pk).state == "contracting"
    assert Booking.objects.get().worker_id == stage.workers[0].pk


@pytest.mark.requirement("B-7.5.2")
def test_who_was_rejected_is_not_among_the_next_candidates(stage: Stage) -> None:
    order, proposal = played.carded(stage)
    customer, agency = speaks_for(stage.customer), speaks_for(stage.head)
    where = f"/orders/{order.number}/card/refusal/"
    assert customer.post(where, {"reason": ""}).status_code == 422
    assert Assignment.objects.get(pk=proposal.pk).state == AssignmentState.CARDED

    assert customer.post(where, {"reason": "希望是会做饭的"}).json()["state"] == "rejected"

    left = agency.get(f"/orders/{order.number}/candidates/").json()
    assert [one["name"] for one in left["candidates"]] == ["李梅"]
    again = agency.post(f"/orders/{order.number}/assignment/", {"worker_id": str(stage.workers[0].pk)})
    assert told(again) == (409, "not_eligible")
    assert not Booking.objects.exists()


def test_nobody_answers_for_somebody_else(stage: Stage, stranger: Member) -> None:
    order, proposal = played.proposed(stage)
    for who in (stage.people[1], stage.customer, stage.head, stage.rival, stranger):
        for verb in ("assignment/confirmation", "assignment/refusal", "card/confirmation", "card/refusal"):
            body = {"reason": "不行"} if verb.endswith("refusal") else {}
            answer = speaks_for(who).post(f"/orders/{order.number}/{verb}/", body)
            assert answer.status_code in (403, 404, 409), (who.person.name, verb)
    proposal.refresh_from_db()
    assert proposal.state == AssignmentState.PROPOSED
