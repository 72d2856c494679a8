"""Cancelling, moving, warnings and the door, as pure tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.kit.geo import Point
from anxin.orders import rules
from anxin.orders.states import ASSIGNMENT, OFFER, ORDER, VISIT, OrderState, VisitState
from anxin.orders.values import Side, WarningKind

POLICY = rules.CancelPolicy(free_hours=24, short_hours=2, late_bp=1000, short_bp=3000, door_bp=5000)
START = datetime(2026, 3, 20, 6, 0, tzinfo=UTC)
GRACE = rules.Grace(contact_before=120, depart=10, entry=15, overrun=30)


def terms(side: Side = Side.CUSTOMER, **changes: object) -> rules.CancelTerms:
    facts = {
        "state": OrderState.SIGNED,
        "visit_states": [VisitState.PLANNED],
        "until_start": timedelta(hours=30),
        "policy": POLICY,
        **changes,
    }
    return rules.cancel_terms(side=side, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("machine", [ORDER, VISIT, ASSIGNMENT, OFFER], ids=lambda m: m.name)
def test_every_state_is_reached_from_the_first_one(machine):
    seen, todo = set(), [machine.initial]
    while todo:
        state = todo.pop()
        if state not in seen:
            seen.add(state)
            todo.extend(machine.next(state))
    assert seen == set(machine.states)


@pytest.mark.parametrize(
    ("hours", "fee"), [(30, 0), (24, 0), (23.9, 1000), (2, 1000), (1.9, 3000), (-1, 3000)]
)
def test_the_customer_pays_by_the_time_left(hours, fee):
    found = terms(until_start=timedelta(hours=hours))
    assert (found.allowed, found.fee_bp, found.compensation_bp) == (True, fee, 0)


def test_both_sides_answer_to_one_table():
    late = timedelta(hours=1)
    assert (
        terms(Side.CUSTOMER, until_start=late).fee_bp == terms(Side.AGENCY, until_start=late).compensation_bp
    )


@pytest.mark.parametrize(
    "state", [OrderState.COMPLETED, OrderState.PAID, OrderState.CANCELLED, OrderState.CLOSED]
)
def test_what_is_over_is_not_called_begun(state):
    """Whoever came back to the page of a cancelled order read that the service had begun."""
    found, moved = terms(state=state), rules.change_terms(state=state, visit_state=VisitState.CANCELLED)
    assert not found.allowed
    assert not moved.allowed
    for reason in (found.reason, moved.reason):
        assert "开始" not in reason
        assert "出发" not in reason
        assert ("取消" in reason) is (state is OrderState.CANCELLED)


def test_before_the_contract_cancelling_is_free_even_at_the_last_minute():
    for state in rules.BEFORE_CONTRACT:
        assert terms(state=state, until_start=timedelta(minutes=1)).fee_bp == 0


def test_once_the_worker_is_on_the_way_half_is_due():
    assert terms(visit_states=[VisitState.EN_ROUTE], until_start=timedelta(hours=30)).fee_bp == 5000


def test_what_the_platform_calls_off_costs_nobody_anything():
    for minutes in (0, 60, 24 * 60):
        found = terms(Side.PLATFORM, until_start=timedelta(minutes=minutes))
        assert (found.allowed, found.fee_bp, found.compensation_bp) == (True, 0, 0)


def test_who_is_at_fault_pays_whoever_cancels():
    found = terms(Side.CUSTOMER, until_start=timedelta(minutes=1), at_fault=Side.AGENCY)
    assert (found.fee_bp, found.compensation_bp) == (0, 3000)


@given(
    st.sampled_from(list(OrderState)),
    st.lists(st.sampled_from(list(VisitState)), max_size=3),
    st.sampled_from(list(Side)),
    st.integers(-1000, 10_000),
)
def test_nobody_ever_pays_twice_or_for_what_cannot_be_cancelled(state, visits, side, minutes):
    found = terms(side, state=state, visit_states=visits, until_start=timedelta(minutes=minutes))
    assert not (found.fee_bp and found.compensation_bp)
    if not ORDER.allows(state, OrderState.CANCELLED):
        assert not found.allowed
    if not found.allowed:
        assert found.fee_bp == found.compensation_bp == 0


def test_a_visit_moves_freely_before_acceptance_by_consent_after_and_never_on_the_way():
    table = {
        (state, visit): rules.change_terms(state=state, visit_state=visit)
        for state, visit in product(OrderState, VisitState)
    }
    assert table[OrderState.SUBMITTED, VisitState.PLANNED] == rules.ChangeTerms(
        True, False, table[OrderState.SUBMITTED, VisitState.PLANNED].reason
    )
    assert table[OrderState.SIGNED, VisitState.PLANNED].needs_consent
    assert not any(found.allowed for (_, visit), found in table.items() if visit != VisitState.PLANNED)
    assert not table[OrderState.CLOSED, VisitState.PLANNED].allowed


def clock(**changes: object) -> rules.VisitClock:
    facts = {
        "order_state": OrderState.SIGNED, "state": VisitState.PLANNED, "starts_at": START,
        "ends_at": START + timedelta(hours=3), "travel_minutes": 30, "contacted_at": None, "arrived_at": None,
        "done_at": None, "has_worker": True, **changes,
    }  # fmt: skip
    return rules.VisitClock(**facts)  # type: ignore[arg-type]


@pytest.mark.requirement("C-5.4.6")
@pytest.mark.parametrize(
    ("changes", "minutes", "expected"),
    [
        ({}, -200, set()),
        ({}, -119, {WarningKind.NOT_CONTACTED}),
        ({}, 9, {WarningKind.NOT_CONTACTED, WarningKind.LATE_DEPARTURE}),
        ({}, 60 * 24 * 3, {WarningKind.LATE_DEPARTURE, WarningKind.LATE_ARRIVAL}),
        ({"contacted_at": START}, -21, set()),
        ({"contacted_at": START}, -19, {WarningKind.LATE_DEPARTURE}),
        ({"state": VisitState.EN_ROUTE}, 9, set()),
        ({"state": VisitState.EN_ROUTE}, 11, {WarningKind.LATE_ARRIVAL}),
        ({"state": VisitState.ARRIVED, "arrived_at": START}, 14, set()),
        ({"state": VisitState.ARRIVED, "arrived_at": START}, 16, {WarningKind.NO_ENTRY}),
        ({"state": VisitState.IN_SERVICE}, 209, set()),
        ({"state": VisitState.IN_SERVICE}, 211, {WarningKind.OVERRUN}),
        ({"state": VisitState.DONE, "done_at": START}, 24 * 60 + 1, {WarningKind.UNCONFIRMED}),
        ({"order_state": OrderState.ACCEPTED, "has_worker": False}, -239, {WarningKind.NO_WORKER}),
        ({"order_state": OrderState.CONTRACTING}, -239, {WarningKind.UNSIGNED}),
        ({"order_state": OrderState.CANCELLED}, 500, set()),
    ],
)
def test_each_missing_step_warns_in_its_time(changes, minutes, expected):
    assert rules.due_warnings(clock(**changes), START + timedelta(minutes=minutes), GRACE) == expected


def door(**changes: object) -> rules.EntryFacts:
    facts = {
        "code_worker": "w1", "assigned_workers": frozenset({"w1"}), "green": True, "visit_state": VisitState.ARRIVED,
        "here": Point(30.236, 119.718), "door": Point(30.2358, 119.7181), "radius_m": 800, **changes,
    }  # fmt: skip
    return rules.EntryFacts(**facts)  # type: ignore[arg-type]


@pytest.mark.requirement("D-3b")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"here": None}, None),
        ({"code_worker": "w2"}, "wrong_worker"),
        ({"green": False}, "not_green"),
        ({"visit_state": VisitState.PLANNED}, "not_arrived"),
        ({"here": Point(30.3, 119.7)}, "wrong_place"),
        ({"code_worker": "w2", "green": False}, "wrong_worker"),
    ],
)
def test_the_door_opens_only_for_the_right_worker_in_green_here_and_now(changes, expected):
    assert rules.entry_refusal(door(**changes)) == expected
