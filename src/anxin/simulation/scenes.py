"""What is going on right now, around the doors of the demo: each scene is a story with fixed moments.

The customer, the worker and the agency behind the one-click logins have something to do at once: a card to confirm,
a contract to sign, a worker at the door, a bill to pay, an order to review; proposals and offers to answer; orders to
dispatch, contracts to seal, warnings. The scenes run on the same clock and through the same actions as the play.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from anxin.kit.clock import at_local, local_date
from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders import public as orders
from anxin.payments import public as payments
from anxin.payments.values import TitleKind
from anxin.simulation import deeds
from anxin.simulation.cast import AgencyCast, Household, World
from anxin.simulation.deeds import maybe
from anxin.simulation.story import Moments, Story

CODE = "0101"


def hours(value: float) -> timedelta:
    return timedelta(hours=value)


@dataclass
class Scene:
    """One order between a household and the first agency, as far as it is to go before `now`."""

    world: World
    home: Household
    cast: AgencyCast
    now: datetime
    worker: UUID | None = None
    order: orders.Order | None = None
    code: str = CODE

    def taken(self, asked: datetime, starts_at: datetime) -> Generator[datetime, datetime, bool]:
        """Asked at `asked`, accepted a few minutes later."""
        at = yield asked
        version = self.cast.services[self.code]
        self.order = deeds.ask(self.world, self.home, self.code, starts_at, version=version, at=at)
        if self.order is None:
            return False
        at = yield at + timedelta(minutes=4)
        self.order.refresh_from_db()
        return maybe(
            orders.accept,
            self.order,
            organisation_id=self.cast.organisation_id,
            by=self.cast.dispatcher,
            at=at,
        )

    def carded(self, at: datetime, *, star: bool = False) -> Generator[datetime, datetime, bool]:
        """The dispatcher proposes (the worker of the door, or the best of the others), the worker confirms."""
        at = yield at
        if not self.propose(at, star=star):
            return False
        at = yield at + timedelta(minutes=3)
        return self.confirm(at)

    def propose(self, at: datetime, *, star: bool = False) -> bool:
        assert self.order is not None
        self.order.refresh_from_db()
        ranked = [one.worker_id for one in matching.rank(self.order, at)]
        mine = [one for one in ranked if (one == self.world.star) == star and one != self.worker]
        if not mine:
            return False
        self.worker = mine[0]
        return maybe(matching.propose, order=self.order, worker_id=mine[0], by=self.cast.dispatcher, at=at)

    def confirm(self, at: datetime) -> bool:
        standing = orders.current_assignment(self.order) if self.order else None
        return standing is not None and maybe(
            orders.confirm_assignment, standing, by=self.world.worker_actors[standing.worker_id], at=at
        )

    def agree(self, at: datetime) -> bool:
        standing = orders.current_assignment(self.order) if self.order else None
        return standing is not None and maybe(orders.agree, standing, by=self.home.actor, at=at)

    def signed(self, at: datetime) -> Generator[datetime, datetime, bool]:
        """The customer agrees and signs, the agency seals."""
        at = yield at
        if not self.agree(at):
            return False
        at = yield at + timedelta(minutes=5)
        contract = deeds.sign(self.world, self.home, self.order, at) if self.order else None
        if contract is None:
            return False
        at = yield at + timedelta(minutes=4)
        return deeds.seal(contract, self.cast.head, at)

    def arranged(
        self, starts_at: datetime, *, before: timedelta, star: bool = False
    ) -> Generator[datetime, datetime, bool]:
        """Everything up to two signatures, beginning `before` ahead of the start."""
        starts_at = starts_at.replace(minute=starts_at.minute // 5 * 5, second=0, microsecond=0)
        asked = min(starts_at, self.now) - before
        if not (yield from self.taken(asked, starts_at)):
            return False
        if not (yield from self.carded(asked + timedelta(minutes=12), star=star)):
            return False
        return (yield from self.signed(asked + timedelta(minutes=22)))

    def at_door(self, visit: orders.Visit, departs: datetime) -> Generator[datetime, datetime, bool]:
        """Phoned ahead, departed, arrived a quarter of an hour later."""
        assert self.order is not None and self.worker is not None
        person = self.world.worker_actors[self.worker]
        at = yield departs - timedelta(minutes=50)
        if not maybe(orders.contact, visit, how="phone", note="", by=person, at=at):
            return False
        at = yield departs
        if not maybe(orders.depart, visit, by=person, at=at):
            return False
        at = yield departs + timedelta(minutes=16)
        return maybe(orders.arrive, visit, point=Point(self.order.lat, self.order.lng), by=person, at=at)

    def visit(self) -> orders.Visit:
        assert self.order is not None
        self.order.refresh_from_db()
        return orders.visits_of(self.order)[0]

    def served(self, starts_at: datetime, *, steps: int | None = None) -> Generator[datetime, datetime, bool]:
        """The visit from the call ahead until `steps` of the checklist are done; all of them if None."""
        coming = self.visit()
        if not (yield from self.at_door(coming, starts_at - timedelta(minutes=20))):
            return False
        assert self.order is not None and self.worker is not None
        at = yield starts_at
        if not deeds.enter(self.home, coming, self.order, self.worker, at):
            return False
        person = self.world.worker_actors[self.worker]
        at = yield at + timedelta(minutes=15)
        for number, step in enumerate(orders.steps_of(coming)[:steps]):
            deeds.work(self.world, step, person, at + timedelta(minutes=number))
        return True

    def finished(self) -> Generator[datetime, datetime, orders.Visit]:
        coming = self.visit()
        assert self.worker is not None
        at = yield coming.ends_at - timedelta(minutes=5)
        person = self.world.worker_actors[self.worker]
        maybe(orders.finish, coming, note="都做好了，垃圾带走了。", by=person, at=at)
        return coming


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
        _invoiced(done=False),
        _invoiced(done=True),
    ]
    own: list[Callable[[Scene], Moments]] = [
        *(_at_the_door, _to_sign, _card, _to_pay, _to_review, _cancelled),
        _in_hall(0.4),
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


def _paid(scene: Scene, starts_at: datetime) -> Generator[datetime, datetime, payments.Bill | None]:
    arranged = yield from scene.arranged(starts_at, before=hours(26))
    if not arranged or not (yield from scene.served(starts_at)):
        return None
    coming = yield from scene.finished()
    at = yield coming.ends_at + timedelta(minutes=20)
    maybe(orders.confirm, coming, by=scene.home.actor, at=at)
    at = yield at + timedelta(minutes=30)
    bill = payments.bill_of(scene.order.pk) if scene.order else None
    return bill if bill is not None and deeds.pay(scene.world, scene.home, bill, at) else None


def _to_review(scene: Scene) -> Moments:
    yield from _paid(scene, scene.now - hours(50))


def _closed(days: int) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        starts_at = _day(scene.now, -days, 9)
        bill = yield from _paid(scene, starts_at)
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


def _invoiced(*, done: bool) -> Callable[[Scene], Moments]:
    def tell(scene: Scene) -> Moments:
        bill = yield from _paid(scene, scene.now - hours(52))
        if bill is None:
            return
        at = yield scene.now - hours(5)
        bill.refresh_from_db()
        asked = payments.request_invoice(
            bill, title_kind=TitleKind.PERSON, title="个人", by=scene.home.actor, at=at
        )
        if done:
            at = yield scene.now - hours(2)
            maybe(payments.issue_invoice, asked, by=scene.cast.finance, at=at)

    return tell
