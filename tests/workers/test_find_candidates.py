"""Who is eligible: each gate keeps out exactly those it should, and `why_not` names the same gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import SYSTEM
from anxin.kit.geo import Point
from anxin.workers import public as workers
from anxin.workers.models import Worker
from anxin.workers.public import Wanted
from anxin.workers.states import WorkerState
from anxin.workers.values import Conclusion, Gate, ItemNeeds, Span
from tests.workers.world import (
    JINCHENG,
    LINGLONG,
    NEEDS,
    NOW,
    PLACE,
    World,
    add_paper,
    at,
    hold,
    make_agency,
    make_worker,
    span,
)

WANTED = Wanted(needs=NEEDS, town_code=JINCHENG, span=span(14, 16), point=PLACE)


def found(wanted: Wanted) -> set[object]:
    return {c.worker_id for c in workers.candidates(wanted)}


def reasons(worker: Worker, wanted: Wanted) -> list[Gate]:
    return workers.why_not([worker.pk], wanted)[worker.pk]


@pytest.mark.requirement("A-6.4.2", "A-6.2.3")
def test_a_worker_in_order_is_found_with_what_ranking_needs(world: World) -> None:
    workers.record_rating(worker_id=world.worker.pk, stars=4.5, by=SYSTEM, at=NOW)
    workers.record_completed(worker_id=world.worker.pk, by=SYSTEM, at=NOW, late=True)
    (facts,) = workers.candidates(WANTED)
    assert facts.worker_id == world.worker.pk
    assert facts.organisation_id == world.agency.pk
    assert facts.skill_level == 4
    assert facts.years == pytest.approx(6.0, abs=0.05)
    assert facts.point == Point(30.235, 119.725)
    assert facts.standing.rating == 4.5
    assert (facts.standing.completed, facts.standing.late, facts.standing.recent_orders) == (1, 1, 1)
    assert facts.standing.credit_score == 80
    assert reasons(world.worker, WANTED) == []


@pytest.mark.requirement("C-5.3.8")
@pytest.mark.parametrize(
    ("change", "gate"),
    [
        ({"needs": ItemNeeds("0601")}, Gate.SKILL),
        ({"needs": ItemNeeds("0101", min_level=3)}, Gate.SKILL),
        ({"needs": ItemNeeds("0101", health_tier=HealthTier.ELDER)}, Gate.HEALTH),
        ({"needs": ItemNeeds("0101", insurance_class=4)}, Gate.INSURANCE),
        ({"needs": ItemNeeds("0101", certificates=("电工证",))}, Gate.CERTIFICATES),
        ({"town_code": LINGLONG}, Gate.AREA),
        ({"span": span(19, 21)}, Gate.SHIFT),
        ({"span": span(6, 9)}, Gate.SHIFT),
        ({"grabbing": True}, Gate.AFFILIATION),
    ],
)
def test_each_gate_keeps_out_and_is_named(world: World, change: dict[str, object], gate: Gate) -> None:
    wanted = replace(WANTED, **change)  # type: ignore[arg-type]
    assert found(wanted) == set()
    assert reasons(world.worker, wanted) == [gate]


@pytest.mark.parametrize(
    "needs",
    [
        ItemNeeds("0101", min_level=4),
        ItemNeeds("0101", min_level=5),
        ItemNeeds("0101", health_tier=HealthTier.HOME),
        ItemNeeds("0101", insurance_class=3),
    ],
)
def test_what_is_asked_for_or_less_is_enough(world: World, needs: ItemNeeds) -> None:
    assert found(replace(WANTED, needs=needs)) == {world.worker.pk}


def test_a_skill_without_a_level_does_not_meet_a_level(world: World) -> None:
    plain = make_worker(world.agency, name="赵六", skills={"0101": 0})
    assert plain.pk in found(WANTED)
    assert plain.pk not in found(replace(WANTED, needs=ItemNeeds("0101", min_level=5)))


def test_the_papers_must_hold_on_every_service_day(world: World) -> None:
    """Until 31 December inclusive; a night that ends on 1 January is not covered."""
    workers.set_shifts(worker_id=world.worker.pk, shifts=[(d, 0, 1440) for d in range(7)], by=SYSTEM, at=NOW)
    december, january = date(2026, 12, 31), date(2027, 1, 1)
    evening = Span(at(20).replace(year=2026, month=12, day=31), at(23).replace(year=2026, month=12, day=31))
    night = Span(evening.start, at(9).replace(year=2027, month=1, day=1))
    assert found(replace(WANTED, span=evening)) == {world.worker.pk}
    assert reasons(world.worker, replace(WANTED, span=night)) == [Gate.HEALTH, Gate.INSURANCE]
    for kind in (CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE):
        add_paper(world.worker, kind, since=january, until=date(2027, 12, 31))
    assert found(replace(WANTED, span=night)) == {world.worker.pk}
    assert december < january


def test_unverified_and_withdrawn_papers_count_for_nothing(world: World) -> None:
    bare = make_worker(world.agency, name="孙七", papers=False)
    add_paper(bare, CredentialKind.HEALTH_CHECK, verified=False)
    add_paper(bare, CredentialKind.INSURANCE)
    assert reasons(bare, WANTED) == [Gate.HEALTH]
    for paper in world.worker.credentials.filter(kind="insurance"):
        workers.withdraw_credential(credential_id=paper.pk, why="退保", by=SYSTEM, at=NOW)
    assert reasons(world.worker, WANTED) == [Gate.INSURANCE]


def test_a_newer_failed_check_voids_the_older_pass(world: World) -> None:
    add_paper(
        world.worker, CredentialKind.HEALTH_CHECK, since=date(2026, 3, 10), conclusion=Conclusion.FAILED
    )
    assert reasons(world.worker, WANTED) == [Gate.HEALTH]
    add_paper(world.worker, CredentialKind.HEALTH_CHECK, since=date(2026, 3, 15))
    assert reasons(world.worker, WANTED) == []


def test_taken_time_and_too_long_a_journey_keep_out(world: World) -> None:
    hold(world.worker, span(15, 17))
    assert reasons(world.worker, WANTED) == [Gate.FREE]
    later = replace(WANTED, span=Span(at(17, 30), at(19)))
    assert reasons(world.worker, later) == []
    far = replace(later, point=Point(30.15, 119.10))
    assert reasons(world.worker, far) == [Gate.TRAVEL]
    assert found(far) == set()
    before = replace(far, span=Span(at(12), at(14, 30)))
    assert reasons(world.worker, before) == [Gate.TRAVEL]


def test_paused_excluded_and_other_agencies_are_left_out(world: World) -> None:
    other = make_worker(world.rival, name="周八", may_grab=True)
    assert found(WANTED) == {world.worker.pk, other.pk}
    assert found(replace(WANTED, organisation_id=world.rival.pk)) == {other.pk}
    assert found(replace(WANTED, grabbing=True)) == {other.pk}
    assert found(replace(WANTED, excluded=(other.pk,))) == {world.worker.pk}
    assert reasons(other, replace(WANTED, excluded=(other.pk,))) == [Gate.EXCLUDED]
    workers.set_state(worker_id=other.pk, to=WorkerState.PAUSED, by=SYSTEM, at=NOW)
    assert reasons(other, WANTED) == [Gate.ACTIVE]
    free = make_worker(None, name="吴九")
    assert reasons(free, WANTED) == [Gate.AFFILIATION]


def test_workers_of_an_agency_that_is_not_live_are_left_out(world: World) -> None:
    suspended = make_worker(make_agency("停业家政", state="suspended"), name="郑十")
    assert suspended.pk not in found(WANTED)
    assert reasons(suspended, WANTED) == [Gate.AFFILIATION]


def test_two_queries_however_many_workers(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    for n in range(3):
        hold(make_worker(world.agency, name=f"服务员{n}"), span(9, 11))
    with django_assert_num_queries(2):
        assert len(workers.candidates(WANTED)) == 4
    with django_assert_num_queries(2):
        workers.why_not([world.worker.pk], WANTED)
