"""Two hundred want the same order at the same moment."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import cycle, islice
from typing import Any

import pytest
from django.db import connection, connections

from anxin.kit import jobs
from anxin.kit.errors import Refusal
from anxin.kit.ids import new_id
from anxin.orders import public as orders
from anxin.orders.actions import grab as grabbing
from anxin.orders.actions import offer
from anxin.orders.models import Assignment, Note, Offer, Order
from anxin.orders.states import OrderState
from anxin.workers.models import Booking
from tests.cast import NOON, Member
from tests.stage import Stage

CROWD = 200
AT_ONCE = 40
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_job_is_left(transactional_db: None) -> Iterator[None]:
    """The queue's tables are none of the models that such a test empties behind itself."""
    _empty_queue()
    yield
    _empty_queue()


def _empty_queue() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")


def race(takers: list[Callable[[], Any]]) -> Counter[str]:
    """All call at once, over as many connections as the database allows; what each was answered."""
    gate = threading.Barrier(AT_ONCE)

    def go(index: int) -> str:
        if index < AT_ONCE:
            gate.wait(timeout=60)
        try:
            takers[index]()
            return "won"
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(go, range(len(takers))))


def open_order(stage: Stage) -> Order:
    order = orders.submit_demand(
        replace(stage.demand, version_id=None), order_id=new_id(), by=stage.customer.actor, at=NOON
    )
    jobs.drain(NOON)
    order.refresh_from_db()
    return order


def jobs_waiting(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo'", [name]
        )
        return int(cursor.fetchone()[0])


@pytest.mark.requirement("B-7.3.1")
def test_of_200_agencies_and_workers_exactly_one_wins(stage: Stage, zhao_qiang: Member) -> None:
    order = open_order(stage)

    def agency(head: Member) -> Callable[[], Any]:
        organisation_id, by = head.organisation.pk, head.actor
        return lambda: offer.accept(
            Order.objects.get(pk=order.pk), organisation_id=organisation_id, by=by, at=NOON
        )

    def worker(person: Member) -> Callable[[], Any]:
        by = person.actor
        return lambda: grabbing.grab(Order.objects.get(pk=order.pk), by=by, at=NOON)

    kinds = [agency(stage.head), worker(stage.people[0]), agency(stage.rival), worker(stage.people[1]),
             worker(zhao_qiang)]  # fmt: skip

    answers = race(list(islice(cycle(kinds), CROWD)))

    assert answers == {"won": 1, "already_taken": CROWD - 1}
    order.refresh_from_db()
    assert order.state == OrderState.ACCEPTED
    assert order.terms["quote"]["total_fen"] == order.total_fen > 0
    # Nothing half-done: a worker who won is booked and proposed, nobody else is; one draft, one line in the story.
    held = Assignment.objects.filter(order=order)
    assert held.count() == Booking.objects.count() <= 1
    assert not held.exclude(worker__affiliations__organisation=order.provider).exists()
    assert Offer.objects.filter(order=order, state="open").count() == 0
    assert Note.objects.filter(order=order, kind__in=("accepted", "grabbed")).count() == 1
    assert jobs_waiting("contracts.draft") == 1


@pytest.mark.requirement("B-7.3.1")
def test_200_presses_of_one_agency_are_one_acceptance(stage: Stage) -> None:
    order = stage.ask()
    organisation_id, by = stage.head.organisation.pk, stage.head.actor

    def press() -> Any:
        return offer.accept(Order.objects.get(pk=order.pk), organisation_id=organisation_id, by=by, at=NOON)

    answers = race([press] * CROWD)

    assert answers == {"won": 1, "already_taken": CROWD - 1}
    assert jobs_waiting("contracts.draft") == 1


@pytest.mark.requirement("B-7.3.1")
def test_of_200_who_reach_for_either_half_of_a_pair_one_agency_has_both(stage: Stage) -> None:
    first = orders.submit_demand(
        replace(stage.demand, version_id=None, headcount=2),
        order_id=new_id(),
        by=stage.customer.actor,
        at=NOON,
    )
    jobs.drain(NOON)
    both = list(Order.objects.filter(party=first.party).values_list("pk", flat=True))

    def agency(head: Member, half: int) -> Callable[[], Any]:
        organisation_id, by = head.organisation.pk, head.actor
        return lambda: offer.accept(
            Order.objects.get(pk=both[half]), organisation_id=organisation_id, by=by, at=NOON
        )

    def worker(half: int) -> Callable[[], Any]:
        by = stage.people[0].actor
        return lambda: grabbing.grab(Order.objects.get(pk=both[half]), by=by, at=NOON)

    kinds = [
        agency(stage.head, 0),
        agency(stage.rival, 1),
        agency(stage.head, 1),
        agency(stage.rival, 0),
        worker(1),
    ]
    answers = race(list(islice(cycle(kinds), CROWD)))

    assert answers == {"won": 1, "already_taken": CROWD * 4 // 5 - 1, "needs_two": CROWD // 5}
    halves = Order.objects.filter(party=first.party)
    assert {half.state for half in halves} == {OrderState.ACCEPTED}
    assert len({half.provider_id for half in halves}) == 1
    assert Offer.objects.filter(state="open").count() == 0
    assert [Note.objects.filter(order=half, kind="accepted").count() for half in halves] == [1, 1]
    assert jobs_waiting("contracts.draft") == 2
