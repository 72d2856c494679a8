"""The worker's word on the proposal, the customer's on the card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from anxin.audit.models import Entry
from anxin.orders.actions import assign
from anxin.orders.models import Assignment
from anxin.orders.states import AssignmentState
from tests.cast import NOON, Member
from tests.orders import played, steps
from tests.stage import Stage

At = Callable[..., Client]
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.mark.requirement("C-5.4.2")
def test_the_worker_reads_the_need_in_full_but_no_house_number_before_agreeing(
    stage: Stage, client_of: At
) -> None:
    order, _proposal = played.proposed(stage)
    page = client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
    for told in ("家里有一只猫", "90", "150.00", "我确认接单"):
        assert told in page
    for secret in ("临天路", "19900000001"):
        assert secret not in page


@pytest.mark.requirement("C-5.4.2", "B-7.4.3", "B-7.5.1")
def test_worker_confirms_then_the_customer_takes_them(stage: Stage, client_of: At) -> None:
    order, proposal = played.proposed(stage)
    assert (
        client_of(stage.people[0]).post(f"/orders/{order.number}/proposal/confirmation/").status_code == 303
    )
    page = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert "就选这位" in page
    assert "王*" in page
    assert client_of(stage.customer).post(f"/orders/{order.number}/card/confirmation/").status_code == 303
    proposal.refresh_from_db()
    assert proposal.state == AssignmentState.AGREED
    worker = client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
    assert "临天路" in worker
    assert "19900000001" in worker


@pytest.mark.requirement("B-7.5.2")
def test_another_worker_is_asked_for_with_a_reason(stage: Stage, client_of: At) -> None:
    order, card = played.carded(stage)
    client, where = client_of(stage.customer), f"/orders/{order.number}/card/refusal/"
    assert client.post(where, {"reason": " "}).status_code == 422
    assert Assignment.objects.get(pk=card.pk).state == AssignmentState.CARDED
    assert client.post(where, {"reason": "想要会做饭的"}).status_code == 303
    order.refresh_from_db()
    assert (order.round, order.selection_reasons[0]["reason"]) == (2, "想要会做饭的")
    desk = client_of(stage.head).get(f"/orders/{order.number}/candidates/").content.decode()
    assert "想要会做饭的" in desk
    assert f'value="{stage.workers[0].pk}"' not in desk


def test_a_worker_declines_with_a_reason(stage: Stage, client_of: At) -> None:
    order, proposal = played.proposed(stage)
    client, where = client_of(stage.people[0]), f"/orders/{order.number}/proposal/refusal/"
    assert client.post(where, {}).status_code == 422
    assert Assignment.objects.get(pk=proposal.pk).state == AssignmentState.PROPOSED
    answer = client.post(where, {"reason": "那天不在临安"}, follow=True)
    # Not to the order, which is not theirs any more: “no such page” after doing what was asked.
    assert answer.redirect_chain == [("/today/", 303)]
    assert "已婉拒" in answer.content.decode()
    assert Assignment.objects.get(pk=proposal.pk).state == AssignmentState.DECLINED


@pytest.mark.parametrize(
    "what", ["card/confirmation", "card/refusal", "proposal/confirmation", "proposal/refusal"]
)
def test_nobody_else_answers(stage: Stage, client_of: At, stranger: Member, what: str) -> None:
    order, card = played.carded(stage)
    for who in (stranger, stage.people[1], stage.rival):
        answer = client_of(who).post(f"/orders/{order.number}/{what}/", {"reason": "不行"})
        assert answer.status_code in (403, 404)
    assert Assignment.objects.get(pk=card.pk).state == AssignmentState.CARDED


@pytest.mark.requirement("B-7.5.2")
def test_who_says_no_and_who_takes_back_stand_in_the_trail(stage: Stage) -> None:
    order = steps.accepted(stage)
    assign.decline(steps.proposed(stage, order), reason="那天有事", by=stage.worker, at=NOON)
    assign.withdraw(steps.proposed(stage, order, 1), reason="另有安排", by=stage.head.actor, at=NOON)
    found = Entry.objects.filter(action__in=["orders.decline_worker", "orders.withdraw"])
    assert {(row.action, row.by_person, row.subject_id) for row in found} == {
        ("orders.decline_worker", stage.people[0].person.pk, str(order.pk)),
        ("orders.withdraw", stage.head.person.pk, str(order.pk)),
    }
