"""The one travel rule, and the arithmetic of weeks: properties over many cases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.kit.geo import Point, distance_m, travel_minutes
from anxin.workers import rules
from anxin.workers.values import Span

POINTS = st.builds(Point, st.floats(29.9, 30.5), st.floats(118.8, 119.9))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))
GAPS = st.integers(0, 400)


@given(POINTS, POINTS, MOMENTS, GAPS)
def test_travel_fits_exactly_from_the_minutes_it_takes(a: Point, b: Point, t: datetime, gap: int) -> None:
    fits = rules.travel_fits(a, t, b, t + timedelta(minutes=gap))
    assert fits == (gap >= travel_minutes(a, b, rules.SPEED_KMH))


@given(POINTS, POINTS, MOMENTS, GAPS)
def test_travel_is_the_same_both_ways(a: Point, b: Point, t: datetime, gap: int) -> None:
    later = t + timedelta(minutes=gap)
    assert rules.travel_fits(a, t, b, later) == rules.travel_fits(b, t, a, later)


@given(POINTS, POINTS, MOMENTS, GAPS, GAPS)
def test_more_time_never_hurts(a: Point, b: Point, t: datetime, gap: int, more: int) -> None:
    if rules.travel_fits(a, t, b, t + timedelta(minutes=gap)):
        assert rules.travel_fits(a, t, b, t + timedelta(minutes=gap + more))


@given(POINTS, POINTS, POINTS, MOMENTS)
def test_a_nearer_place_is_never_harder_to_reach(a: Point, b: Point, c: Point, t: datetime) -> None:
    near, far = sorted((b, c), key=lambda p: distance_m(a, p))
    end = t + timedelta(minutes=travel_minutes(a, far, rules.SPEED_KMH))
    assert rules.travel_fits(a, t, near, end)


@given(POINTS, MOMENTS, GAPS)
def test_a_place_unknown_asks_for_no_travel_but_time_runs_forward(a: Point, t: datetime, gap: int) -> None:
    later = t + timedelta(minutes=gap)
    assert rules.travel_fits(None, t, a, later)
    assert rules.travel_fits(a, t, None, later)
    if gap:
        assert not rules.travel_fits(None, later, a, t)


@given(MOMENTS, st.integers(1, 7 * 1440 - 1))
def test_the_pieces_of_a_week_add_up_to_the_span(t: datetime, minutes: int) -> None:
    start = t.replace(second=0, microsecond=0)
    pieces = rules.week_pieces(Span(start, start + timedelta(minutes=minutes)))
    assert sum(b - a for a, b in pieces) == minutes
    assert all(0 <= a < b <= rules.WEEK_MINUTES for a, b in pieces)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 80)), max_size=6), st.integers(0, 10_000),
       st.integers(1, 80))  # fmt: skip
def test_covered_means_every_minute_is(shifts: list[tuple[int, int]], start: int, length: int) -> None:
    spans = [(a, a + n) for a, n in shifts]
    minutes = {m for a, b in spans for m in range(a, b)}
    wanted = (start, start + length)
    assert rules.covered([wanted], spans) == (set(range(*wanted)) <= minutes)


def test_service_days_are_those_of_lin_an_and_the_end_is_exclusive() -> None:
    evening = Span(datetime(2026, 3, 20, 10, tzinfo=UTC), datetime(2026, 3, 20, 16, tzinfo=UTC))
    assert [d.isoformat() for d in rules.service_days(evening)] == ["2026-03-20", "2026-03-20"]
    night = Span(evening.start, datetime(2026, 3, 20, 16, 1, tzinfo=UTC))
    assert rules.service_days(night)[1].isoformat() == "2026-03-21"


@pytest.mark.parametrize("end", [0, -1])
def test_an_empty_or_backward_span_is_no_span(end: int) -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC)
    with pytest.raises(ValueError, match="end after"):
        Span(start, start + timedelta(minutes=end))


@pytest.mark.parametrize(
    "text",
    ["血压 120/80", "ALT 35 U/L", "乙肝表面抗原阴性", "HBsAg(-)", "空腹血糖 5.2", "有高血压病史", "118 / 76"],
)
def test_findings_are_recognised(text: str) -> None:
    assert rules.names_health_value("体检", text)


@pytest.mark.parametrize(
    "text",
    ["居家家政服务员健康体检合格证明", "临安区中医院", "PICC-2026-03-000123", "2026/03/18", "孕产妇护理培训"],
)
def test_plain_titles_are_not(text: str) -> None:
    assert not rules.names_health_value(text)
