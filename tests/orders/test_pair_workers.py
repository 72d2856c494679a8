"""Two orders of a pair, two different workers; each order goes its own way to the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.matching import queries as matching
from anxin.orders import queries
from anxin.orders.actions import assign, refusals
from anxin.orders.models import Assignment
from anxin.orders.states import AssignmentState, OrderState
from anxin.workers.values import Gate
from tests.cast import NOON
from tests.orders.pairs import halves, taken
from tests.orders.steps import assert_time_is_held_for_the_live_alone, carded, proposed
from tests.orders.test_pair_cancel import signed
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.django_db


@pytest.mark.requirement("B-7.3.2")
def test_whoever_goes_to_one_half_is_not_offered_for_the_other(stage: Stage, client_of: At, at_noon) -> None:
    first, second = taken(stage)
    mine = stage.workers[0].pk
    assert {one.worker_id for one in matching.rank(second, NOON)} == {one.pk for one in stage.workers}
    proposed(stage, first)
    assert [one.worker_id for one in matching.rank(second, NOON)] == [stage.workers[1].pk]
    assert queries.failed_gates(second, [mine], NOON)[mine] == [Gate.FREE]
    with pytest.raises(refusals.NotEligible) as caught:
        proposed(stage, second)
    assert "该时段已有安排" in str(caught.value)
    assert not Assignment.objects.filter(order=second).exists()
    page = client_of(stage.head).get(f"/orders/{second.number}/candidates/").content.decode()
    chosen, _, passed_over = page.partition("差在哪里")
    assert stage.workers[1].number in chosen and stage.workers[0].number not in chosen
    assert stage.workers[0].number in passed_over and "该时段已有安排" in passed_over


def test_each_half_goes_on_at_its_own_pace(stage: Stage) -> None:
    first, second = taken(stage)
    assign.agree(carded(stage, first, 1), by=stage.customer.actor, at=NOON)
    assign.reject(carded(stage, second, 0), reason="想换一位", by=stage.customer.actor, at=NOON)
    first, second = halves(first)
    assert (first.state, second.state) == (OrderState.CONTRACTING, OrderState.ACCEPTED)
    assert (first.round, second.round) == (1, 2)
    assert_time_is_held_for_the_live_alone()


def test_the_parties_see_who_comes_to_the_other_half(stage: Stage, client_of: At, at_noon) -> None:
    first, second = signed(stage)
    page = client_of(stage.customer).get(f"/orders/{first.number}/").content.decode()
    name = stage.people[1].person.name
    assert name in page and second.number in page
    page = client_of(stage.people[0]).get(f"/orders/{first.number}/").content.decode()
    assert name not in page
    assert client_of(stage.people[0]).get(f"/orders/{second.number}/").status_code == 404
    assert Assignment.objects.filter(state=AssignmentState.AGREED).count() == 2
