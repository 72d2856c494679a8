"""Who may speak for an order, who learns of the door, and whose time is held: tried from the wrong side."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict
from anxin.kit.models import NotAllowed
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import assign, change, refusals, ticks, visit
from anxin.orders.actions.demand import submit_demand
from anxin.orders.models import Assignment, Change, Order, Visit
from anxin.orders.states import AssignmentState, OrderState
from anxin.orders.values import Side, WarningKind
from anxin.safetycode import public as safetycode
from anxin.workers.models import Credential
from tests import cast
from tests.cast import NOON
from tests.orders.steps import (
    accepted,
    agreed,
    assert_time_is_held_for_the_live_alone,
    carded,
    proposed,
    signed,
)
from tests.stage import START, Stage

pytestmark = pytest.mark.django_db
LATER = (START + timedelta(days=1)).isoformat()


def test_a_post_that_only_reads_can_neither_cancel_nor_move_nor_answer(stage: Stage, client, jia_finance):
    order, day = signed(stage)
    asked = change.ask_change(
        day, starts_at=START + timedelta(days=1), reason="有事", by=stage.customer.actor, at=NOON
    )
    bearer = cast.token_of(jia_finance.person, jia_finance.appointment, "read", "write")
    calls = {
        f"/api/v1/orders/{order.number}/cancellation/": {"reason": "不做了"},
        f"/api/v1/visits/{day.pk}/change/": {"reason": "改期", "starts_at": LATER},
        f"/api/v1/changes/{asked.pk}/answer/": {"agreed": True},
        f"/api/v1/changes/{asked.pk}/withdrawal/": {},
    }
    for path, body in calls.items():
        answer = client.post(path, body, "application/json", headers=bearer)
        assert answer.status_code == 404, path
    order.refresh_from_db()
    asked.refresh_from_db()
    assert (order.state, asked.state) == (OrderState.SIGNED, "asked")


def test_the_worker_cannot_speak_for_the_agency_over_the_api(stage: Stage, client):
    order, day = signed(stage)
    bearer = cast.token_of(stage.people[0].person, None, "read", "write")
    for path, body in {
        f"/api/v1/orders/{order.number}/cancellation/": {"reason": "不做了"},
        f"/api/v1/visits/{day.pk}/change/": {"reason": "改期", "starts_at": LATER},
    }.items():
        assert client.post(path, body, "application/json", headers=bearer).status_code == 404, path
    assert not Change.objects.exists()


def test_a_worker_learns_of_the_door_when_the_customer_has_agreed(stage: Stage, client, client_of):
    order = accepted(stage)
    proposal = proposed(stage, order)
    bearer = cast.token_of(stage.people[0].person)
    secrets = (order.place["detail"], order.place["phone"], order.place["contact"])

    def seen() -> list[bool]:
        told = str(client.get(f"/api/v1/orders/{order.number}/", headers=bearer).json())
        page = client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
        return [secret in told for secret in secrets] + [secret in page for secret in secrets[:2]]

    assert seen() == [False] * 5
    assign.confirm(proposal, by=stage.worker, at=NOON)
    assert seen() == [False] * 5
    assign.agree(proposal, by=stage.customer.actor, at=NOON)
    assert seen()[:3] == [True] * 3


def test_who_is_asked_to_stand_in_does_not_learn_of_the_door_either(stage: Stage, client_of):
    order, _day = signed(stage)
    proposed(stage, order, 1)
    page = client_of(stage.people[1]).get(f"/orders/{order.number}/").content.decode()
    assert order.place["phone"] not in page
    assert order.place["detail"] not in page
    assert f"/orders/{order.number}/proposal/confirmation/" in page
    # The one who comes keeps their own page meanwhile.
    page = client_of(stage.people[0]).get(f"/orders/{order.number}/").content.decode()
    assert order.place["detail"] in page
    assert "proposal/confirmation" not in page


def test_the_customer_can_answer_to_a_replacement_after_signing(stage: Stage, client_of):
    order, _day = signed(stage)
    carded(stage, order, 1)
    page = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert f"/orders/{order.number}/card/confirmation/" in page


def test_an_agreed_worker_cannot_be_withdrawn(stage: Stage):
    assignment = agreed(stage)
    with pytest.raises(refusals.AlreadyAgreed):
        assign.withdraw(assignment, reason="换人", by=stage.head.actor, at=NOON)
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.AGREED
    assert_time_is_held_for_the_live_alone()


def test_nobody_is_proposed_for_an_order_that_was_cancelled_meanwhile(stage: Stage):
    order = accepted(stage)
    stale = Order.objects.get(pk=order.pk)
    change.cancel(order, reason="不需要了", by=stage.customer.actor, at=NOON)
    with pytest.raises(NotAllowed):
        proposed(stage, stale)
    assert not Assignment.objects.exists()
    assert_time_is_held_for_the_live_alone()


def test_who_was_to_come_is_told_of_the_cancelling(stage: Stage):
    order, _day = signed(stage)
    jobs.drain(NOON)
    change.cancel(order, reason="不需要了", by=stage.customer.actor, at=NOON + timedelta(hours=1))
    jobs.drain(NOON + timedelta(hours=1))
    told = Notice.objects.filter(person=stage.people[0].id, kind="orders.cancelled")
    assert told.count() == 1
    assert order.number not in told.get().url


def test_who_was_rejected_or_replaced_is_told(stage: Stage):
    order = accepted(stage)
    assign.reject(carded(stage, order), reason="想要有经验的", by=stage.customer.actor, at=NOON)
    jobs.drain(NOON)
    assert Notice.objects.filter(person=stage.people[0].id, kind="orders.rejected").exists()


@pytest.mark.parametrize("verb", ["decline", "reject", "withdraw", "lapse", "cancel", "replace"])
def test_every_way_out_gives_the_time_back(stage: Stage, verb: str):
    by, at = stage.head.actor, NOON + timedelta(minutes=5)
    if verb == "replace":
        assignment = agreed(stage)
        stand_in = carded(stage, Order.objects.get(pk=assignment.order_id), 1)
        assert_time_is_held_for_the_live_alone()
        stand_in = Assignment.objects.get(pk=stand_in.pk)
        assign.agree(stand_in, by=stage.customer.actor, at=at)
    else:
        order = accepted(stage)
        assignment = proposed(stage, order) if verb == "decline" else carded(stage, order)
        assert_time_is_held_for_the_live_alone()
        match verb:
            case "decline":
                assign.decline(assignment, reason="家里有事", by=stage.worker, at=at)
            case "reject":
                assign.reject(assignment, reason="想换一位", by=stage.customer.actor, at=at)
            case "withdraw":
                assign.withdraw(assignment, reason="另有安排", by=by, at=at)
            case "lapse":
                assign.lapse(assignment, at=at)
            case "cancel":
                change.cancel(order, reason="不需要了", by=stage.customer.actor, at=at)
    assignment.refresh_from_db()
    assert assignment.state not in ("proposed", "carded", "agreed")
    assert_time_is_held_for_the_live_alone()


def test_a_second_answer_changes_nothing(stage: Stage):
    assignment = agreed(stage)
    stale = Assignment(
        **{f.attname: getattr(assignment, f.attname) for f in Assignment._meta.concrete_fields}
    )
    stale.state = "carded"
    for again in (
        lambda: assign.agree(stale, by=stage.customer.actor, at=NOON),
        lambda: assign.reject(stale, reason="换", by=stage.customer.actor, at=NOON),
        lambda: assign.lapse(stale, at=NOON),
    ):
        with pytest.raises(Conflict):
            again()
    assignment.refresh_from_db()
    assert assignment.state == AssignmentState.AGREED
    assert_time_is_held_for_the_live_alone()


def test_a_change_is_not_agreed_to_when_its_time_has_passed(stage: Stage):
    order, day = signed(stage)
    sooner = NOON + timedelta(hours=5)
    asked = change.ask_change(day, starts_at=sooner, reason="想早一点", by=stage.customer.actor, at=NOON)
    asked = Change.objects.select_related("order__customer", "visit").get(pk=asked.pk)
    with pytest.raises(refusals.TooSoon):
        change.answer_change(asked, agreed=True, by=stage.head.actor, at=sooner + timedelta(minutes=1))
    day.refresh_from_db()
    asked.refresh_from_db()
    assert (day.starts_at, asked.state) == (START, "asked")
    assert_time_is_held_for_the_live_alone()


def test_a_stand_in_still_asked_is_let_go_when_the_service_begins(stage: Stage):
    order, day = signed(stage)
    stand_in = carded(stage, order, 1)
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=30))
    visit.arrive(day, point=None, by=stage.worker, at=START)
    token = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=token, point=None, by=stage.customer.actor, at=START)
    stand_in.refresh_from_db()
    assert stand_in.state == AssignmentState.WITHDRAWN
    with pytest.raises(Conflict):
        assign.agree(stand_in, by=stage.customer.actor, at=START)
    assert_time_is_held_for_the_live_alone()


def test_one_order_that_cannot_go_on_does_not_stop_the_clock(stage: Stage, monkeypatch):
    order = accepted(stage)
    carded(stage, order)

    def refuse(*_args: object, **_kwargs: object) -> None:
        raise NotAllowed

    monkeypatch.setattr(ticks.queries, "due_confirmations", lambda *_: [object()])
    monkeypatch.setattr(ticks.visit, "confirm_by_clock", refuse)
    ticks.tick(at=START)
    assert Assignment.objects.get(order=order).state == AssignmentState.LAPSED
    assert_time_is_held_for_the_live_alone()


def test_one_order_at_which_the_clock_breaks_holds_up_no_other_and_is_heard_of(stage: Stage, monkeypatch):
    first, second = accepted(stage), accepted(stage)
    close = change.close_unready

    def broken(order: Order, **more: object) -> Order:
        if order.pk == min(first.pk, second.pk):
            raise RuntimeError("no such item")
        return close(order, **more)

    monkeypatch.setattr(ticks.change, "close_unready", broken)
    rows = Order.objects.order_by("pk").select_related("customer")
    monkeypatch.setattr(ticks.queries, "unready", lambda *_: rows)
    with pytest.raises(ExceptionGroup) as told:
        ticks.tick(at=START + timedelta(hours=3))
    assert [str(one) for one in told.value.exceptions] == ["no such item"]
    assert [row.state for row in rows.all()] == [OrderState.ACCEPTED, OrderState.CANCELLED]


def test_an_agencys_failing_costs_the_customer_nothing(stage: Stage):
    order, _day = signed(stage)
    late = START + timedelta(minutes=30)
    assert queries.cancel_terms_of(order, side=Side.CUSTOMER, at=late - timedelta(minutes=1)).fee_bp
    found = queries.cancel_terms_of(order, side=Side.CUSTOMER, at=late)
    assert (found.fee_bp, found.compensation_bp) == (0, 3000)


def test_a_contract_that_was_never_signed_costs_nobody_anything(stage: Stage):
    order = Order.objects.get(pk=agreed(stage).order_id)
    assert order.state == OrderState.CONTRACTING
    for side in (Side.CUSTOMER, Side.AGENCY):
        found = queries.cancel_terms_of(order, side=side, at=START - timedelta(minutes=30))
        assert (found.allowed, found.fee_bp, found.compensation_bp) == (True, 0, 0)


def test_the_agency_is_warned_when_the_code_of_who_comes_is_not_green(stage: Stage):
    order, day = signed(stage)
    ticks.warn(at=START - timedelta(hours=20))
    assert not day.warnings.exists()
    safetycode.suspend(worker_id=stage.workers[0].pk, why="复核", by=SYSTEM, at=START - timedelta(hours=20))
    ticks.warn(at=START - timedelta(hours=19))
    ticks.warn(at=START - timedelta(hours=19))
    assert day.warnings.get().kind == WarningKind.CODE_NOT_GREEN
    jobs.drain(START - timedelta(hours=19))
    assert Notice.objects.filter(person=stage.head.id, kind="orders.warning_code_not_green").count() == 1
    assert queries.cancel_terms_of(order, side=Side.CUSTOMER, at=START - timedelta(hours=1)).fee_bp == 0
    assign.agree(carded(stage, order, 1), by=stage.customer.actor, at=NOON)
    ticks.warn(at=START - timedelta(hours=18))
    assert day.warnings.get().cleared_at is not None


def test_the_agency_is_warned_when_that_code_turns_before_the_service_ends(stage: Stage):
    order, day = signed(stage)
    Visit.objects.filter(pk=day.pk).update(ends_at=START + timedelta(days=5))
    ticks.warn(at=START - timedelta(hours=20))
    assert not day.warnings.exists()
    ends = local_date(START) + timedelta(days=2)
    Credential.objects.filter(worker=stage.workers[0], kind="background_check").update(valid_to=ends)
    ticks.warn(at=START - timedelta(hours=19))
    assert day.warnings.get().kind == WarningKind.CODE_NOT_GREEN


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"headcount": 3}, refusals.TwoAtMost),
        ({"ends_at": START + timedelta(hours=9)}, refusals.LongerThanPaid),
        ({"starts_at": datetime(9999, 12, 31, 20, tzinfo=UTC), "ends_at": datetime(9999, 12, 31, 23, tzinfo=UTC)},
         refusals.TooFarAhead),
    ],
)  # fmt: skip
def test_a_demand_nobody_could_serve_is_refused(stage: Stage, wrong, refusal):
    with pytest.raises(refusal):
        stage.ask(**wrong)
    assert not Order.objects.exists()


def test_the_key_of_anothers_order_gives_nothing(stage: Stage, zhou_min):
    order = stage.ask()
    with pytest.raises(refusals.OrderUnknown):
        submit_demand(stage.demand, order_id=order.pk, by=zhou_min.actor, at=NOON)


def test_an_order_cancelled_meanwhile_is_laid_before_nobody(stage):
    """The job that asks the next agency holds a row that was read before the customer cancelled."""
    from anxin.orders.actions import offer
    from anxin.orders.models import Offer, Order

    order = stage.ask()
    stale = Order.objects.get(pk=order.pk)
    change.cancel(order, reason="不需要了", by=stage.customer.actor, at=NOON)
    before = Offer.objects.filter(order=order, state="open").count()
    with pytest.raises(refusals.AlreadyTaken):
        offer.offer_to(stale, organisation_id=None, by=SYSTEM, at=NOON)
    assert (before, Offer.objects.filter(order=order, state="open").count()) == (0, 0)
