"""Blocks by either side: who asked is told to nobody, and nobody is brought together in spite of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from anxin.audit.models import Entry
from anxin.kit.actor import Actor
from anxin.kit.ids import new_id
from anxin.matching import public as matching
from anxin.matching import queries as ranking
from anxin.orders import queries
from anxin.orders.actions import apart, assign, grab, offer, refusals
from anxin.orders.models import Assignment, Note, Order
from anxin.orders.states import OrderState
from anxin.workers import public as workers
from anxin.workers.models import Block, Booking
from anxin.workers.values import GATE_LABELS, BlockSide, Gate
from tests.cast import NOON, Member, token_of
from tests.orders.test_accept import queued
from tests.stage import START, Stage
from tests.tape import scene

At = Callable[..., Client]
pytestmark = [pytest.mark.usefixtures("at_noon"), pytest.mark.requirement("E-21c")]
WORDS = GATE_LABELS[Gate.BLOCKED]


@pytest.fixture
def served(stage: Stage) -> Order:
    """An order of 陈静 to whom 王芳's card was shown."""
    order = taken(stage)
    proposal = matching.propose(order=order, worker_id=first(stage).pk, by=stage.head.actor, at=NOON)
    assign.confirm(proposal, by=stage.worker, at=NOON)
    return order


@scene
def taken(stage: Stage, days: int = 0) -> Order:
    """An order of 陈静 that the agency has, so many days after the stage's."""
    order = stage.ask(starts_at=START + timedelta(days=days), ends_at=START + timedelta(days=days, hours=3))
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    return order


def first(stage: Stage) -> workers.Worker:
    return stage.workers[0]


def sides(stage: Stage) -> dict[BlockSide, Actor]:
    return {
        BlockSide.HOUSEHOLD: stage.customer.actor, BlockSide.WORKER: stage.worker, BlockSide.AGENCY: stage.head.actor,
    }  # fmt: skip


def kept_apart(stage: Stage, order: Order, side: BlockSide) -> Block:
    by = sides(stage)[side]
    return apart.keep_apart(
        order, worker_id=first(stage).pk, reason="说好了不抽烟", wished=True, by=by, at=NOON
    )


@pytest.mark.parametrize("side", list(BlockSide))
def test_whoever_asked_neither_is_proposed_ranked_nor_grabs_again(
    stage: Stage, served: Order, side: BlockSide
) -> None:
    kept_apart(stage, served, side)
    order = taken(stage, 1)
    assert first(stage).pk not in {one.worker_id for one in ranking.rank(order, NOON)}
    assert queries.obstacles(order, [first(stage).pk], NOON)[first(stage).pk] == [WORDS]
    with pytest.raises(refusals.NotEligible) as caught:
        matching.propose(order=order, worker_id=first(stage).pk, by=stage.head.actor, at=NOON)
    assert WORDS in str(caught.value)
    assert not Assignment.objects.filter(order=order).exists()
    later = timedelta(days=2)
    opened = stage.ask(version_id=None, starts_at=START + later, ends_at=START + later + timedelta(hours=3))
    bookings = Booking.objects.count()
    with pytest.raises(refusals.NotEligible):
        grab.grab(opened, by=stage.worker, at=NOON)
    assert Order.objects.get(pk=opened.pk).state == OrderState.SUBMITTED
    assert Booking.objects.count() == bookings
    assert [one.number for one in queries.hall_for(stage.worker, NOON)] == []
    assert [one.number for one in queries.hall_for(stage.people[1].actor, NOON)] == [opened.number]


def test_other_households_and_other_workers_are_not_kept_apart(
    stage: Stage, served: Order, zhou_min: Member
) -> None:
    kept_apart(stage, served, BlockSide.HOUSEHOLD)
    order = taken(stage, 1)
    assert {one.worker_id for one in ranking.rank(order, NOON)} == {stage.workers[1].pk}
    need = queries.wanted(order)
    assert workers.why_not([first(stage).pk], replace(need, household=new_id()))[first(stage).pk] == []
    assert workers.why_not([first(stage).pk], replace(need, household=None))[first(stage).pk] == []


def test_what_is_agreed_stands(stage: Stage, served: Order) -> None:
    kept_apart(stage, served, BlockSide.HOUSEHOLD)
    assert assign.agree(Assignment.objects.get(order=served), by=stage.customer.actor, at=NOON).worker_id


def test_taken_back_they_meet_again(stage: Stage, served: Order) -> None:
    row = kept_apart(stage, served, BlockSide.WORKER)
    workers.lift_block(row, by=stage.worker, at=NOON)
    order = taken(stage, 1)
    assert first(stage).pk in {one.worker_id for one in ranking.rank(order, NOON)}
    with pytest.raises(workers.NotBlocked):
        workers.lift_block(row, by=stage.worker, at=NOON)


def test_each_side_has_its_own_block_and_only_one(stage: Stage, served: Order) -> None:
    mine = kept_apart(stage, served, BlockSide.WORKER)
    kept_apart(stage, served, BlockSide.HOUSEHOLD)
    with pytest.raises(workers.AlreadyBlocked):
        kept_apart(stage, served, BlockSide.WORKER)
    workers.lift_block(mine, by=stage.worker, at=NOON)
    # The other's wish stands.
    assert WORDS in queries.obstacles(taken(stage, 1), [first(stage).pk], NOON)[first(stage).pk]
    assert Block.objects.count() == 2


