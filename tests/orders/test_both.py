"""Another time and another worker in one word: agreed together or refused together, and nothing before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.kit.models import NotAllowed
from anxin.orders import queries
from anxin.orders.actions import assign, change, lose, refusals
from anxin.orders.actions.visit import depart
from anxin.orders.models import Assignment, Change, Order, Visit
from anxin.orders.states import AssignmentState, OrderState
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.states import WorkerState
from tests.cast import NOON, Member
from tests.contracts.conftest import Deal
from tests.orders.steps import accepted, agreed, signed
from tests.orders.test_reschedule import deal, dearer_at_weekends  # noqa: F401
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2"), pytest.mark.requirement("B-7.5.2")]
EARLIER = START - timedelta(hours=3)
At = Callable[..., Client]


def day_of(order: Order) -> Visit:
    visit: Visit = Visit.objects.select_related("order__customer").get(order=order)
    return visit


def both(stage: Stage, order: Order, *, starts_at: datetime = EARLIER) -> Assignment:
    made = change.ask_both(
        day_of(order), starts_at=starts_at, worker_id=stage.workers[1].pk, score={}, reason="原服务员病了",
        by=stage.head.actor, at=NOON,
    )  # fmt: skip
    jobs.drain(NOON)
    return fresh(made)


def fresh(made: Assignment) -> Assignment:
    found: Assignment = Assignment.objects.select_related(
        "order__customer", "visit", "replaces", "change"
    ).get(pk=made.pk)
    return found


def confirmed(stage: Stage, order: Order) -> Assignment:
    made = assign.confirm(both(stage, order), by=stage.people[1].actor, at=NOON)
    jobs.drain(NOON)
    return fresh(made)


def asked_of(order: Order) -> Change:
    asked: Change = Change.objects.select_related("order__customer", "visit").get(order=order)
    return asked


def times() -> set[tuple[object, object]]:
    """(worker, start) of every booking."""
    return {(one.worker_id, one.span.lower) for one in Booking.objects.all()}


def states(order: Order) -> dict[object, str]:
    return dict(Assignment.objects.filter(order=order).values_list("worker_id", "state"))


@pytest.fixture
def sides(stage: Stage) -> tuple[Stage, Order, Visit]:
    order, visit = signed(stage)
    return stage, order, visit


def test_until_the_customer_agrees_worker_and_time_stay(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, _visit = sides
    made = confirmed(stage, order)
    first, second = (one.pk for one in stage.workers)
    assert times() == {(first, START), (second, EARLIER)}
    assert states(order) == {first: AssignmentState.AGREED, second: AssignmentState.CARDED}
    assert day_of(order).starts_at == START and made.starts_at == EARLIER


def test_one_word_agrees_to_both_and_one_addendum_says_both(deal: Deal) -> None:  # noqa: F811
    stage, order = deal.stage, deal.order
    confirmed(stage, order)
    change.answer_change(asked_of(order), agreed=True, by=stage.customer.actor, at=NOON)
    jobs.drain(NOON)
    first, second = (one.pk for one in stage.workers)
    assert states(order) == {first: AssignmentState.REPLACED, second: AssignmentState.AGREED}
    assert times() == {(second, EARLIER)}
    order.refresh_from_db()
    assert (order.state, order.starts_at, day_of(order).starts_at) == (
        OrderState.CONTRACTING,
        EARLIER,
        EARLIER,
    )
    addendum = Contract.objects.get(parent__order=order)
    assert addendum.template.form == "replacement"
    assert (addendum.values["worker.name"], "11:00" in addendum.values["service.period"]) == ("李梅", True)


def test_the_card_agrees_to_both_too(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, _visit = sides
    assign.agree(confirmed(stage, order), by=stage.customer.actor, at=NOON)
    assert asked_of(order).state == "agreed" and day_of(order).starts_at == EARLIER


def test_a_refusal_refuses_both_and_the_worker_may_come_another_time(
    sides: tuple[Stage, Order, Visit],
) -> None:
    stage, order, _visit = sides
    confirmed(stage, order)
    change.answer_change(asked_of(order), agreed=False, answer="不行", by=stage.customer.actor, at=NOON)
    first, second = (one.pk for one in stage.workers)
    assert states(order) == {first: AssignmentState.AGREED, second: AssignmentState.WITHDRAWN}
    assert (asked_of(order).state, times()) == ("refused", {(first, START)})
    order.refresh_from_db()
    assert (order.state, order.round) == (OrderState.SIGNED, 1)
    assert not workers.why_not([second], queries.wanted(order))[second]


@pytest.mark.parametrize("how", ["decline", "reject", "lapse", "withdraw", "lost"])
def test_without_the_worker_the_time_is_off_too(sides: tuple[Stage, Order, Visit], how: str) -> None:
    stage, order, _visit = sides
    made = both(stage, order) if how == "decline" else confirmed(stage, order)
    if how == "decline":
        assign.decline(made, reason="那天有事", by=stage.people[1].actor, at=NOON)
    elif how == "reject":
        assign.reject(made, reason="想要原来的", by=stage.customer.actor, at=NOON)
    elif how == "lapse":
        assign.lapse(made, at=NOON)
    elif how == "withdraw":
        assign.withdraw(made, reason="排错了", by=stage.head.actor, at=NOON)
    else:
        workers.set_state(
            worker_id=made.worker_id, to=WorkerState.PAUSED, why="休养", by=stage.head.actor, at=NOON
        )
        lose.lose_worker(worker_id=made.worker_id, by=stage.head.actor, at=NOON)
    assert asked_of(order).state == ("refused" if how == "reject" else "withdrawn")
    assert times() == {(stage.workers[0].pk, START)} and day_of(order).starts_at == START


def test_before_the_worker_has_confirmed_the_customer_cannot_agree(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, _visit = sides
    both(stage, order)
    with pytest.raises(NotAllowed):
        change.answer_change(asked_of(order), agreed=True, by=stage.customer.actor, at=NOON)
    assert asked_of(order).state == "asked" and day_of(order).starts_at == START
    with pytest.raises(refusals.NotYourAnswer):
        change.answer_change(asked_of(order), agreed=True, by=stage.head.actor, at=NOON)


def test_once_the_old_worker_is_on_the_way_nothing_is_agreed(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, visit = sides
    confirmed(stage, order)
    depart(visit, by=stage.worker, at=START - timedelta(hours=1))
    with pytest.raises(refusals.CannotChange):
        change.answer_change(asked_of(order), agreed=True, by=stage.customer.actor, at=NOON)
    assert asked_of(order).state == "asked" and day_of(order).starts_at == START


def test_a_dearer_time_is_refused_to_who_has_not_seen_it(stage: Stage) -> None:
    order = Order.objects.get(pk=agreed(stage).order_id)
    dearer_at_weekends(order)
    with pytest.raises(refusals.MoveRepriced):
        both(stage, order, starts_at=START + timedelta(days=1))
    assert not Change.objects.exists() and list(states(order)) == [stage.workers[0].pk]


def test_a_worker_who_cannot_come_then_is_refused_whole(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, _visit = sides
    workers.set_shifts(
        worker_id=stage.workers[1].pk, shifts=[(d, 780, 1260) for d in range(7)], by=stage.head.actor, at=NOON
    )
    with pytest.raises(refusals.NotEligible):
        both(stage, order)
    assert not Change.objects.exists() and times() == {(stage.workers[0].pk, START)}


def test_where_nobody_is_agreed_yet_both_are_asked_the_same_way(stage: Stage) -> None:
    order = accepted(stage)
    made = confirmed(stage, order)
    assign.agree(made, by=stage.customer.actor, at=NOON)
    order.refresh_from_db()
    assert (order.state, order.starts_at) == (OrderState.CONTRACTING, EARLIER)
    assert times() == {(stage.workers[1].pk, EARLIER)}


def test_only_one_request_is_open(sides: tuple[Stage, Order, Visit]) -> None:
    stage, order, visit = sides
    both(stage, order)
    with pytest.raises(refusals.ChangeOpen):
        change.ask_change(visit, starts_at=EARLIER, reason="忙", by=stage.customer.actor, at=NOON)
    with pytest.raises(refusals.ChangeOpen):
        both(stage, order)


@pytest.mark.usefixtures("at_noon")
def test_each_side_reads_what_is_theirs(sides: tuple[Stage, Order, Visit], client_of: At) -> None:
    stage, order, _visit = sides
    made = both(stage, order)
    where = f"/orders/{order.number}/"

    def page(member: Member) -> str:
        return client_of(member).get(where).content.decode()

    assert "改期和换服务员的请求" not in page(stage.customer), "not before that worker has confirmed"
    assert "11:00–14:00" in page(stage.people[1]) and "14:00–17:00" not in page(stage.people[1])
    assert "11:00–14:00" in client_of(stage.people[1]).get("/today/").content.decode()
    old = page(stage.people[0])
    assert "14:00–17:00" in old and "11:00–14:00" not in old and "李梅" not in old
    assert "先等这位服务员本人确认" in page(stage.head)
    assign.confirm(made, by=stage.people[1].actor, at=NOON)
    shown = page(stage.customer)
    assert "改期和换服务员的请求" in shown and "11:00–14:00" in shown and "都按原来的" in shown
    assert "就选这位" not in shown, "there is one question"
    answer = client_of(stage.customer).post(f"/changes/{asked_of(order).pk}/answer/", {"agreed": "yes"})
    assert answer.status_code == 303 and day_of(order).starts_at == EARLIER
