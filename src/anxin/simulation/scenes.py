"""What is going on right now, around the doors of the demo: each scene is a story with fixed moments.

The customer, the worker and the agency behind the one-click logins have something to do at once: a card to confirm,
a contract to sign, a worker at the door, a bill to pay, an order to review; proposals and offers to answer; orders to
dispatch, contracts to seal, warnings. The scenes run on the same clock and through the same actions as the play.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from anxin.kit.clock import at_local, local_date
from anxin.orders import public as orders
from anxin.simulation import deeds, money
from anxin.simulation.cast import Household, World
from anxin.simulation.deeds import maybe
from anxin.simulation.scene import CODE, Scene, hours
from anxin.simulation.story import Moments, Story


def scenes(world: World, now: datetime) -> Iterator[tuple[datetime, Story]]:
    """Every scene with the moment at which it begins."""
    cast, neighbours = world.agencies[0], world.households[:24]
    mine = neighbours[0]
    others = iter(neighbours[1:])

    def scene(home: Household | None = None) -> Scene:
        return Scene(world, home or next(others, mine), cast, now)

    tellings: list[Callable[[Scene], Moments]] = [
        *[_offered(ago) for ago in (0.1, 0.25, 0.4)],
        *[_in_hall(ago) for ago in (0.2, 0.7, 1.5, 2.1)],
        _to_dispatch(0.6),
        _to_dispatch(1.4),
        _to_dispatch(26, reject=True),
        _to_propose_to_star,
        _to_seal,
        _silent,
        _late,
        _under_way,
        _to_confirm,
        _asks_to_move,
        _replaced,
        _tomorrow(star=True),
        *money.scenes(),
        _two_offered,
        _two_in_hall,
        _two_to_dispatch,
    ]
    own: list[Callable[[Scene], Moments]] = [
        *(_at_the_door, _to_sign, _card, _to_pay, _to_review, _cancelled, money.owed("payable")),
        _in_hall(0.4),
        _two_come,
        *[_closed(days) for days in (33, 19, 8)],
    ]
    # Some weeks ago at most, for the play has a beginning; a scene's first moment is its own.
    for telling in own:
        yield from _begun(telling(scene(mine)), now)
    codes = list(cast.services)
    for number, telling in enumerate(tellings):
        one = scene()
        one.code = codes[number % len(codes)]
        yield from _begun(telling(one), now)


def _begun(moments: Moments, now: datetime) -> Iterator[tuple[datetime, Story]]:
    story = Story(moments)
    first = story.resume(now)
    if first is not None:
        yield first, story


def _day(now: datetime, ahead: int, hour: int) -> datetime:
    return at_local(local_date(now) + timedelta(days=ahead), hour, 0)


# ── what the customer of the door finds ──


def _at_the_door(scene: Scene) -> Moments:
    starts_at = scene.now + timedelta(minutes=10)
    if (yield from scene.arranged(starts_at, before=hours(30), star=True)):
        yield from scene.at_door(scene.visit(), scene.now - timedelta(minutes=19))


def _to_sign(scene: Scene) -> Moments:
    asked = scene.now - hours(3)
    if (yield from scene.taken(asked, _day(scene.now, 2, 9))) and (
        yield from scene.carded(asked + hours(0.5))
    ):
        at = yield scene.now - timedelta(minutes=40)
        scene.agree(at)


def _card(scene: Scene) -> Moments:
    asked = scene.now - hours(2)
    if (yield from scene.taken(asked, _day(scene.now, 3, 14))):
        yield from scene.carded(scene.now - timedelta(minutes=25))


def _to_pay(scene: Scene) -> Moments:
    starts_at = scene.now - hours(20)
    if (yield from scene.arranged(starts_at, before=hours(26))) and (yield from scene.served(starts_at)):
        coming = yield from scene.finished()
        at = yield coming.ends_at + timedelta(minutes=20)
        maybe(orders.confirm, coming, by=scene.home.actor, at=at)


def _to_review(scene: Scene) -> Moments:
    yield from scene.paid(scene.now - hours(50))


def _closed(days: int) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        starts_at = _day(scene.now, -days, 9)
        bill = yield from scene.paid(starts_at)
        if bill is not None and scene.order is not None:
            at = yield starts_at + hours(30)
            scene.order.refresh_from_db()
            deeds.review(scene.world, scene.home, scene.order, at)

    return tell


def _cancelled(scene: Scene) -> Moments:
    starts_at = _day(scene.now, -5, 15)
    if (yield from scene.arranged(starts_at, before=hours(40))):
        at = yield starts_at - hours(6)
        maybe(orders.cancel, scene.order, reason="临时出差，家里没人", by=scene.home.actor, at=at)


def _two_come(scene: Scene) -> Moments:
    """Two workers at the same time: each with an order, a card and a contract of their own."""
    asked = scene.now - hours(7)
    if (yield from scene.taken(asked, _day(scene.now, 3, 9), headcount=2)):
        for number, half in enumerate(scene.halves()):
            at = asked + hours(0.5 + 0.5 * number)
            if (yield from half.carded(at)):
                yield from half.signed(at + hours(0.25))


# ── what the agency and the worker of the door find ──


def _offered(ago: float) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        at = yield scene.now - hours(ago)
        version = scene.cast.services[scene.code]
        deeds.ask(scene.world, scene.home, scene.code, _day(scene.now, 2, 10), version=version, at=at)

    return tell


def _in_hall(ago: float) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        at = yield scene.now - hours(ago)
        deeds.ask(
            scene.world, scene.home, scene.code, _day(scene.now, 3, 8 + int(ago * 4)), version=None, at=at
        )

    return tell


def _two_offered(scene: Scene) -> Moments:
    at = yield scene.now - hours(0.3)
    version = scene.cast.services[CODE]
    deeds.ask(scene.world, scene.home, CODE, _day(scene.now, 3, 10), version=version, at=at, headcount=2)


def _two_in_hall(scene: Scene) -> Moments:
    at = yield scene.now - hours(0.9)
    deeds.ask(scene.world, scene.home, CODE, _day(scene.now, 4, 9), version=None, at=at, headcount=2)


def _two_to_dispatch(scene: Scene) -> Moments:
    scene.code = CODE
    yield from scene.taken(scene.now - hours(1.2), _day(scene.now, 2, 14), headcount=2)


def _to_dispatch(ago: float, *, reject: bool = False) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        asked = scene.now - hours(ago)
        taken = yield from scene.taken(asked, _day(scene.now, 3, 13))
        if taken and reject and (yield from scene.carded(asked + hours(0.5))):
            at = yield asked + hours(3)
            standing = orders.current_assignment(scene.order) if scene.order else None
            if standing is not None:
                maybe(orders.reject, standing, reason="希望年长一些、稳重的", by=scene.home.actor, at=at)

    return tell


def _to_propose_to_star(scene: Scene) -> Moments:
    if (yield from scene.taken(scene.now - hours(1), _day(scene.now, 2, 15))):
        at = yield scene.now - timedelta(minutes=12)
        scene.propose(at, star=True)


def _tomorrow(*, star: bool) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        yield from scene.arranged(_day(scene.now, 1, 14), before=hours(28), star=star)

    return tell


def _to_seal(scene: Scene) -> Moments:
    asked = scene.now - hours(4)
    if (yield from scene.taken(asked, _day(scene.now, 2, 14))) and (
        yield from scene.carded(asked + hours(0.4))
    ):
        at = yield scene.now - hours(1)
        if scene.agree(at):
            at = yield scene.now - timedelta(minutes=18)
            deeds.sign(scene.world, scene.home, scene.order, at) if scene.order else None


def _silent(scene: Scene) -> Moments:
    """Nobody has phoned the customer, and the visit is near."""
    yield from scene.arranged(scene.now + hours(1.4), before=hours(25))


def _late(scene: Scene) -> Moments:
    """The worker should have been there by now."""
    starts_at = scene.now - timedelta(minutes=12)
    if (yield from scene.arranged(starts_at, before=hours(27))) and scene.worker is not None:
        at = yield starts_at - hours(3)
        person = scene.world.worker_actors[scene.worker]
        maybe(orders.contact, scene.visit(), how="sms", note="", by=person, at=at)


def _under_way(scene: Scene) -> Moments:
    starts_at = scene.now - timedelta(minutes=70)
    if (yield from scene.arranged(starts_at, before=hours(24))) and (
        yield from scene.served(starts_at, steps=3)
    ):
        at = yield scene.now - timedelta(minutes=6)
        assert scene.worker is not None
        maybe(deeds.propose_windows, scene.visit(), scene.world.worker_actors[scene.worker], at)


def _to_confirm(scene: Scene) -> Moments:
    starts_at = scene.now - hours(6)
    if (yield from scene.arranged(starts_at, before=hours(24))) and (yield from scene.served(starts_at)):
        yield from scene.finished()


def _asks_to_move(scene: Scene) -> Moments:
    if (yield from scene.arranged(_day(scene.now, 2, 9), before=hours(9))):
        at = yield scene.now - timedelta(minutes=15)
        maybe(
            orders.ask_change, scene.visit(), starts_at=_day(scene.now, 4, 9), reason="那天要带孩子看牙医",
            by=scene.home.actor, at=at,
        )  # fmt: skip


def _replaced(scene: Scene) -> Moments:
    """The first worker fell ill after signing; another one came in, by an addendum."""
    if not (yield from scene.arranged(_day(scene.now, 2, 10), before=hours(34))):
        return
    at = yield scene.now - hours(8)
    if scene.propose(at):
        at = yield at + timedelta(minutes=10)
        if scene.confirm(at):
            yield from scene.signed(at + timedelta(minutes=30))