def test_nobody_learns_who_asked_or_why(stage: Stage, served: Order, client_of: At) -> None:
    told = Note.objects.count(), queued()
    kept_apart(stage, served, BlockSide.HOUSEHOLD)
    assert (Note.objects.count(), queued()) == told
    for actor in (stage.worker, stage.head.actor, stage.rival.actor, stage.people[1].actor):
        assert queries.apart_rows(actor) == []
    entry = Entry.objects.get(action="workers.block")
    assert entry.detail == {"side": "household"} and "抽烟" not in str(entry.__dict__)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason::text FROM workers_block")
        assert "抽烟" not in str(cursor.fetchone())
    page = client_of(stage.people[0]).get("/apart/").content.decode()
    assert "没有不再安排的" in page


def test_an_agency_only_writes_down_what_its_worker_wishes(stage: Stage, served: Order) -> None:
    with pytest.raises(refusals.WishNeeded):
        apart.keep_apart(served, worker_id=first(stage).pk, by=stage.head.actor, at=NOON)
    assert not Block.objects.exists()
    row = kept_apart(stage, served, BlockSide.AGENCY)
    # The worker whose wish it is reads it and may take it back; the household does not.
    assert [one.block.pk for one in queries.apart_rows(stage.worker)] == [row.pk]
    assert queries.apart_row(row.pk, stage.worker) and not queries.apart_row(row.pk, stage.customer.actor)


@pytest.mark.parametrize("who", ["stranger", "rival", "other worker"])
def test_who_is_no_party_can_keep_nobody_apart(
    stage: Stage, served: Order, stranger: Member, who: str
) -> None:
    by = {"stranger": stranger, "rival": stage.rival, "other worker": stage.people[1]}[who].actor
    with pytest.raises(refusals.OrderUnknown):
        apart.keep_apart(served, worker_id=first(stage).pk, wished=True, by=by, at=NOON)
    assert not Block.objects.exists()


def test_a_household_keeps_away_nobody_whose_card_it_never_saw(stage: Stage) -> None:
    order = taken(stage)
    matching.propose(order=order, worker_id=first(stage).pk, by=stage.head.actor, at=NOON)
    with pytest.raises(refusals.OrderUnknown):
        apart.keep_apart(order, worker_id=first(stage).pk, by=stage.customer.actor, at=NOON)


def test_the_household_asks_on_the_order_and_takes_it_back_on_its_list(
    stage: Stage, served: Order, client_of: At
) -> None:
    client = client_of(stage.customer)
    where = f"/orders/{served.number}/apart/"
    assert where in client.get(f"/orders/{served.number}/").content.decode()
    assert "对方不会收到通知" in client.get(where).content.decode()
    assert client.post(where, {"reason": "合不来"}).status_code == 303
    assert client.post(where, {"reason": "合不来"}).status_code == 409
    page = client.get("/apart/").content.decode()
    assert "王*" in page and "合不来" in page and served.number in page and "王芳" not in page
    row = Block.objects.get()
    assert client_of(stage.people[0]).post(f"/apart/{row.pk}/lifting/").status_code == 404
    assert client.post(f"/apart/{row.pk}/lifting/").status_code == 303
    assert Block.objects.get().lifted_at and "没有不再安排的" in client.get("/apart/").content.decode()


def test_the_worker_and_the_agency_ask_on_their_pages(stage: Stage, served: Order, client_of: At) -> None:
    where = f"/orders/{served.number}/apart/"
    worker = client_of(stage.people[0])
    assert where in worker.get(f"/orders/{served.number}/").content.decode()
    assert worker.post(where, {"reason": ""}).status_code == 303
    assert "陈*" in worker.get("/apart/").content.decode()
    desk = client_of(stage.head)
    assert desk.post(where, {"reason": ""}).status_code == 422
    assert desk.post(where, {"reason": "", "wished": "on"}).status_code == 303
    page = desk.get("/apart/").content.decode()
    assert "王* · 陈*" in page and "王芳" not in page


def test_a_program_asks_reads_and_takes_back(stage: Stage, served: Order, client: Client) -> None:
    mine, theirs = token_of(stage.customer.person), token_of(stage.people[0].person)
    body = {"worker_id": str(first(stage).pk), "reason": "合不来"}
    made = client.post(
        f"/api/v1/orders/{served.number}/apart/", body, content_type="application/json", headers=mine
    )
    assert (made.status_code, made.json()["side"], made.json()["who"]) == (201, "household", "王*")
    assert [row["reason"] for row in client.get("/api/v1/apart/", headers=mine).json()] == ["合不来"]
    assert client.get("/api/v1/apart/", headers=theirs).json() == []
    lifting = f"/api/v1/apart/{made.json()['id']}/lifting/"
    assert client.post(lifting, headers=theirs).status_code == 404
    assert client.post(lifting, headers=mine).status_code == 200


def test_the_list_costs_the_same_for_one_as_for_two(
    stage: Stage, served: Order, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kept_apart(stage, served, BlockSide.WORKER)
    actor = stage.worker
    with django_assert_num_queries(2):
        assert len(queries.apart_rows(actor)) == 1
    kept_apart(stage, served, BlockSide.AGENCY)
    with django_assert_num_queries(2):
        assert len(queries.apart_rows(actor)) == 2
