"""Pauses, extensions and what is late: told to the worker, kept beside the row, shown per desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import at_local
from anxin.kit.sheets import Line
from anxin.notices.models import Notice
from anxin.policies import public as policies
from anxin.policies.values import CHANGE
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.refusals import Runs, StandsStill
from anxin.safetycode.models import Application, Extension, Pause
from anxin.safetycode.queries import applications
from anxin.safetycode.queries.applications.uploads import sheets_of
from anxin.safetycode.values.applying import NAME, NUMBER, PHONE, RENEW_DAYS, TIER, Cause, Desk
from tests.safetycode.applying import Cast, brought_to, day, opened, world
from tests.workers.world import NOW, TODAY

__all__ = ["world"]

DAY = timedelta(days=1)


def told(world: Cast, word: str) -> list[str]:
    rows = Notice.objects.filter(person=world.worker.person_id, kind="safetycode.application")
    return [str(row.params.get("why", "")) for row in rows if word in row.title]


@pytest.mark.requirement("D-5b")
def test_the_clock_starts_with_the_submission_and_ends_when_the_card_is_handed_down(world: Cast) -> None:
    row = opened(world)
    assert row.due_on is None
    applying.submit(application_id=row.pk, declared=True, by=world.own, at=NOW)
    row.refresh_from_db()
    # Qingming (5 April is a Sunday, the 6th a day off) lies beyond: ten working days from 19 March.
    assert row.due_on == day(1, 4)
    assert applications.clock_of(row, NOW + 3 * DAY).used == 2


def test_a_pause_stops_it_and_the_worker_hears_why(world: Cast) -> None:
    row = brought_to(world, "exam_pending")
    with pytest.raises(applying.WhyMissing):
        applying.pause(
            application_id=row.pk, cause=Cause.INSTITUTION, why="约满", by=world.head, at=NOW + DAY
        )
    with pytest.raises(applying.NotYourTurn):
        applying.pause(application_id=row.pk, cause=Cause.WORKER, why="约满", by=world.bureau, at=NOW + DAY)
    applying.pause(
        application_id=row.pk,
        cause=Cause.INSTITUTION,
        whom="区人民医院",
        why="本周号源已满",
        by=world.head,
        at=NOW + DAY,
    )
    row.refresh_from_db()
    assert row.due_on is None and told(world, "暂停") == ["本周号源已满"]
    with pytest.raises(StandsStill):
        applying.pause(application_id=row.pk, cause=Cause.WORKER, why="再停", by=world.head, at=NOW + DAY)
    applying.resume(application_id=row.pk, by=world.head, at=NOW + 6 * DAY)
    with pytest.raises(Runs):
        applying.resume(application_id=row.pk, by=world.head, at=NOW + 6 * DAY)
    row.refresh_from_db()
    found = applications.clock_of(row, NOW + 6 * DAY)
    assert found.waited == {Cause.INSTITUTION: 3} and row.due_on == found.due_on == day(7, 4)


def test_the_next_step_ends_a_pause(world: Cast) -> None:
    row = brought_to(world, "bureau_review")
    applying.pause(application_id=row.pk, cause=Cause.WORKER, why="补材料", by=world.bureau, at=NOW + DAY)
    applying.clear(application_id=row.pk, by=world.bureau, at=NOW + 2 * DAY)
    assert Pause.objects.get().ended_at == NOW + 2 * DAY


@pytest.mark.requirement("D-5b")
def test_nobody_waits_longer_than_the_policy_says(world: Cast) -> None:
    row = brought_to(world, "exam_pending")
    applying.pause(
        application_id=row.pk, cause=Cause.INSTITUTION, whom="区人民医院", why="号源已满", by=world.head, at=NOW + DAY
    )  # fmt: skip
    # Ten working days from Thursday 19 March, over Qingming.
    assert Pause.objects.get().until == day(2, 4)
    applying.tick(by=SYSTEM, at=NOW + 15 * DAY)
    assert Pause.objects.get().ended_at is None
    applying.tick(by=SYSTEM, at=NOW + 16 * DAY)
    row.refresh_from_db()
    assert Pause.objects.get().ended_at == NOW + 16 * DAY and row.due_on is not None
    assert told(world, "恢复计时") == [""]
    assert applying.tick(by=SYSTEM, at=NOW + 16 * DAY) == 0


def test_the_window_of_renewal_is_the_operators_rule_for_one_and_for_many(world: Cast) -> None:
    row = brought_to(world, "delivered")
    code = row.code
    assert code is not None
    ahead = at_local(code.valid_to, 0) - 90 * DAY
    assert not applying.renews(code, ahead)
    operator = Actor(world.own.person_id, permissions=frozenset({CHANGE}))
    policies.change(policy=RENEW_DAYS, value=120, valid_from=ahead, reason="高峰", by=operator, at=ahead)
    assert applying.renews(code, ahead)
    line = Line(2, {NAME: world.worker.person.name, PHONE: "", NUMBER: world.worker.number, TIER: ""})
    (sheet,) = sheets_of([line], world.agency.pk, ahead)
    assert "in_force" not in sheet.faults
    (sheet,) = sheets_of([line], world.agency.pk, ahead - DAY)
    assert "in_force" in sheet.faults


@pytest.mark.requirement("D-5b")
def test_an_extension_needs_a_reason_that_reaches_the_worker(world: Cast) -> None:
    row = brought_to(world, "bureau_review")
    for by in (world.head, world.own):
        with pytest.raises(applying.NotYourTurn):
            applying.extend(application_id=row.pk, days=3, why="忙", by=by, at=NOW + DAY)
    with pytest.raises(applying.WhyMissing):
        applying.extend(application_id=row.pk, days=3, why=" ", by=world.bureau, at=NOW + DAY)
    applying.extend(application_id=row.pk, days=3, why="外省核查回函未到", by=world.bureau, at=NOW + DAY)
    assert told(world, "延长") == ["外省核查回函未到"]
    row.refresh_from_db()
    assert row.due_on == day(7, 4)
    with pytest.raises(applying.TooLong):
        applying.extend(application_id=row.pk, days=8, why="再延", by=world.bureau, at=NOW + DAY)
    assert Extension.objects.count() == 1


@pytest.mark.requirement("D-5b")
def test_what_is_late_is_told_and_listed_by_desk(world: Cast) -> None:
    row = brought_to(world, "association_review")
    due = row.due_on
    assert due is not None
    before = NOW + (due - TODAY - timedelta(days=1))
    assert applying.tick(by=SYSTEM, at=before) == 1
    assert applying.tick(by=SYSTEM, at=before + DAY) == 0
    after = before + 2 * DAY
    assert applying.tick(by=SYSTEM, at=after) == 1
    for who in (world.association, world.bureau, world.head):
        figures = applications.figures(who, after)
        assert (figures.late, figures.late_at) == (1, {Desk.ASSOCIATION: 1})
        assert [one.pk for one in applications.listed(who, today=due + DAY, view="late")] == [row.pk]
    assert applications.figures(world.rival, after).open == 0
    assert applications.figures(world.bureau, before + DAY).late == 0


def test_a_day_off_that_is_announced_later_moves_the_last_day(world: Cast) -> None:
    from anxin.places.models import Day

    row = brought_to(world, "agency_review")
    Day.objects.update_or_create(date=day(27), defaults={"kind": "weekend"})
    applying.tick(by=SYSTEM, at=NOW + DAY)
    assert Application.objects.get(pk=row.pk).due_on == day(2, 4)
