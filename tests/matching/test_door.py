"""Not green: not offered and told why; at the door: no entry, all are told what happens now, a substitute is sought."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.kit.geo import Point
from anxin.matching import actions, queries
from anxin.notices.models import Notice
from anxin.orders import public as orders
from anxin.orders.actions import assign, refusals, visit
from anxin.orders.models import Assignment, Note, Order, Visit, Warning
from anxin.orders.states import AssignmentState, OrderState, VisitState
from anxin.orders.values import ENTRY_FAR_ALLOWED, Side
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import Scan
from tests.cast import NOON
from tests.orders import played
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-5.3.8")]


def stop(stage: Stage, who: int = 0, at: object = START) -> None:
    safetycode.suspend(worker_id=stage.workers[who].pk, why="投诉核查", by=SYSTEM, at=at)  # type: ignore[arg-type]


def scanned(stage: Stage, day: Visit, point: Point | None = None) -> Visit:
    token = safetycode.display_token(stage.workers[0].pk, START)
    here = point or played.door(day.order)
    return visit.confirm_entry(day, token=token, point=here, by=stage.customer.actor, at=START)


def told(kind: str) -> set[object]:
    return set(Notice.objects.filter(kind=kind).values_list("person_id", flat=True))


def test_who_is_not_green_is_not_offered_and_they_and_the_agency_are_told_why(stage: Stage) -> None:
    stop(stage, at=NOON)
    order = played.accepted(stage)
    assert stage.workers[0].pk not in {one.worker_id for one in queries.rank(order, NOON)}
    with pytest.raises(orders.NotEligible) as refused:
        actions.propose(order=order, worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON)
    assert "服务日安心码不是绿码" in str(refused.value)
    assert not Assignment.objects.filter(order=order).exists()
    notice = Notice.objects.get(kind="matching.kept_out", person=stage.people[0].person)
    assert notice.params["order"] == order.number
    assert {stage.people[0].person.pk, stage.head.person.pk} <= told("matching.kept_out")


def test_who_is_kept_out_by_something_else_gets_no_word_about_their_code(stage: Stage) -> None:
    order, _ = played.proposed(stage)
    with pytest.raises(orders.NotEligible):
        actions.propose(
            order=played.accepted(stage), worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON
        )
    assert order.number and not Notice.objects.filter(kind="matching.kept_out").exists()


def test_at_the_door_the_visit_does_not_start_and_all_three_are_told_what_happens_now(stage: Stage) -> None:
    order, day = played.arrived(stage)
    stop(stage)
    with pytest.raises(refusals.NotGreen) as refused:
        scanned(stage, day)
    assert "正在为您找" in str(refused.value)
    jobs.drain(START)
    day.refresh_from_db()
    order.refresh_from_db()
    assert (day.state, order.state) == (VisitState.ARRIVED, OrderState.SIGNED)
    assert Scan.objects.get(visit_ref=day.pk).colour == "red"
    assert {stage.customer.person.pk, stage.head.person.pk, stage.people[0].person.pk} <= told(
        "orders.entry_not_green"
    )
    assert Warning.objects.filter(visit=day, kind="code_not_green", cleared_at=None).count() == 1
    # The agency answers for it: whoever cancels now owes nothing.
    assert orders.cancel_terms_of(order, side=Side.CUSTOMER, at=START).fee_bp == 0


def test_a_substitute_is_proposed_at_once_and_takes_over_once_both_agree(stage: Stage) -> None:
    order, day = played.arrived(stage)
    stop(stage)
    with pytest.raises(refusals.NotGreen):
        scanned(stage, day)
    jobs.drain(START)
    new = Assignment.objects.select_related("order__customer", "visit").get(order=order, state="proposed")
    assert new.worker_id == stage.workers[1].pk
    assert new.replaces is not None and new.replaces.worker_id == stage.workers[0].pk
    assert Note.objects.filter(order=order, kind="substitute_found").count() == 1
    # A second scan of the same code asks nobody else.
    with pytest.raises(refusals.NotGreen):
        scanned(stage, day)
    jobs.drain(START + timedelta(minutes=1))
    assert Assignment.objects.filter(order=order, state="proposed").count() == 1
    assign.confirm(new, by=stage.people[1].actor, at=START)
    assign.agree(new, by=stage.customer.actor, at=START)
    states = dict(Assignment.objects.filter(order=order).values_list("worker_id", "state"))
    assert states == {
        stage.workers[0].pk: AssignmentState.REPLACED, stage.workers[1].pk: AssignmentState.AGREED,
    }  # fmt: skip
    assert Visit.objects.get(pk=day.pk).state == VisitState.PLANNED


def test_where_nobody_can_come_customer_and_agency_are_told_so(stage: Stage) -> None:
    order, day = played.arrived(stage)
    for who in range(len(stage.workers)):
        stop(stage, who)
    with pytest.raises(refusals.NotGreen):
        scanned(stage, day)
    jobs.drain(START)
    assert {stage.customer.person.pk, stage.head.person.pk} <= told("orders.no_substitute")
    assert Assignment.objects.get(order=order).state == AssignmentState.AGREED


def test_a_code_that_is_green_again_needs_no_substitute(stage: Stage) -> None:
    order, day = played.arrived(stage)
    stop(stage)
    with pytest.raises(refusals.NotGreen):
        scanned(stage, day)
    safetycode.restore(worker_id=stage.workers[0].pk, why="已查清", by=SYSTEM, at=START)
    jobs.drain(START)
    assert Assignment.objects.get(order=order).state == AssignmentState.AGREED
    assert scanned(stage, day).state == VisitState.IN_SERVICE


@pytest.mark.requirement("D-3b")
def test_far_from_the_door_the_distance_is_told_and_policy_decides(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, day = played.arrived(stage)
    away = Point(order.lat + 0.02, order.lng)
    with pytest.raises(refusals.WrongPlace, match=r"约 2\.2 公里"):
        scanned(stage, day, away)
    read = policies.read
    monkeypatch.setattr(
        visit.policies, "read", lambda rule, at: True if rule is ENTRY_FAR_ALLOWED else read(rule, at=at)
    )
    scanned(stage, day, away)
    jobs.drain(START)
    assert Visit.objects.get(pk=day.pk).entry_place == "far"
    assert stage.head.person.pk in told("orders.entry_place_far")
    assert Order.objects.get(pk=order.pk).state == OrderState.IN_SERVICE
