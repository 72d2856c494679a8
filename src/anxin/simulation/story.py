"""One order's story as it may go, told through the same actions that the pages call.

A story is a generator: it acts, and yields the moment at which it goes on. Chance decides where it ends: declined,
rejected and chosen again, cancelled, late, paid, reviewed, or just not that far yet.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime, timedelta
from uuid import UUID

from anxin.kit.clock import at_local, local_date
from anxin.kit.errors import Refusal
from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders import public as orders
from anxin.orders.values import OrderState, Side, Way
from anxin.payments import public as payments
from anxin.payments.values import TitleKind
from anxin.simulation import deeds
from anxin.simulation.cast import AgencyCast, Household, World
from anxin.simulation.deeds import maybe, minutes

Moments = Generator[datetime, datetime, None]
REFUSALS = ("当天排班已满", "路程太远", "缺少相应技能的服务员")
RETRY = ("希望有养宠物家庭经验的", "想要年长一些、稳重的", "时间上再灵活一点的")
ASKS = 5


class Story:
    """A generator with its next moment."""

    def __init__(self, moments: Moments) -> None:
        self.moments = moments
        self.started = False

    def resume(self, at: datetime) -> datetime | None:
        """Go on at `at`; returns when to go on next, None at the end."""
        try:
            if self.started:
                return self.moments.send(at)
            self.started = True
            return next(self.moments)
        except StopIteration:
            return None


def order_story(world: World, begin: datetime) -> Story:
    return Story(_order(world, begin))


def _order(world: World, at: datetime) -> Moments:
    rng = world.rng
    served = {town for one in world.agencies for town in one.towns}
    homes = [home for home in world.households[1:] or world.households if home.town in served]
    if not homes:
        return
    home = rng.choice(homes)
    near_by = [one for one in world.agencies if home.town in one.towns]
    chosen = rng.choice(near_by)
    code = rng.choice(list(chosen.services))
    day = local_date(at) + timedelta(days=rng.randint(1, 4))
    # Agencies work till eight in the evening, and a visit begins at half past at the latest.
    latest = 20 - 0.5 - deeds.usual_hours(world.items[code])
    hours = [hour for hour in (8, 9, 10, 13, 14, 15) if hour <= latest]
    starts_at = at_local(day, rng.choice(hours), rng.choice((0, 30)))
    version = chosen.services[code] if rng.random() < 0.55 else None
    order = deeds.ask(world, home, code, starts_at, version=version, at=at)
    if order is None:
        return
    at = yield at + minutes(rng, 3, 25)
    cast = yield from _answer(world, order, near_by, at)
    if cast is None:
        yield from _ask_again(world, home, order, near_by)
        return
    at = yield order.state_at + minutes(rng, 3, 20)
    worker = yield from choose(world, home, cast, order, at)
    order.refresh_from_db()
    if worker is not None:
        at = yield order.state_at + minutes(rng, 5, 90)
        if rng.random() < 0.05:
            maybe(orders.cancel, order, reason="家里临时有事", by=home.actor, at=at)
            return
        if (yield from sign(world, home, cast, order, at)):
            yield from visit(world, home, order, worker)
            yield from settle(world, home, cast, order)
    yield from _call_off(world, home, cast, order)


def _call_off(world: World, home: Household, cast: AgencyCast, order: orders.Order) -> Moments:
    """What got stuck is called off before its time comes, by the agency or the customer."""
    rng = world.rng
    order.refresh_from_db()
    if order.state not in (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED):
        return
    at = yield max(order.state_at, order.starts_at - minutes(rng, 60, 20 * 60))
    order.refresh_from_db()
    if rng.random() < 0.6:
        maybe(
            orders.cancel,
            order,
            reason="暂无合适的服务员，抱歉",
            at_fault=Side.AGENCY,
            by=cast.dispatcher,
            at=at,
        )
    else:
        maybe(orders.cancel, order, reason="改约了别的时间", by=home.actor, at=at)


def _ask_again(world: World, home: Household, order: orders.Order, near_by: list[AgencyCast]) -> Moments:
    """Nobody took it: half the households try another day, some give up, the others leave it."""
    rng = world.rng
    at = yield order.state_at + minutes(rng, 400, 900)
    order.refresh_from_db()
    if order.state != OrderState.UNANSWERED:
        return
    chance = rng.random()
    if chance < 0.2:
        maybe(orders.cancel, order, reason="不需要了", by=home.actor, at=at)
    elif chance < 0.7:
        length = order.ends_at - order.starts_at
        starts_at = at_local(local_date(at) + timedelta(days=2), 9, 0)
        maybe(
            orders.submit_again, order, starts_at=starts_at, ends_at=starts_at + length, by=home.actor, at=at
        )


def _answer(
    world: World, order: orders.Order, near_by: list[AgencyCast], at: datetime
) -> Generator[datetime, datetime, AgencyCast | None]:
    """The agency asked accepts, declines, or says nothing; then the next is asked; an open demand is grabbed."""
    rng = world.rng
    by_id = {one.organisation_id: one for one in world.agencies}
    for _ in range(ASKS):
        order.refresh_from_db()
        if order.state != OrderState.SUBMITTED:
            return None
        if order.way == Way.OPEN:
            if rng.random() < 0.06:
                return None
            # By then it is open to all, whatever their credit.
            at = yield at + minutes(rng, 10, 20)
            return _grab(world, order, near_by, at)
        open_to = order.offers.filter(state="open").values_list("organisation_id", flat=True).first()
        offer = orders.offer_of(order, open_to) if open_to else None
        if offer is None or open_to is None:
            return None
        asked = by_id[open_to]
        chance = rng.random()
        if chance < 0.08:
            maybe(orders.decline, offer, reason=rng.choice(REFUSALS), by=asked.dispatcher, at=at)
        elif chance > 0.03 and maybe(
            orders.accept, order, organisation_id=asked.organisation_id, by=asked.dispatcher, at=at
        ):
            return asked
        at = yield at + minutes(rng, 10, 28)
    return None


def _grab(world: World, order: orders.Order, near_by: list[AgencyCast], at: datetime) -> AgencyCast | None:
    rng = world.rng
    able = [one for one in near_by if order.item_code in one.services]
    for cast in rng.sample(able, len(able)):
        grabbers = [w for w in cast.workers if w in world.grabbers and w != world.star and rng.random() < 0.3]
        for worker in grabbers[:1]:
            if maybe(orders.grab, order, by=world.worker_actors[worker], at=at):
                return cast
        if maybe(orders.accept, order, organisation_id=cast.organisation_id, by=cast.dispatcher, at=at):
            return cast
    return None


def choose(
    world: World, home: Household, cast: AgencyCast, order: orders.Order, at: datetime
) -> Generator[datetime, datetime, UUID | None]:
    """Rank, propose, hear the worker, show the card, hear the customer; up to three rounds."""
    rng = world.rng
    for _ in range(3):
        order.refresh_from_db()
        if order.state != OrderState.ACCEPTED:
            return None
        standing = orders.current_assignment(order)
        if standing is None:
            ranked = [one for one in matching.rank(order, at) if one.worker_id != world.star]
            if not ranked:
                return None
            worker = ranked[0].worker_id
            if not maybe(matching.propose, order=order, worker_id=worker, by=cast.dispatcher, at=at):
                return None
            at = yield at + minutes(rng, 5, 60)
            standing = orders.current_assignment(order)
            if standing is None:
                continue
            person = world.worker_actors[standing.worker_id]
            if rng.random() < 0.06:
                maybe(orders.decline_assignment, standing, reason="当天家里有事", by=person, at=at)
                continue
            if not maybe(orders.confirm_assignment, standing, by=person, at=at):
                return None
        at = yield at + minutes(rng, 5, 120)
        standing = orders.current_assignment(order)
        if standing is None:
            continue
        if rng.random() < 0.07:
            maybe(orders.reject, standing, reason=rng.choice(RETRY), by=home.actor, at=at)
            at = yield at + minutes(rng, 5, 40)
            continue
        if maybe(orders.agree, standing, by=home.actor, at=at):
            return standing.worker_id
        return None
    return None


def sign(
    world: World, home: Household, cast: AgencyCast, order: orders.Order, at: datetime
) -> Generator[datetime, datetime, bool]:
    """The customer reads and signs, the agency seals a little later; some contracts are left lying."""
    contract = deeds.sign(world, home, order, at)
    if contract is None or world.rng.random() < 0.03:
        return False
    at = yield at + minutes(world.rng, 2, 30)
    return deeds.seal(contract, cast.head, at)


def visit(world: World, home: Household, order: orders.Order, worker: UUID) -> Moments:
    """The day: contact, departure, arrival, code, entry, checklist, completion, confirmation."""
    rng, person = world.rng, world.worker_actors[worker]
    order.refresh_from_db()
    coming = orders.visits_of(order)[0]
    at = yield max(order.state_at, coming.starts_at - minutes(rng, 125, 240))
    if not maybe(orders.contact, coming, how="phone", note="", by=person, at=at):
        return
    late = rng.random() < 0.08
    leaves = coming.starts_at - (minutes(rng, -15, 0) if late else minutes(rng, 25, 45))
    at = yield max(at, leaves)
    if rng.random() < 0.03:
        maybe(orders.cancel, order, reason="客户临时外出", by=home.actor, at=at)
        return
    if not maybe(orders.depart, coming, by=person, at=at):
        return
    at = yield at + minutes(rng, 15, 30)
    orders.arrive(coming, point=Point(order.lat, order.lng), by=person, at=at)
    at = yield at + minutes(rng, 1, 6)
    if not deeds.enter(home, coming, order, worker, at):
        maybe(
            orders.cancel,
            order,
            reason="安心码不是绿码，未让进门",
            at_fault=Side.AGENCY,
            by=home.actor,
            at=at,
        )
        return
    at = yield at + minutes(rng, 15, 40)
    yield from _serve(world, home, coming, worker, at)


def _serve(world: World, home: Household, coming: orders.Visit, worker: UUID, at: datetime) -> Moments:
    rng, person = world.rng, world.worker_actors[worker]
    steps = orders.steps_of(coming)
    for number, step in enumerate(steps):
        if number == len(steps) // 2:
            at = yield at + minutes(rng, 15, 40)
        deeds.work(world, step, person, at + timedelta(minutes=number))
    at += timedelta(minutes=len(steps))
    if rng.random() < 0.12:
        extra = deeds.propose_windows(coming, person, at)
        at = yield at + minutes(rng, 2, 8)
        orders.answer_extra(extra, agreed=rng.random() < 0.8, by=home.actor, at=at)
    at = yield max(at + minutes(rng, 5, 15), coming.ends_at + minutes(rng, -20, 10))
    if not maybe(orders.finish, coming, note="已完成，垃圾带走了。", by=person, at=at):
        return
    if rng.random() < 0.15:
        return
    at = yield at + minutes(rng, 2, 300)
    maybe(orders.confirm, coming, by=home.actor, at=at)


def settle(world: World, home: Household, cast: AgencyCast, order: orders.Order) -> Moments:
    """The bill, the payment, the invoice, the reviews."""
    rng = world.rng
    order.refresh_from_db()
    if order.state not in (OrderState.COMPLETED, OrderState.BILLED):
        return
    at = yield order.state_at + minutes(rng, 10, 600)
    bill = payments.bill_of(order.pk)
    if bill is None or rng.random() < 0.05:
        return
    if not deeds.pay(world, home, bill, at):
        return
    at = yield at + minutes(rng, 1, 5)
    if rng.random() < 0.25:
        yield from _invoice(world, home, cast, bill, at)
    if rng.random() < 0.25:
        return
    at = yield at + minutes(rng, 60, 4000)
    deeds.review(world, home, order, at)


def _invoice(world: World, home: Household, cast: AgencyCast, bill: payments.Bill, at: datetime) -> Moments:
    bill.refresh_from_db()
    try:
        asked = payments.request_invoice(
            bill, title_kind=TitleKind.PERSON, title="个人", by=home.actor, at=at
        )
    except Refusal:
        return
    at = yield at + minutes(world.rng, 20, 900)
    maybe(payments.issue_invoice, asked, by=cast.finance, at=at)
