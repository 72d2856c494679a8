"""The first k are the true first k over everybody, on random cities; and what was changed is as if built anew."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.kit.geo import Point, distance_m
from anxin.matching.engine.ranking import points
from anxin.matching.engine.ranking.facts import DAY_S, Caps, Need, Unfit, one
from anxin.matching.engine.ranking.points import UNKNOWN, Weights
from tests import thorough
from tests.matching import plain_ranking as plain

pytestmark = pytest.mark.requirement("A-6.4.2", "E-6")

SPREADS = st.sampled_from([0, 300, 20_000, 700_000])
WEIGHTS = st.sampled_from(
    [
        Weights(),
        Weights(near=1_000_000, rating=0, experience=0, credit=0, fairness=0, continuity=0),
        Weights(
            near=0, rating=500_000, experience=0, credit=0, fairness=500_000, continuity=0, prior_count=0
        ),
        Weights(near=0, rating=0, experience=0, credit=0, fairness=0, continuity=0),
    ]
)
CAPS = st.sampled_from([Caps(), Caps(8 * 3600, 30 * 3600, 5, 9 * 3600)])
SEEDS = st.integers(0, 2**32)


def people(random: Random, many: int, spread: int) -> list[dict[str, Any]]:
    return [plain.worker(random, key, spread) for key in random.sample(range(1000), many)]


def told(found: list[Any]) -> list[tuple[int, int]]:
    return [(one.key, one.total) for one in found]


@settings(max_examples=thorough.examples(150), deadline=None)
@given(SEEDS, st.integers(0, 150), SPREADS, WEIGHTS, CAPS, st.integers(0, 25))
def test_the_first_k_are_those_of_looking_at_everybody(seed, many, spread, weights, caps, k):
    random = Random(seed)
    workers = people(random, many, spread)
    city = plain.city(workers, weights, caps)
    for _ in range(4):
        asked = plain.need(random, spread, [each["key"] for each in workers])
        true = plain.ranked(workers, asked, weights, caps)
        assert told(city.first(asked, k)) == true[:k]
        for each in random.sample(workers, min(4, many)):
            gates = plain.stopped(each, asked, caps)
            assert {str(gate) for gate in city.why_not(each["key"], asked)} == gates
            place = next((i for i, (key, _) in enumerate(true, 1) if key == each["key"]), None)
            assert city.place(each["key"], asked) == (place, len(true))


@settings(max_examples=thorough.examples(60), deadline=None)
@given(SEEDS, st.integers(0, 90), SPREADS)
def test_a_city_that_was_changed_answers_as_one_built_anew(seed, many, spread):
    random, weights, caps = Random(seed), Weights(), Caps(8 * 3600, 30 * 3600, 6, 9 * 3600)
    workers = {each["key"]: each for each in people(random, many, spread)}
    city = plain.city(list(workers.values()), weights, caps)
    for _ in range(12):
        change(random, city, workers, spread)
    asked = [plain.need(random, spread, sorted(workers)) for _ in range(4)]
    everybody = list(workers.values())
    assert len(city) == len(everybody)
    for need in asked:
        assert told(city.first(need, 20)) == plain.ranked(everybody, need, weights, caps)[:20]


def change(random: Random, city: Any, workers: dict[int, dict[str, Any]], spread: int) -> None:
    """One thing happens to a worker, in the city and in the plain list alike."""
    key = random.choice([*workers, random.randrange(1000, 1010)])
    what = random.choice(["put", "put", "remove", "stand", "book", "book", "release"])
    if what == "put" or (key not in workers and what != "remove"):
        workers[key] = plain.worker(random, key, spread)
        city.put(one(**workers[key]))
        return
    if what == "remove":
        workers.pop(key, None)
        city.remove(key)
        return
    taken = workers[key]["bookings"]
    if what == "stand":
        fresh = {"rating_sum": 5_000, "rating_count": 10, "credit": 90, "recent": 1}
        workers[key].update(fresh)
        city.stand(key, **fresh)
    elif what == "release" and taken:
        gone = random.choice(taken)
        workers[key]["bookings"] = [b for b in taken if b != gone]
        city.release(key, gone[0])
    elif what == "book":
        start = 900 * random.randrange(14 * 96)
        new = (start, start + 3600, start + 5400, *plain.near(random, spread), 1)
        if any(b[0] < new[2] and b[2] > new[0] for b in taken):
            with pytest.raises(Unfit):
                city.book(key, new)
        else:
            workers[key]["bookings"] = sorted([*taken, new])
            city.book(key, new)


def _worker(key: int, **more: Any) -> dict[str, Any]:
    facts = {
        "key": key, "lat": plain.LAT, "lng": plain.LNG, "green": plain.ALL_DAYS, "employed": plain.ALL_DAYS,
        "active": True, "agency": 0, "grabs": True, "rating_sum": 0, "rating_count": 0, "practised": 0, "credit": 80,
        "recent": 0, "skill": [6, 0, 0], "health": [plain.ALL_DAYS] * 4, "insurance": [plain.ALL_DAYS] * 4,
        "certificates": [0, 0], "town": [0], "hours": plain.WHOLE_WEEK, "bookings": [],
    }  # fmt: skip
    return facts | more


def _need(**more: Any) -> Need:
    asked = {
        "lat": plain.LAT,
        "lng": plain.LNG,
        "item": 0,
        "start": 36_000,
        "end": 43_200,
        "held": 45_000,
        "town": 0,
    }
    return Need(**asked | more)


def test_nobody_there_is_an_empty_answer():
    city = plain.city([], Weights(), Caps())
    assert city.first(_need()) == []
    city = plain.city([_worker(1)], Weights(), Caps())
    assert city.first(_need(town=99)) == []
    assert city.first(_need(), 0) == []
    assert [one.key for one in city.first(_need(), 500)] == [1]


def test_equals_stand_by_fewer_recent_orders_then_by_number():
    weights = Weights(fairness=0)
    workers = [_worker(key, recent=key % 2) for key in (9, 4, 7, 2)]
    assert [one.key for one in plain.city(workers, weights, Caps()).first(_need(), 3)] == [2, 4, 7]


def test_many_equals_beyond_one_cell_are_cut_by_the_rule():
    keys = list(range(500))
    Random(3).shuffle(keys)
    city = plain.city([_worker(key) for key in keys], Weights(), Caps())
    assert [one.key for one in city.first(_need(), 20)] == list(range(20))


def test_a_home_that_is_not_known_ranks_as_a_far_one():
    workers = [_worker(1, lat=UNKNOWN, lng=UNKNOWN), _worker(2, lat=plain.LAT + 90_000)]
    found = plain.city(workers, Weights(), Caps()).first(_need())
    assert [one.key for one in found] == [2, 1]
    assert found[1].metres == points.FAR_M


def test_a_far_star_of_the_town_stands_before_a_near_beginner():
    star = _worker(
        1, lat=plain.LAT + 36_000, rating_sum=50_000, rating_count=100, practised=4_000, credit=100
    )
    city = plain.city(
        [_worker(2), *[_worker(key, recent=12) for key in range(3, 90)], star], Weights(), Caps()
    )
    assert [one.key for one in city.first(_need(), 2)] == [1, 2]


def test_who_was_here_before_gains_by_continuity_and_says_so():
    city = plain.city([_worker(1), _worker(2)], Weights(), Caps())
    asked = _need(known={2: 2})
    found = city.first(asked)
    assert [one.key for one in found] == [2, 1]
    assert city.parts(2, asked)["continuity"] == 100_000 * 666_666
    assert sum(city.parts(2, asked).values()) == found[0].total


@pytest.mark.parametrize(
    "wrong",
    [
        {"end": 36_000}, {"end": 30_000}, {"held": 40_000}, {"start": -1}, {"item": 3}, {"item": -1},
        {"end": 63 * DAY_S, "held": 63 * DAY_S}, {"lat": 91_000_000}, {"tier": 5}, {"level": 6},
    ],
)  # fmt: skip
def test_a_question_without_an_answer_is_refused(wrong):
    city = plain.city([_worker(1)], Weights(), Caps())
    with pytest.raises(Unfit):
        city.first(_need(**wrong))


def test_a_suspended_agency_keeps_its_workers_out_until_it_works_again():
    city = plain.city([_worker(1)], Weights(), Caps())
    city.agency(0, live=False)
    assert city.first(_need()) == []
    assert [str(gate) for gate in city.why_not(1, _need())] == ["affiliation"]
    city.agency(0, live=True)
    assert [one.key for one in city.first(_need())] == [1]


def test_other_weights_and_another_day_change_the_order_at_once():
    near, old = _worker(1), _worker(2, lat=plain.LAT + 30_000, practised=1_000)
    city = plain.city([near, old], Weights(near=900_000, experience=100_000), Caps())
    assert city.first(_need())[0].key == 1
    city.weigh(Weights(near=100_000, experience=900_000))
    assert city.first(_need())[0].key == 2
    before = city.parts(1, _need())["experience"]
    city.weigh(city.weights, turned=400)
    assert city.parts(1, _need())["experience"] > before == 0


def test_the_flat_distance_is_the_great_circle_within_a_metre():
    random = Random(5)
    for _ in range(2_000):
        here = Point(random.uniform(18, 53), random.uniform(73, 135))
        there = Point(here.lat + random.uniform(-0.4, 0.4), here.lng + random.uniform(-0.4, 0.4))
        lat, lng, of_lat, of_lng = (round(x * 1_000_000) for x in (there.lat, there.lng, here.lat, here.lng))
        true = min(points.FAR_M, distance_m(Point(lat / 1e6, lng / 1e6), Point(of_lat / 1e6, of_lng / 1e6)))
        assert abs(points.metres(lat, lng, of_lat, of_lng, *points.turned(of_lat)) - true) <= 1


@settings(deadline=None)
@given(
    st.integers(-60_000_000, 60_000_000), st.integers(0, 170_000_000),
    st.lists(st.tuples(st.integers(-500_000, 500_000), st.integers(-500_000, 500_000)), min_size=1, max_size=8),
)  # fmt: skip
def test_no_home_of_a_cell_is_nearer_than_its_bound(lat, lng, homes):
    turned = points.turned(lat)
    lats, lngs = [lat + a for a, _ in homes], [lng + b for _, b in homes]
    bound = points.at_least(min(lats), max(lats), min(lngs), max(lngs), lat, lng, *turned)
    ways = [points.metres(a, b, lat, lng, *turned) for a, b in zip(lats, lngs, strict=True)]
    assert bound <= min(ways)
    assert np.all(np.array(ways) <= points.FAR_M)
