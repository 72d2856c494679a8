"""Sessions at an institution with who comes, a policy in force and one that waits, background checks to be sent."""

from __future__ import annotations

from datetime import datetime, timedelta

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM
from anxin.kit.clock import at_local, local, local_date
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Channel, Limit, NewSlot, Product, Terms
from anxin.simulation.cast import AgencyCast, World
from anxin.simulation.platform import CITY
from anxin.workers import public as workers
from anxin.workers.values import HealthTier

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOSPITAL, INSURER = "临安区第一人民医院体检中心", "示例财产保险公司"
LIMITS = {
    Limit.DEATH: 50_000_000,
    Limit.MEDICAL: 3_000_000,
    Limit.THIRD_PARTY: 30_000_000,
    Limit.PROPERTY: 5_000_000,
}


def examining(world: World, now: datetime) -> None:
    """The demo's doors to an institution and an insurer, and something to do behind each."""
    cast = max(world.agencies, key=lambda one: len(one.workers))
    for kind, name, post in (("exam", HOSPITAL, "exam.head"), ("insurer", INSURER, "insurer.head")):
        house = accounts.found_organisation(
            kind=kind, name=name, city_code=CITY, town_code=cast.town, by=SYSTEM, at=world.begin
        )
        world.houses[kind] = world.in_post(
            world.person(female=True, at=world.begin), house.pk, post, world.begin
        )
    _sessions(world, cast, now)
    _policies(world, cast, now)
    for worker_id in cast.workers[-2:]:
        safetycode.ask_background(
            worker_id=worker_id, channel=Channel.FILE, by=world.platform.association, at=now - DAY
        )


def session_start(now: datetime) -> datetime:
    """When the session of this half of the day begins: institutions open by day, whenever a demo is built."""
    return at_local(local_date(now), *((8, 0) if local(now).hour < 12 else (13, 30)))


def _sessions(world: World, cast: AgencyCast, now: datetime) -> None:
    """One of today, with somebody awaited (and somebody arrived, once it has begun), and three to come."""
    house, opened = world.houses["exam"], now - 2 * DAY
    for days in range(4):
        starts = session_start(now) + days * DAY
        slot = safetycode.open_slot(
            slot=NewSlot(starts, starts + 3 * HOUR, HealthTier.MATERNAL, 20, opened), place="门诊楼二楼",
            by=house, at=opened,
        )  # fmt: skip
        for turn, worker_id in enumerate(cast.workers[2 + 2 * days : 4 + 2 * days]):
            try:
                exam = safetycode.book_exam(
                    slot_id=slot.pk, worker_id=worker_id, tier=HealthTier.HOME,
                    by=world.worker_actors[worker_id], at=now - DAY,
                )  # fmt: skip
            except (workers.TimeTaken, workers.TravelTooFar):
                continue
            if days == 0 and turn == 0 and starts <= now:
                safetycode.arrive(number=exam.number, by=house, at=now)


def _policies(world: World, cast: AgencyCast, now: datetime) -> None:
    """One in force; one to be confirmed, whose limit is low and whose people are covered already."""
    today = local_date(now)
    for number, since, limits, confirmed in (
        ("PZ-330112-0001", today - 30 * DAY, LIMITS, True),
        ("PZ-330112-0002", today + DAY, LIMITS | {Limit.MEDICAL: 800_000}, False),
    ):
        at = now - (29 * DAY if confirmed else 3 * HOUR)
        terms = Terms(number, Product.COMBINED, 4, since, since + 364 * DAY, limits)
        row = safetycode.file_policy(terms=terms, insurer_name=INSURER, by=cast.head, at=at)
        safetycode.add_insured(policy_id=row.pk, worker_ids=cast.workers[:5], by=cast.head, at=at)
        if confirmed:
            safetycode.confirm_policy(policy_id=row.pk, by=world.houses["insurer"], at=at)
