"""A taped fixture gives each test what playing it would give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from anxin.accounts.models import Person
from anxin.audit.models import Entry
from tests.cast import Member, new_person
from tests.tape import once, scene

pytestmark = pytest.mark.django_db


def undone(play: Any, **given: Any) -> tuple[Any, list[dict[str, Any]], list[dict[str, Any]]]:
    """What it gives, the persons there then are, and what is noted of them; afterwards all of it is gone."""
    with transaction.atomic():
        found = play(**given)
        rows = list(Person.objects.order_by("pk").values())
        noted = list(Entry.objects.order_by("pk").values())
        transaction.set_rollback(True)
    return found, rows, noted


def test_the_second_time_the_same_rows_are_there_and_nothing_the_first_test_did_to_its_copy():
    played: list[str] = []

    def somebody(db: None) -> Member:
        played.append("once")
        return Member(new_person(7, "某人"))

    play = once(somebody)
    first, *rows = undone(play, db=None)
    first.person.name = "改了名"
    second, *again = undone(play, db=None)
    assert (len(rows[0]), again, played) == (1, rows, ["once"])
    assert rows[1]
    assert second == first
    assert second.person.name == "某人"


def test_rows_of_a_fixture_below_are_changed_and_taken_away_as_then():
    def two(db: None) -> list[Person]:
        return [new_person(7, "某人"), new_person(8, "另一人")]

    def one(two: list[Person]) -> dict[str, list[Person]]:
        Person.objects.filter(pk=two[0].pk).update(theme="dark")
        # A row of its own that goes as well is nobody's business.
        Person.objects.filter(pk__in=[two[1].pk, new_person(9, "第三人").pk]).delete()
        return {"people": two}

    below, above = once(two), once(one)

    def both(db: None) -> list[Person]:
        given = below(db=None)
        assert above(two=given)["people"] is given
        return given

    first, rows, _ = undone(both, db=None)
    second, again, _ = undone(both, db=None)
    assert again == rows
    assert [row["theme"] for row in rows] == ["dark"]
    assert first is not second


def test_what_was_checked_when_it_was_written_is_checked_again_afterwards():
    play = once(lambda db: new_person(7, "某人"))
    for _ in range(2):
        with transaction.atomic():
            play(db=None)
            with connection.cursor() as cursor:
                cursor.execute("SHOW session_replication_role")
                assert cursor.fetchone() == ("origin",)
            transaction.set_rollback(True)


def test_what_stands_on_something_else_each_time_is_played_each_time():
    played: list[object] = []

    def note(what: str) -> None:
        played.append(what)

    play = once(note)
    for what in ("a", "b"):
        undone(play, what=what)
    assert played == ["a", "b"]


def test_what_took_away_rows_of_nobody_knows_whom_is_played_each_time():
    new_person(7, "某人")
    played: list[int] = []

    def clear(db: None) -> None:
        Person.objects.update(theme="dark")
        Person.objects.all().delete()
        played.append(Person.objects.count())

    play = once(clear)
    for _ in range(2):
        undone(play, db=None)
    assert played in ([0], [0, 0])
    _, rows, _ = undone(play, db=None)
    assert rows == []


def test_a_file_that_another_test_removed_is_there_again():
    place = Path(settings.ANXIN_FILES) / "tape" / "letter.txt"

    def letter(db: None) -> Path:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("安心")
        return place

    play = once(letter)
    undone(play, db=None)[0].unlink()
    place.parent.rmdir()
    assert undone(play, db=None)[0].read_text() == "安心"
    place.unlink()


@once
def town(db: None) -> Member:
    return Member(new_person(7, "某人"))


played: list[str] = []


@scene
def move_in(town: Member, name: str) -> Person:
    played.append(name)
    return new_person(8, f"人{name}")


def played_in(*acts: Any) -> list[str]:
    """Who is really played when, in a transaction of its own, the town is there and these things are done."""
    played.clear()
    with transaction.atomic():
        given = town(db=None)
        for act in acts:
            act(given)
        transaction.set_rollback(True)
    return list(played)


def moves(name: str) -> Any:
    return lambda given: move_in(given, name)


@pytest.mark.django_db(transaction=True)
def test_a_scene_is_played_once_for_each_thing_that_was_said_and_went_before():
    def other(given: Member) -> None:
        new_person(9, "旁人")

    def undone_move(given: Member) -> None:
        with transaction.atomic():
            Person.objects.update(theme="dark")
            transaction.set_rollback(True)

    assert (played_in(moves("甲")), played_in(moves("甲")), played_in(moves("乙"))) == (["甲"], [], ["乙"])
    for between in (other, undone_move):
        assert [played_in(between, moves("甲")) for _ in range(2)] == [["甲"], ["甲"]]


@pytest.mark.django_db(transaction=True)
def test_a_scene_after_one_that_was_taken_back_is_played():
    def taken_back(given: Member) -> None:
        with transaction.atomic():
            move_in(given, "丙")
            transaction.set_rollback(True)

    assert played_in(taken_back) == ["丙"]
    assert [played_in(taken_back, moves("丁")) for _ in range(2)] == [["丁"], ["丁"]]


@pytest.mark.django_db(transaction=True)
def test_under_a_patch_a_scene_is_played(monkeypatch):
    assert [played_in(moves("戊")) for _ in range(2)] == [["戊"], ["戊"]]
