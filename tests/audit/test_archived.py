"""What retention moved to files is found by the same questions, by those who saw it before, and only untouched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from anxin.audit import queries
from anxin.audit.actions import retention
from anxin.audit.adapters import archives
from anxin.audit.models import Archive, Entry
from anxin.audit.public import Place, Wanted, archive, archived, record, seal_batch, seals_of, trail, verify
from anxin.kit.actor import SYSTEM, Actor
from tests.audit.test_trail import outside, tamper
from tests.cast import NOON

__all__ = ["outside"]
pytestmark = pytest.mark.requirement("A-7.4.3")
LATER = NOON + timedelta(days=500)
HOUSE, OTHER = UUID(int=7), UUID(int=8)
STAFF = Actor(person_id=UUID(int=1), organisation_id=HOUSE, post="agency.head")
AUDITOR = Actor(person_id=UUID(int=2), permissions=frozenset({"audit.read"}))


def act(number: int, *, by: Actor = STAFF, at: datetime | None = None, action: str = "tests.act") -> None:
    record(action, by=by, at=at or NOON + timedelta(days=number), subject="thing", subject_id=number)


@pytest.fixture
def old(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Archive]]:
    """Acts 0–11, one a day, in four files of three."""
    monkeypatch.setattr(retention, "ENTRIES_A_FILE", 3)
    Entry.objects.count()
    seal_batch(at=NOON)
    for number in range(12):
        with transaction.atomic():
            act(number, by=STAFF if number % 2 else replace(STAFF, organisation_id=OTHER))
        seal_batch(at=NOON + timedelta(days=number))
    kept = archive(by=SYSTEM, at=LATER)
    yield [one for one in kept if one.first_at and one.first_at >= NOON]
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")


def span(first: int, last: int, **also: Any) -> Wanted:
    days = {"since": NOON + timedelta(days=first), "until": NOON + timedelta(days=last)}
    return Wanted(**{"subject": "thing"} | days | also)


def numbers(rows: list[Entry]) -> list[int]:
    return [int(row.subject_id) for row in rows]


def test_archives_are_small_files_each_signed_with_the_days_of_its_acts(old: list[Archive]) -> None:
    assert [one.entries for one in old] == [3, 3, 3, 3]
    days = [((one.first_at - NOON).days, (one.last_at - NOON).days) for one in old]  # type: ignore[operator]
    assert days == [(0, 2), (3, 5), (6, 8), (9, 11)]
    assert not Entry.objects.filter(subject="thing").exists()


def test_only_files_of_the_days_asked_for_are_read_and_none_without_days(
    old: list[Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    rows = archives.rows

    def noted(name: str) -> Iterator[dict[str, Any]]:
        opened.append(name)
        return rows(name)

    monkeypatch.setattr(archives, "rows", noted)
    found = archived(AUDITOR, span(4, 7), most=50)
    assert (numbers(found.rows), found.onward) == ([6, 5, 4], None)
    assert opened == [old[2].name, old[1].name]
    assert archived(AUDITOR, Wanted(subject="thing"), most=50).rows == []
    assert len(opened) == 2


def test_a_walk_by_pages_finds_each_act_once(old: list[Archive]) -> None:
    seen, place = [], None
    for _page in range(20):
        found = archived(AUDITOR, span(0, 12), most=2, after=place)
        seen += numbers(found.rows)
        assert len(found.rows) <= 2
        place = found.onward
        if place is None:
            break
    assert seen == list(range(11, -1, -1))


def test_a_page_reads_so_much_and_says_where_to_go_on(
    old: list[Archive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READ_ENTRIES", 6)
    found = archived(AUDITOR, span(0, 12, subject_id="1"), most=50)
    assert (found.rows, found.onward) == ([], Place(old[1].pk))
    found = archived(AUDITOR, span(0, 12, subject_id="1"), most=50, after=found.onward)
    assert (numbers(found.rows), found.onward) == ([1], None)
    monkeypatch.setattr(queries, "READ_FILES", 1)
    assert archived(AUDITOR, span(0, 12), most=50).onward == Place(old[2].pk)


ASKED: list[dict[str, Any]] = [
    {"action": "tests.act"}, {"area": "tests"}, {"area": "test"}, {"person_id": UUID(int=1)},
    {"person_id": UUID(int=9)}, {"organisation_id": HOUSE}, {"post": "agency.head"}, {"post": "x"},
    {"subject_id": "4"}, {"request_id": "r"},
]  # fmt: skip


def test_files_answer_as_the_table_did(transactional_db: None) -> None:
    for number in range(6):
        with transaction.atomic():
            act(number, by=replace(STAFF, organisation_id=HOUSE if number % 2 else None))
    cases = [
        (str(ask), who, span(1, 5, **ask)) for ask in ASKED for who in (AUDITOR, STAFF, SYSTEM, Actor(None))
    ]
    table = [(ask, numbers(list(trail(who, wanted)))) for ask, who, wanted in cases]
    seal_batch(at=NOON)
    archive(by=SYSTEM, at=LATER)
    files = [(ask, numbers(archived(who, wanted, most=50).rows)) for ask, who, wanted in cases]
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")
    assert files == table


def test_each_sees_in_files_what_they_saw_in_the_table(old: list[Archive]) -> None:
    assert numbers(archived(STAFF, span(0, 12), most=50).rows) == [11, 9, 7, 5, 3, 1]
    # Asking for another house does not widen what one sees.
    assert archived(STAFF, span(0, 12, organisation_id=OTHER), most=50).rows == []
    assert archived(Actor(None), span(0, 12), most=50).rows == []


@pytest.mark.parametrize(
    "how",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(file.read_bytes()[:-9]),
        lambda file: tamper("UPDATE audit_archive SET sha256 = repeat('0', 64)"),
        lambda file: tamper("UPDATE audit_archive SET last_at = last_at + interval '1 hour'"),
    ],
    ids=["gone", "changed", "row changed", "span changed"],
)
def test_of_a_file_that_was_touched_nothing_is_shown(
    old: list[Archive], how: Callable[[object], object]
) -> None:
    how(archives.path_of(old[1].name))
    found = archived(AUDITOR, span(3, 6), most=50)
    assert (found.rows, found.touched) == ([], [old[1].name])


def test_archived_acts_name_the_seals_they_lie_under(old: list[Archive]) -> None:
    rows = archived(AUDITOR, span(0, 12), most=50).rows
    seals = seals_of(rows)
    assert len({one.pk for one in seals.values()}) == 12
    assert all(seals[row.pk].from_xact <= row.xact < seals[row.pk].below_xact for row in rows)
    assert all(row.at.tzinfo is not None and row.at.astimezone(UTC) >= NOON for row in rows)


def test_what_a_clock_that_ran_ahead_sealed_waits_and_is_not_lost(transactional_db: None) -> None:
    for number, at in enumerate((NOON, LATER, NOON)):
        with transaction.atomic():
            act(number)
        seal_batch(at=at)
    assert sum(one.seals for one in archive(by=SYSTEM, at=LATER)) == 1
    assert set(numbers(list(trail(AUDITOR, span(0, 3))))) == {1, 2}
    assert verify()[2] == []
    tamper("TRUNCATE audit_seal, audit_entry, audit_archive")
