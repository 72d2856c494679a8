"""A worker grabs: acceptance, assignment, booking and card by one statement; each way to lose has its own answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.audit.models import Entry
from anxin.catalogue import public as catalogue
from anxin.kit import prepared
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import local_date
from anxin.orders import queries
from anxin.orders.actions import grab, offer, refusals
from anxin.orders.actions.taking import reading, writing
from anxin.orders.models import Assignment, Note, Order
from anxin.orders.states import ASSIGNMENT, OFFER, ORDER, OrderState
from anxin.orders.values import AssignmentState
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers
from anxin.workers.models import Affiliation, Booking, Credential, Shift, Worker
from anxin.workers.values import BookingKind, Span
from tests.cast import NOON
from tests.orders.test_accept import opened, queued
from tests.stage import Stage

pytestmark = pytest.mark.django_db


def worker_of(stage: Stage) -> Worker:
    return Worker.objects.get(person_id=stage.worker.person_id)


def nothing_was_written(order: Order) -> bool:
    kept = Order.objects.get(pk=order.pk)
    return (
        (kept.state, kept.provider_id, kept.terms) == (OrderState.SUBMITTED, None, {})
        and not Assignment.objects.filter(order=order).exists()
        and not Note.objects.filter(order=order, kind__in=("accepted", "carded")).exists()
        and not Entry.objects.filter(action__in=("orders.accept", "workers.hold_time")).exists()
        and not any(name == "contracts.draft" for name, _ in queued())
    )


@pytest.mark.requirement("B-7.3.1")
def test_one_grab_writes_everything(stage: Stage):
    order = opened(stage)
    got = grab.grab(order, by=stage.worker, at=NOON)
    kept = Assignment.objects.get(order=order)
    for one in (got, kept):
        assert (one.pk, one.state, one.worker_id, one.round) == (
            kept.pk, AssignmentState.CARDED, worker_of(stage).pk, 1,
        )  # fmt: skip
        assert one.visit_id == order.visits.get().pk and one.due_at == NOON + timedelta(hours=24)
    assert [(h.from_state, h.to_state) for h in kept.history.order_by("id")] == [
        ("", "proposed"), ("proposed", "carded"),
    ]  # fmt: skip
    booking = Booking.objects.get(ref=kept.pk)
    assert (booking.worker_id, booking.kind, booking.state) == (kept.worker_id, "visit", "held")
    assert (booking.span.lower, booking.span.upper) == (order.starts_at, order.ends_at)
    turnover = catalogue.item(order.item_code, order.created_at).turnover_minutes
    assert booking.buffered.upper == order.ends_at + timedelta(minutes=turnover)
    assert (booking.lat, booking.lng) == (order.lat, order.lng)
    row = Order.objects.get(pk=order.pk)
    assert (row.state, row.terms) == (OrderState.ACCEPTED, order.terms) and row.total_fen == 15000
    notes = {n.kind: n for n in Note.objects.filter(order=order, kind__in=("accepted", "carded"))}
    assert {n.audience for n in notes.values()} == {"customer", "customer provider"}
    told = [args["note_id"] for name, args in queued() if name == "orders.tell"]
    assert {notes["accepted"].pk, notes["carded"].pk} <= set(told)
    assert dict(queued())["contracts.draft"] == {"order_id": str(order.pk)}
    acts = Entry.objects.filter(action__in=("orders.accept", "workers.hold_time", "orders.confirm_worker"))
    assert acts.count() == 3 and {e.by_person for e in acts} == {stage.worker.person_id}


def test_who_comes_too_late_costs_one_read_and_changes_nothing(stage: Stage, django_assert_num_queries):
    order = opened(stage)
    offer.accept(order, organisation_id=stage.rival.organisation.pk, by=stage.rival.actor, at=NOON)
    kept, worker = Order.objects.values().get(pk=order.pk), stage.worker
    with django_assert_num_queries(1), pytest.raises(refusals.AlreadyTaken):
        grab.grab(order, by=worker, at=NOON)
    assert Order.objects.values().get(pk=order.pk) == kept
    assert not Assignment.objects.filter(order=order).exists()


def test_without_an_agency_that_allows_it_nobody_grabs(stage: Stage):
    order = opened(stage)
    Affiliation.objects.filter(worker=worker_of(stage)).update(may_grab=False)
    with pytest.raises(refusals.MayNotGrab):
        grab.grab(order, by=stage.worker, at=NOON)
    with pytest.raises(refusals.MayNotGrab):
        grab.grab(order, by=stage.customer.actor, at=NOON)
    assert nothing_was_written(order)


def test_who_is_booked_then_is_told_so(stage: Stage):
    order = opened(stage)
    workers.hold_time(
        worker_id=worker_of(stage).pk, span=Span(order.starts_at, order.ends_at), kind=BookingKind.CLASS,
        ref=None, point=None, turnover_minutes=0, by=SYSTEM, at=NOON,
    )  # fmt: skip
    with pytest.raises(refusals.BusyThen):
        grab.grab(order, by=stage.worker, at=NOON)
    assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED


def test_a_code_that_is_not_green_on_the_day_is_named_alone(stage: Stage):
    order = opened(stage)
    Credential.objects.filter(worker=worker_of(stage), kind="background_check").update(withdrawn_at=NOON)
    with pytest.raises(refusals.CodeNotGreen):
        grab.grab(order, by=stage.worker, at=NOON)
    assert nothing_was_written(order)


def test_a_code_that_turns_while_the_service_runs_is_not_green(stage: Stage):
    order = opened(stage)
    worker = worker_of(stage).pk
    Shift.objects.filter(worker=worker).delete()
    Shift.objects.bulk_create(
        Shift(worker_id=worker, weekday=n, from_minute=0, to_minute=1440) for n in range(7)
    )
    Order.objects.filter(pk=order.pk).update(ends_at=order.starts_at + timedelta(days=5))
    order.refresh_from_db()
    assert queries.obstacles(order, [worker], NOON)[worker] == []
    ends = local_date(order.starts_at) + timedelta(days=2)
    Credential.objects.filter(worker=worker, kind="background_check").update(valid_to=ends)
    assert queries.obstacles(order, [worker], NOON)[worker] == ["服务日安心码不是绿码"]
    with pytest.raises(refusals.CodeNotGreen):
        grab.grab(order, by=stage.worker, at=NOON)
    assert nothing_was_written(order)


def test_every_other_gate_is_named(stage: Stage):
    order = opened(stage)
    Shift.objects.filter(worker=worker_of(stage)).delete()
    with pytest.raises(refusals.NotEligible) as caught:
        grab.grab(order, by=stage.worker, at=NOON)
    words = queries.obstacles(order, [worker_of(stage).pk], NOON)[worker_of(stage).pk]
    assert words and all(word in str(caught.value) for word in words)
    assert nothing_was_written(order)


@pytest.mark.parametrize("overlapping", [True, False])
def test_a_booking_made_after_the_read_is_found_by_the_write(stage: Stage, monkeypatch, overlapping: bool):
    order = opened(stage)
    worker = worker_of(stage).pk
    real = writing.write_grab
    calls = []

    def slow(*args, **more):
        if not calls:
            start = order.starts_at if overlapping else order.starts_at - timedelta(hours=4)
            workers.hold_time(
                worker_id=worker, span=Span(start, start + timedelta(hours=1)),
                kind=BookingKind.VISIT if not overlapping else BookingKind.CLASS, ref=None,
                point=None if overlapping else workers_place(order), turnover_minutes=0, by=SYSTEM, at=NOON,
            )  # fmt: skip
        calls.append(1)
        return real(*args, **more)

    monkeypatch.setattr(writing, "write_grab", slow)
    if overlapping:
        with pytest.raises(refusals.BusyThen):
            grab.grab(order, by=stage.worker, at=NOON)
        assert Order.objects.get(pk=order.pk).state == OrderState.SUBMITTED
    else:
        # The day is another now, but there is still time to come: read again, and taken.
        assert grab.grab(order, by=stage.worker, at=NOON).order_id == order.pk
        assert len(calls) == 2


def workers_place(order: Order):
    from anxin.kit.geo import Point

    return Point(order.lat, order.lng)


def test_the_statement_moves_only_as_the_tables_allow():
    for machine, moves in (
        (ORDER, [writing.ORDER_MOVE]),
        (OFFER, [writing.OFFER_MOVE]),
        (ASSIGNMENT, writing.ASSIGNMENT_MOVES),
    ):
        for old, new in moves:
            assert new == machine.initial if not old else machine.allows(old, new)


def test_the_read_judges_as_the_queries_do(stage: Stage):
    order = opened(stage)
    worker = worker_of(stage).pk
    for change in (
        lambda: None,
        lambda: Credential.objects.filter(worker=worker, kind="insurance").update(withdrawn_at=NOON),
        lambda: Credential.objects.filter(worker=worker, kind="background_check").update(verified_at=None),
        lambda: Shift.objects.filter(worker=worker).delete(),
        lambda: Worker.objects.filter(pk=worker).update(state="paused"),
    ):
        change()
        _, grabber = reading.grabbing(order, by=stage.worker, at=NOON)
        need = queries.wanted(order)
        assert list(grabber.failed) == workers.why_not([worker], need)[worker]
        days = Span(order.starts_at, order.ends_at).days()
        green = worker in safetycode.green_ids([worker], *days)
        assert safetycode.green_through(grabber.facts, *days) is green


@given(st.text(alphabet="ab%() s", max_size=20))
def test_places_of_a_statement_are_numbered_once(text: str):
    query, names = prepared.numbered("%(a)s " + text.replace("%", "%%") + " %(b)s %(a)s")
    assert names == ("a", "b") and query.decode() == f"$1 {text} $2 $1"
