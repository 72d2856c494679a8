"""What the address of a list asks for, and its export."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import QueryDict

from anxin.kit.lists import Asked, as_csv


def test_only_known_choices_count() -> None:
    asked = Asked(QueryDict("state=paid&kind=nonsense&q=13800000000"), {"q": "O26"})
    assert asked.pick("state", "状态", [("paid", "已付款")]) == "paid"
    assert asked.pick("kind", "类别", [("service", "服务费")]) == ""
    assert asked.words("q", "搜索") == "O26"
    assert asked.any


def test_days_are_calendar_days_here_and_half_open() -> None:
    asked = Asked(QueryDict("from=2026-03-01&to=2026-03-01"))
    since, until = asked.days("从", "到")
    assert since == datetime(2026, 2, 28, 16, tzinfo=UTC)
    assert until == datetime(2026, 3, 1, 16, tzinfo=UTC)
    assert Asked(QueryDict("from=yesterday&to=")).days("从", "到") == (None, None)


def test_a_column_turns_round() -> None:
    columns = {"time": ("starts_at", "id"), "amount": ("-total_fen",)}
    assert Asked(QueryDict("")).sort(columns, "time") == ["starts_at", "id"]
    assert Asked(QueryDict("sort=-time")).sort(columns, "time") == ["-starts_at", "-id"]
    assert Asked(QueryDict("sort=-amount")).sort(columns, "time") == ["total_fen"]
    assert Asked(QueryDict("sort=password")).sort(columns, "time") == ["starts_at", "id"]


def test_a_change_of_the_address_starts_on_the_first_page() -> None:
    asked = Asked(QueryDict("state=paid&page=7"))
    assert asked.address(sort="time") == "?state=paid&sort=time"
    assert asked.address(state="") == "?"


def test_no_cell_of_an_export_runs_as_a_formula() -> None:
    answer = as_csv("x", ["a", "b", "c"], [["=1+1", -5, datetime(2026, 3, 1, 16, tzinfo=UTC)]])
    assert answer.content.decode("utf-8-sig").splitlines() == ["a,b,c", "'=1+1,-5,2026-03-02 00:00:00"]
