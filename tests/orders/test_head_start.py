"""Who is of good credit may grab first, by the published rule; everybody else from their moment on (E-8)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from anxin.agencies import public as agencies
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import local
from anxin.kit.errors import Refusal
from anxin.matching.values import HEAD_START, opening
from anxin.orders import queries
from anxin.orders.actions import grab, offer, refusals
from anxin.orders.actions.taking import reading
from anxin.orders.models import Assignment, Offer, Order
from anxin.orders.rules import opens_for
from anxin.orders.states import OrderState
from anxin.policies import public as policies
from anxin.policies.values import Unfit
from anxin.workers import public as workers
from anxin.workers.models import Worker
from tests.cast import NOON, Member, token_of
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("E-8")]
At = Callable[..., Client]
MINUTE = timedelta(minutes=1)
# B is seven minutes before everybody, A ten.
OPENS_FOR_B, OPENS_FOR_ALL = NOON + 3 * MINUTE, NOON + 10 * MINUTE


def of_credit(member: Member, score: int) -> Worker:
    worker = Worker.objects.get(person_id=member.id)
    workers.set_credit(worker_id=worker.pk, score=score, by=SYSTEM, at=NOON)
    return worker


def clock(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"


def test_matching_writes_when_it_opens_for_whom(stage: Stage) -> None:
    laid = Offer.objects.get(order=stage.ask(version_id=None))
    assert laid.opens_by_credit == [[90, 0], [80, 3], [70, 7], [60, 10], [0, 10]]
    assert (laid.opens_at, laid.organisation_id) == (NOON, None)
    sent = Offer.objects.get(order=stage.ask())
    assert sent.opens_by_credit == [] and sent.organisation_id


@pytest.mark.parametrize(
    ("score", "later"), [(100, 0), (90, 0), (89, 3), (80, 3), (70, 7), (69, 10), (0, 10)]
)
def test_each_grade_has_its_moment(score: int, later: int) -> None:
    steps = opening(HEAD_START.default, timedelta(days=1))
    assert opens_for(NOON, steps, score) == NOON + later * MINUTE


def test_who_needs_help_soon_is_not_made_to_wait() -> None:
    assert opening(HEAD_START.default, timedelta(minutes=119)) == ()
    assert opening(dict.fromkeys("ABCDE", 0), timedelta(days=1)) == ()
    assert opens_for(NOON, (), 0) == NOON


def test_better_credit_never_waits_longer() -> None:
    with pytest.raises(Unfit):
        HEAD_START.fit({"A": 5, "B": 7, "C": 3, "D": 0, "E": 0})


def test_a_grab_before_ones_moment_is_told_the_moment_and_changes_nothing(stage: Stage) -> None:
    order = stage.ask(version_id=None)
    of_credit(stage.people[0], 85)
    before = Order.objects.values().get(pk=order.pk), Offer.objects.values().get(order=order)
    early = OPENS_FOR_B - timedelta(microseconds=1)
    with pytest.raises(refusals.NotOpenYet) as caught:
        grab.grab(order, by=stage.worker, at=early)
    assert clock(OPENS_FOR_B) in str(caught.value)
    assert before == (Order.objects.values().get(pk=order.pk), Offer.objects.values().get(order=order))
    assert not Assignment.objects.filter(order=order).exists()
    assert grab.grab(order, by=stage.worker, at=OPENS_FOR_B).worker_id


def test_an_agency_has_its_moment_too(stage: Stage) -> None:
    order = stage.ask(version_id=None)
    agency = agencies.agency_of(stage.head.organisation.pk)
    assert agency
    agencies.set_credit(agency.id, score=50, by=SYSTEM, at=NOON)
    own, head = stage.head.organisation.pk, stage.head.actor
    with pytest.raises(refusals.NotOpenYet) as caught:
        offer.accept(order, organisation_id=own, by=head, at=OPENS_FOR_ALL - MINUTE)
    assert clock(OPENS_FOR_ALL) in str(caught.value) and order.provider_id is None
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED
    assert offer.accept(order, organisation_id=own, by=head, at=OPENS_FOR_ALL).provider_id == own


@pytest.mark.parametrize("score", [95, 85, 75, 65, 40])
def test_the_database_and_the_rule_agree(stage: Stage, score: int) -> None:
    order = stage.ask(version_id=None)
    of_credit(stage.people[0], score)
    steps = Offer.objects.get(order=order).opens_by_credit
    standing, _ = reading.grabbing(order, by=stage.worker, at=NOON)
    assert standing.opens == opens_for(NOON, steps, score)


def test_a_moment_that_moved_after_the_read_is_found_by_the_write(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = stage.ask(version_id=None)
    worker = of_credit(stage.people[0], 85)
    read = reading.grabbing(order, by=stage.worker, at=OPENS_FOR_B)
    monkeypatch.setattr(reading, "grabbing", lambda *_, **__: read)
    workers.set_credit(worker_id=worker.pk, score=50, by=SYSTEM, at=NOON)
    with pytest.raises(Refusal):
        grab.grab(order, by=stage.worker, at=OPENS_FOR_B)
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED


def test_what_was_opened_keeps_the_rule_it_was_opened_by(stage: Stage, operations: Member) -> None:
    order = stage.ask(version_id=None)
    policies.change(
        policy=HEAD_START, value=dict.fromkeys("ABCDE", 0), valid_from=NOON + timedelta(days=8), reason="试行期满",
        by=operations.actor, at=NOON,
    )  # fmt: skip
    assert Offer.objects.get(order=order).opens_by_credit[1] == [80, 3]


@pytest.mark.usefixtures("at_noon")
def test_the_hall_tells_who_waits_when_it_opens_for_them_and_for_all(stage: Stage, client_of: At) -> None:
    order = stage.ask(version_id=None)
    of_credit(stage.people[0], 85)
    page = client_of(stage.people[0]).get("/hall/").content.decode()
    assert f"{clock(OPENS_FOR_B)} 对您开放，{clock(OPENS_FOR_ALL)} 对所有人开放" in page
    assert f"/orders/{order.number}/grab/" not in page and "/rules/ranking/#head-start" in page
    assert f"/orders/{order.number}/grab/" in client_of(stage.people[1]).get("/hall/").content.decode()
    answer = client_of(stage.people[0]).post(f"/orders/{order.number}/grab/", follow=True)
    assert f"{clock(OPENS_FOR_B)} 对您开放" in answer.content.decode()
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED


@pytest.mark.usefixtures("at_noon")
def test_a_program_reads_the_moments_and_is_refused_like_a_person(stage: Stage, client: Client) -> None:
    order = stage.ask(version_id=None)
    of_credit(stage.people[0], 85)
    headers = token_of(stage.people[0].person)
    [row] = client.get("/api/v1/orders/hall/", headers=headers).json()
    moments = [datetime.fromisoformat(row[name]) for name in ("opens_at", "opens_to_all_at")]
    assert moments == [OPENS_FOR_B, OPENS_FOR_ALL]
    answer = client.post(f"/api/v1/orders/{order.number}/grab/", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_open_yet")


def test_the_rule_is_published(stage: Stage, client: Client) -> None:
    page = client.get("/rules/ranking/").content.decode()
    for words in ("抢单谁先", "90 分起", "10 分钟", "7 分钟"):
        assert words in page


def test_the_hall_costs_the_same_for_one_as_for_many(
    stage: Stage, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    stage.ask(version_id=None)
    actor = stage.worker
    with django_assert_num_queries(8):
        assert len(queries.hall_for(actor, NOON)) == 1
    stage.ask(version_id=None)
    with django_assert_num_queries(8):
        assert len(queries.hall_for(actor, NOON)) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("at", "first_told"), [(OPENS_FOR_B - MINUTE, "not_open_yet"), (OPENS_FOR_B, "")])
def test_at_the_opening_moment_exactly_one_wins_and_nobody_before_theirs(
    stage: Stage, at: datetime, first_told: str
) -> None:
    order = stage.ask(version_id=None)
    of_credit(stage.people[0], 85)
    gate, answers = threading.Barrier(12), []

    def client(number: int) -> None:
        by, mine = stage.people[number % 2].actor, Order.objects.get(pk=order.pk)
        gate.wait()
        try:
            grab.grab(mine, by=by, at=at)
            answers.append((number % 2, "won"))
        except Refusal as refusal:
            answers.append((number % 2, refusal.code))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [code for _, code in answers]
    assert told.count("won") == 1 and len(told) == 12
    assert set(told) <= {"won", "already_taken", "not_open_yet"}
    if first_told:
        assert {code for who, code in answers if who == 0} <= {first_told, "already_taken"}
        assert (1, "won") in answers
    else:
        assert "not_open_yet" not in told
