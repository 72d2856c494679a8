"""One order between a household and the first agency, step by step, as far as a scene takes it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders import public as orders
from anxin.payments import public as payments
from anxin.simulation import deeds
from anxin.simulation.cast import AgencyCast, Household, World
from anxin.simulation.deeds import maybe

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

    def taken(
        self, asked: datetime, starts_at: datetime, *, headcount: int = 1
    ) -> Generator[datetime, datetime, bool]:
        """Asked at `asked`, accepted a few minutes later."""
        at = yield asked
        version = self.cast.services[self.code]
        self.order = deeds.ask(
            self.world, self.home, self.code, starts_at, version=version, at=at, headcount=headcount
        )
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

    def halves(self) -> list[Scene]:
        """A scene for each order of a pair."""
        assert self.order is not None
        both = (self.order, orders.other_half(self.order))
        return [replace(self, order=half, worker=None) for half in both if half is not None]

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

    def paid(self, starts_at: datetime) -> Generator[datetime, datetime, payments.Bill | None]:
        """Everything up to a paid bill; None if it went another way."""
        arranged = yield from self.arranged(starts_at, before=hours(26))
        if not arranged or not (yield from self.served(starts_at)):
            return None
        coming = yield from self.finished()
        at = yield coming.ends_at + timedelta(minutes=20)
        maybe(orders.confirm, coming, by=self.home.actor, at=at)
        at = yield at + timedelta(minutes=30)
        bill = payments.bill_of(self.order.pk) if self.order else None
        return bill if bill is not None and deeds.pay(self.world, self.home, bill, at) else None
