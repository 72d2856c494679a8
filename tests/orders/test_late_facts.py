"""What somebody read before another acted, and what stands open after its time: the order goes by what holds now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.kit.ids import new_id
from anxin.kit.models import Moved, NotAllowed, move
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import change, marks, notify, offer, refusals, ticks, visit
from anxin.orders.models import Note, Order, Visit, Warning
from anxin.orders.states import ORDER, OrderState
from anxin.orders.values import CANCEL_LATE_BP, Side, WarningKind
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from tests import cast
from tests.cast import NOON, Member
from tests.orders import played
from tests.orders.steps import accepted, proposed, signed
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


def test_a_warning_that_breaks_holds_up_no_other(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    order, telling = accepted(stage), ticks.tell

    def breaks(row: Order, kind: str, *args: Any, **values: Any) -> Note:
        if kind == f"warning_{WarningKind.NO_WORKER}":
            raise RuntimeError("a row of before")
        return telling(row, kind, *args, **values)

    monkeypatch.setattr(ticks, "tell", breaks)
    with pytest.raises(ExceptionGroup) as told:
        ticks.tick(at=START)
    assert [str(one) for one in told.value.exceptions] == ["a row of before"]
    assert standing(order) == {WarningKind.CLOSING}
    monkeypatch.undo()
    ticks.tick(at=START)
    assert standing(order) == {WarningKind.CLOSING, WarningKind.NO_WORKER}


def test_a_cancelled_order_has_ended(stage: Stage) -> None:
    order = change.cancel(accepted(stage), reason="不用了", by=stage.customer.actor, at=NOON)
    with pytest.raises(NotAllowed):
        marks.close(order_id=order.pk, at=NOON)
    assert OrderState.CANCELLED in ORDER.final


def test_a_line_is_told_once_even_if_its_job_runs_twice(stage: Stage) -> None:
    order = accepted(stage)
    note = Note.objects.get(order=order, kind="accepted")
    for _ in range(2):
        notify.deliver(note_id=note.pk, sms=True, at=NOON)
    assert Notice.objects.filter(kind="orders.accepted", person=stage.customer.person).count() == 1


@pytest.mark.requirement("D-3b")
def test_a_second_scan_of_who_is_in_already_alarms_nobody(stage: Stage, operations: Member) -> None:
    order, day = played.in_service(stage)
    token = safetycode.display_token(stage.workers[0].pk, START)
    safetycode.suspend(worker_id=stage.workers[0].pk, why="证件过期", by=SYSTEM, at=START)
    lines = Note.objects.filter(order=order).count()
    with pytest.raises(refusals.NotAwaited):
        visit.confirm_entry(day, token=token, point=played.door(order), by=stage.customer.actor, at=START)
    assert Note.objects.filter(order=order).count() == lines
    assert standing(order) == set()


def test_a_worker_reads_by_api_of_their_own_part_alone(stage: Stage, client: Client) -> None:
    order, _day = signed(stage)
    proposed(stage, order, 1)
    bearer = cast.token_of(stage.people[0].person, None, "read", "write")
    told = client.get(f"/api/v1/orders/{order.number}/card/", headers=bearer).json()
    assert told["worker_id"] == str(stage.workers[0].pk)


def test_who_holds_up_the_signing_cannot_charge_the_other_with_not_coming(stage: Stage) -> None:
    order, _day = signed(stage)
    move(order, OrderState.CONTRACTING, by=stage.head.actor, at=NOON, why="repriced")
    marks.mark_waiting(order_id=order.pk, side=Side.CUSTOMER)
    order.refresh_from_db()
    late = START + timedelta(minutes=70)
    terms = queries.cancel_terms_of(order, side=Side.CUSTOMER, at=late)
    assert terms.compensation_bp == 0
    assert terms.fee_bp == 3000


def test_the_scale_of_cancelling_is_the_one_that_was_signed(stage: Stage, operations: Member) -> None:
    order, _day = signed(stage)
    later = NOON + timedelta(hours=1)
    policies.change(
        policy=CANCEL_LATE_BP, value=9000, valid_from=later, reason="旺季", by=operations.actor, at=later
    )
    terms = queries.cancel_terms_of(order, side=Side.CUSTOMER, at=START - timedelta(hours=5))
    assert terms.fee_bp == 1000


def test_a_demand_that_moved_meanwhile_is_not_taken_at_the_old_price(stage: Stage) -> None:
    order = stage.ask()
    seen = queries.offered_order(order.number, stage.head.actor)
    assert seen is not None
    day = queries.visits_of(order)[0]
    change.ask_change(
        day, starts_at=START + timedelta(days=1), reason="有事", by=stage.customer.actor, at=NOON
    )
    with pytest.raises(Moved):
        offer.accept(seen.order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.SUBMITTED


def test_the_notice_of_a_demand_leads_whoever_is_asked_to_where_they_answer(
    stage: Stage, client_of: Callable[..., Client], at_noon: time_machine.Coordinates
) -> None:
    """It led to the order, which an agency does not see before it has taken it: “no such page”."""
    order = stage.ask()
    jobs.drain(NOON)
    url = Notice.objects.get(person=stage.head.id, kind="orders.offered").url
    desk = client_of(stage.head)
    page = desk.get(url)
    assert (page.status_code, page.context["order"].pk) == (200, order.pk)
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert desk.get(url)["Location"] == f"/orders/{order.number}/", "by the same notice, once it is theirs"


def test_a_worker_does_not_set_out_for_a_visit_that_has_just_moved(stage: Stage) -> None:
    _order, day = signed(stage)
    soon = START - timedelta(hours=3)
    held = queries.visit_for_worker(day.pk, stage.worker)
    assert held is not None
    asked = change.ask_change(
        day, starts_at=START + timedelta(days=3), reason="有事", by=stage.customer.actor, at=NOON
    )
    assert asked is not None
    change.answer_change(asked, agreed=True, seen_total_fen=asked.after_fen, by=stage.head.actor, at=NOON)
    with pytest.raises(refusals.TooEarly):
        visit.depart(held, by=stage.worker, at=soon)


def test_an_order_that_has_just_moved_is_not_closed_as_late(stage: Stage) -> None:
    order = accepted(stage)
    late = START + timedelta(minutes=121)
    [found] = queries.unready(late, timedelta(minutes=120))
    Order.objects.filter(pk=order.pk).update(
        starts_at=START + timedelta(days=1), ends_at=END + timedelta(days=1)
    )
    with pytest.raises(NotAllowed):
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


@pytest.mark.parametrize(
    ("mode", "code"), [("live_in", "mode_unknown"), ("anyhow", "malformed"), ("x" * 40, "malformed")]
)
def test_a_mode_that_the_item_has_not_is_refused_before_a_contract_must_name_it(
    stage: Stage, client: Client, mode: str, code: str
) -> None:
    demand = stage.demand
    body = {
        "order_id": str(new_id()), "item_code": "0101", "mode": mode, "quantity": "3",
        "starts_at": demand.starts_at.isoformat(), "ends_at": demand.ends_at.isoformat(),
        "address_id": str(demand.address_id), "scope": dict(demand.scope), "version_id": str(demand.version_id),
    }  # fmt: skip
    bearer = cast.token_of(stage.customer.person, None, "read", "write")
    with time_machine.travel(NOON, tick=False):
        answer = client.post("/api/v1/orders/", body, "application/json", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Order.objects.exists()
