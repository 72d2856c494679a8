"""A worker's time: double booking is impossible, travel must fit, and a refusal changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.workers import public as workers
from anxin.workers.models import Booking
from anxin.workers.states import WorkerState
from anxin.workers.values import BookingKind, Span
from tests.workers.world import NOW, PLACE, World, at, hold, make_agency, make_worker, span

FAR = Point(30.15, 119.10)  # 60 km west, beyond an hour


@pytest.mark.requirement("A-6.4.2")
def test_time_can_be_held_once(world: World) -> None:
    hold(world.worker, span(14, 16))
    with pytest.raises(workers.TimeTaken):
        hold(world.worker, span(15, 17))
    assert Booking.objects.count() == 1


def test_the_turnover_after_a_visit_is_kept_free_to_the_minute(world: World) -> None:
    hold(world.worker, span(14, 16), turnover=30)
    early = Span(at(16, 29), at(18))
    with pytest.raises(workers.TimeTaken):
        hold(world.worker, early)
    hold(world.worker, Span(at(16, 30), at(18)))
    assert Booking.objects.count() == 2


def test_the_turnover_of_the_new_visit_counts_too(world: World) -> None:
    hold(world.worker, span(14, 16))
    with pytest.raises(workers.TimeTaken):
        hold(world.worker, Span(at(12), at(13, 31)), turnover=30)
    hold(world.worker, Span(at(12), at(13, 30)), turnover=30)


def test_travel_to_the_next_place_must_fit(world: World) -> None:
    hold(world.worker, span(14, 16), turnover=15)
    with pytest.raises(workers.TravelTooFar):
        hold(world.worker, span(17, 18), turnover=15, place=FAR)
    with pytest.raises(workers.TravelTooFar):
        hold(world.worker, span(12, 13), turnover=15, place=FAR)
    assert Booking.objects.count() == 1
    hold(world.worker, span(19, 20), turnover=15, place=FAR)


def test_a_pause_without_a_place_does_not_hide_the_journey(world: World) -> None:
    hold(world.worker, span(14, 16), turnover=0)
    workers.take_leave(worker_id=world.worker.pk, span=Span(at(16, 5), at(16, 20)), by=SYSTEM, at=NOW)
    with pytest.raises(workers.TravelTooFar):
        hold(world.worker, Span(at(16, 30), at(18)), place=FAR)


def test_held_time_is_confirmed_released_and_free_again(world: World) -> None:
    ref = new_id()
    hold(world.worker, span(14, 16), ref=ref)
    assert workers.confirm_time(ref=ref, by=SYSTEM, at=NOW) == 1
    assert Booking.objects.get().state == "firm"
    assert workers.release_time(ref=ref, by=SYSTEM, at=NOW) == 1
    assert workers.release_time(ref=ref, by=SYSTEM, at=NOW) == 0
    with pytest.raises(workers.NoSuchTime):
        workers.confirm_time(ref=ref, by=SYSTEM, at=NOW)
    hold(world.worker, span(14, 16))


def test_a_visit_moves_over_its_own_old_time_but_not_over_another(world: World) -> None:
    ref = new_id()
    hold(world.worker, span(9, 11), ref=ref)
    hold(world.worker, span(14, 16))
    moved = workers.move_time(
        ref=ref, worker_id=world.worker.pk, span=span(10, 12), turnover_minutes=30, by=SYSTEM, at=NOW
    )
    assert moved.span.lower == at(10)
    with pytest.raises(workers.TimeTaken):
        workers.move_time(
            ref=ref, worker_id=world.worker.pk, span=span(13, 15), turnover_minutes=30, by=SYSTEM, at=NOW
        )
    with pytest.raises(workers.TravelTooFar):
        workers.move_time(
            ref=ref, worker_id=world.worker.pk, span=Span(at(11), at(13, 30)), turnover_minutes=30,
            by=SYSTEM, at=NOW, point=FAR,
        )  # fmt: skip
    assert Booking.objects.get(ref=ref).span.lower == at(10)


def test_a_paused_worker_gets_no_visit(world: World) -> None:
    workers.set_state(worker_id=world.worker.pk, to=WorkerState.PAUSED, by=SYSTEM, at=NOW)
    with pytest.raises(workers.NotWorking):
        hold(world.worker, span(14, 16))
    assert not Booking.objects.exists()


def test_two_workers_of_a_crew_are_booked_and_released_together(world: World) -> None:
    ref, mate = new_id(), make_worker(world.agency, name="李四")
    hold(world.worker, span(14, 16), ref=ref)
    hold(mate, span(14, 16), ref=ref)
    with pytest.raises(workers.TimeTaken):
        hold(mate, span(18, 19), ref=ref)
    assert workers.confirm_time(ref=ref, by=SYSTEM, at=NOW) == 2
    assert workers.release_time(ref=ref, by=SYSTEM, at=NOW, worker_id=mate.pk) == 1
    assert Booking.objects.filter(ref=ref).count() == 1


def test_holding_time_takes_a_fixed_number_of_queries(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    # lock, worker, neighbours, insert, audit; and begin/commit as four savepoint statements
    with django_assert_num_queries(9):
        hold(world.worker, span(14, 16))


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("A-6.4.2")
@pytest.mark.parametrize("apart", [0, 7])
def test_of_twenty_who_book_overlapping_time_at_once_exactly_one_wins(apart: int) -> None:
    worker = make_worker(make_agency())
    barrier = Barrier(20)

    def attempt(n: int) -> str:
        start = at(14) + timedelta(minutes=n * apart % 60)
        barrier.wait()
        try:
            workers.hold_time(
                worker_id=worker.pk, span=Span(start, start + timedelta(hours=2)), kind=BookingKind.VISIT,
                ref=new_id(), point=PLACE, turnover_minutes=30, by=SYSTEM, at=NOW,
            )  # fmt: skip
            return "won"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        results = list(pool.map(attempt, range(20)))
    assert results.count("won") == 1
    assert set(results) == {"won", "time_taken"}
    assert Booking.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_whose_places_are_too_far_apart_one_wins() -> None:
    """No overlap for the database to refuse: the lock alone keeps two journeys from being promised."""
    worker = make_worker(make_agency())
    barrier = Barrier(2)
    asked = [(span(14, 16), PLACE), (Span(at(16, 15), at(18)), FAR)]

    def attempt(n: int) -> str:
        time, place = asked[n]
        barrier.wait()
        try:
            hold(worker, time, turnover=5, place=place)
            return "won"
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    for _round in range(5):
        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(attempt, range(2))) == ["travel_too_far", "won"]
        Booking.objects.all().delete()
