"""Figures, times and names are shown the way people say them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

import pytest

from anxin.web import display

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Lin'an


@pytest.mark.parametrize(
    ("fen", "shown"),
    [(12800, "¥128.00"), (0, "¥0.00"), (-1500, "-¥15.00"), (1234567, "¥12,345.67"), (None, "—")],
)
def test_money_has_two_decimals_and_its_sign_in_front(fen: int | None, shown: str) -> None:
    assert display.yuan(fen) == shown


@pytest.mark.parametrize(
    ("metres", "shown"),
    [(346, "350 米"), (1234, "1.2 公里"), (123_456, "123 公里"), (None, "—"), (999.6, "1000 米")],
)
def test_distances_turn_from_metres_to_kilometres(metres: float | None, shown: str) -> None:
    assert display.distance(metres) == shown


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (45, "45 分钟"),
        (120, "2 小时"),
        (90, "1 小时 30 分钟"),
        (0, "0 分钟"),
        (1500, "1 天 1 小时"),
        (None, "—"),
    ],
)
def test_durations_are_said_in_hours_and_minutes(minutes: int | None, shown: str) -> None:
    assert display.duration(minutes) == shown


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "今天"),
        (1, "明天"),
        (2, "后天"),
        (-1, "昨天"),
        (3, "3月21日 周六"),
        (-20, "2月26日"),
        (400, "2027年4月22日"),
    ],
)
def test_near_days_have_names_and_far_days_a_year(days: int, words: str) -> None:
    html = str(display.when(NOW + timedelta(days=days), NOW))
    assert f">{words} 10:00</time>" in html


def test_a_moment_is_exact_on_hover_and_for_machines() -> None:
    html = str(display.when(NOW, NOW))
    assert 'datetime="2026-03-18T10:00:00+08:00"' in html
    assert 'title="2026年3月18日 周三 10:00:00"' in html


def test_a_date_has_no_time_of_day() -> None:
    assert ">今天</time>" in str(display.when(date(2026, 3, 18), NOW))


def test_the_day_changes_at_midnight_in_linan_not_in_greenwich() -> None:
    late = datetime(2026, 3, 18, 15, 59, tzinfo=UTC)
    assert ">今天 23:59<" in str(display.when(late, NOW))
    assert ">明天 00:00<" in str(display.when(late + timedelta(minutes=1), NOW))


def test_a_period_names_its_day_once_unless_it_crosses_midnight() -> None:
    four = datetime(2026, 3, 18, 6, tzinfo=UTC)
    assert ">今天 14:00–16:00<" in str(display.span(four, four + timedelta(hours=2), NOW))
    assert ">今天 22:00–明天 06:00<" in str(
        display.span(four + timedelta(hours=8), four + timedelta(hours=16), NOW)
    )
    assert display.span(None, None) == "—"


@pytest.mark.parametrize(
    ("minutes", "words"), [(0, "刚刚"), (5, "5 分钟前"), (150, "2 小时前"), (1500, "昨天 09:00")]
)
def test_the_recent_past_is_said_as_an_age(minutes: int, words: str) -> None:
    assert f">{words}</time>" in str(display.ago(NOW - timedelta(minutes=minutes), NOW))


def test_a_label_is_the_word_of_the_value_not_its_code() -> None:
    class Mode(StrEnum):
        ONCE = "once"

        @property
        def label(self) -> str:
            return "单次上门"

    assert display.label(Mode.ONCE) == "单次上门"
    assert display.label(None) == "—"
