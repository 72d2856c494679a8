"""The published score."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.kit.geo import Point
from anxin.matching.engine.ranking.points import WHOLE, Weights, near, rating
from anxin.matching.engine.score import rank, score, weights
from anxin.matching.values import NUMBERS, Component, Order, Rules
from anxin.workers.values import AffiliationKind, CandidateFacts, StandingFacts

RULES = Rules(
    {"near": 0.3, "rating": 0.2, "experience": 0.1, "credit": 0.15, "fairness": 0.15, "continuity": 0.1},
    5000, 4.5, 10, 8, 12, 3,
)  # fmt: skip
DOOR = Point(30.2358, 119.7181)


def candidate(
    number: str = "W1", *, lat: float = 30.24, years: float = 3, **standing: float
) -> CandidateFacts:
    return CandidateFacts(
        worker_id=uuid4(), number=number, organisation_id=uuid4(), affiliation_kind=AffiliationKind.EMPLOYEE,
        may_grab=True, point=Point(lat, 119.7181), skill_level=5, years=years,
        standing=StandingFacts(**standing),  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_engine_alone_ranks_by_the_numbers_that_hold_until_the_operator_changes_one():
    assert weights(Rules.of({policy.key: policy.default for policy in NUMBERS})) == Weights()


@pytest.mark.requirement("E-6")
def test_the_total_is_the_sum_of_what_is_shown():
    found = score(candidate(rating_sum=45, rating_count=10, credit_score=90, recent_orders=3), DOOR, RULES)
    assert {part.component for part in found.scores} == set(Component)
    assert found.total == pytest.approx(sum(part.points for part in found.scores))
    assert all(part.fact for part in found.scores)


@pytest.mark.requirement("A-6.4.2")
def test_nearer_is_better_all_else_equal_and_better_rated_is_better_all_else_equal():
    near_one, far_one = candidate("W1", lat=30.24), candidate("W2", lat=30.40)
    assert [r.number for r in rank([far_one, near_one], DOOR, RULES)] == ["W1", "W2"]
    good, poor = (
        candidate("W3", rating_sum=98, rating_count=20),
        candidate("W4", rating_sum=60, rating_count=20),
    )
    assert [r.number for r in rank([poor, good], DOOR, RULES)] == ["W3", "W4"]


def test_one_perfect_review_does_not_beat_fifty_very_good_ones():
    assert rating(500, 1, 450, 10) < rating(480 * 50, 50, 450, 10)


def test_a_worker_whose_home_is_unknown_is_not_taken_for_a_neighbour():
    unknown = CandidateFacts(
        **{**{f: getattr(candidate(), f) for f in CandidateFacts.__slots__}, "point": None}
    )
    assert score(unknown, DOOR, RULES).total < score(candidate(lat=30.5), DOOR, RULES).total


def test_the_plain_order_uses_nothing_personal():
    workers = [candidate(f"W{n}", lat=30 + n / 50, recent_orders=n) for n in (3, 1, 2)]
    assert [r.number for r in rank(workers, DOOR, RULES, Order.PLAIN)] == ["W1", "W2", "W3"]


@settings(deadline=None)
@given(st.integers(0, 500_000), st.integers(0, 500_000))
def test_near_falls_with_distance_and_stays_between_nought_and_one(a, b):
    low, high = sorted((a, b))
    assert 0 < near(high, 5000) <= near(low, 5000) <= WHOLE


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(29, 31), st.floats(0, 40), st.integers(0, 200), st.integers(0, 100), st.integers(0, 60)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_score_lies_between_nought_and_a_hundred_and_the_order_is_deterministic(people):
    workers = [
        candidate(f"W{n}", lat=lat, years=years, rating_sum=4.2 * count, rating_count=count, credit_score=credit,
                  recent_orders=recent)
        for n, (lat, years, count, credit, recent) in enumerate(people)
    ]  # fmt: skip
    first = rank(workers, DOOR, RULES)
    assert all(0 <= r.total <= 100.0001 for r in first)
    assert [r.number for r in first] == [r.number for r in rank(reversed(workers), DOOR, RULES)]
