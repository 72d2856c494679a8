"""The order changed and the job that draws the paper up anew has not run yet: nobody puts their name to the old one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.contracts import queries
from anxin.contracts.actions import draft, refusals, review, sign
from anxin.contracts.models import Contract
from anxin.contracts.states import ContractState
from anxin.contracts.tasks import complete_contract, draft_contract
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.orders import public as orders
from anxin.orders.actions import assign, change
from anxin.orders.states import OrderState
from anxin.orders.values import NO_SHOW_MINUTES
from tests.cast import NOON
from tests.contracts.conftest import Deal
from tests.stage import START

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]


def replaced(deal: Deal) -> None:
    """Another worker is agreed on; no job has run."""
    stage = deal.stage
    deal.order.refresh_from_db()
    made = assign.propose(
        deal.order, worker_id=stage.workers[1].pk, score={}, by=deal.head, at=NOON,
        replaces=orders.agreed_assignment(deal.order),
    )  # fmt: skip
    assign.confirm(made, by=stage.people[1].actor, at=NOON)
    assign.agree(made, by=deal.customer, at=NOON)


def moved(deal: Deal) -> None:
    """Another time is agreed on; no job has run."""
    [day] = orders.visits_of(deal.order)
    asked = change.ask_change(
        day, starts_at=START + timedelta(days=4), reason="有事", by=deal.customer, at=NOON
    )
    assert asked is not None
    change.answer_change(asked, agreed=True, seen_total_fen=asked.after_fen, by=deal.head, at=NOON)


@pytest.mark.parametrize("happens", [replaced, moved])
def test_the_agency_does_not_seal_what_is_no_longer_agreed(deal: Deal, happens) -> None:  # type: ignore[no-untyped-def]
    deal.sign()
    happens(deal)
    with pytest.raises(refusals.TextChanged):
        sign.apply_seal(deal.contract, seen=deal.seen, by=deal.head, at=NOON)
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.CONTRACTING
    jobs.drain(NOON)
    assert deal.contract.state == ContractState.READY
    deal.later(minutes=2).sign()
    deal.seal()
    deal.order.refresh_from_db()
    assert deal.order.state == OrderState.SIGNED
    worker = orders.agreed_assignment(deal.order)
    assert worker is not None
    assert deal.contract.assignment_id == worker.pk


def test_a_correction_is_made_on_what_the_contract_says_now(deal: Deal) -> None:
    held = deal.contract
    moved(deal)
    jobs.drain(NOON)
    review.correct(held, wishes={"service.remarks": "请带拖把"}, by=deal.customer, at=NOON)
    assert "24日" in deal.contract.values["service.period"]
    assert deal.contract.values["service.remarks"] == "请带拖把"


def test_a_correction_stays_when_the_facts_are_gathered_by_who_read_before_it(deal: Deal) -> None:
    held = deal.contract
    review.correct(deal.contract, wishes={"service.remarks": "请带拖把"}, by=deal.customer, at=NOON)
    draft.refresh(held, assignment_id=None, by=SYSTEM, at=NOON)
    assert deal.contract.values["service.remarks"] == "请带拖把"


def test_a_job_that_comes_after_the_cancelling_draws_up_nothing(deal: Deal) -> None:
    assignment_id = str(deal.contract.assignment_id)
    change.cancel(deal.order, reason="不需要了", by=deal.customer, at=NOON)
    jobs.drain(NOON)
    draft_contract(at=NOON, order_id=str(deal.order.pk))
    complete_contract(at=NOON, order_id=str(deal.order.pk), assignment_id=assignment_id)
    assert not Contract.objects.filter(order=deal.order).exclude(state=ContractState.VOID).exists()
    assert queries.live_of_order(deal.order.pk) is None


def test_nobody_waits_longer_for_who_does_not_come_than_the_contract_says(deal: Deal) -> None:
    assert "没有按时到达超过三十分钟" in deal.contract.template.source
    assert NO_SHOW_MINUTES.default == NO_SHOW_MINUTES.high == 30
