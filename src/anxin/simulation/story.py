"""One order's story as it may go, told through the same actions that the pages call.

A story is a generator: it acts, and yields the moment at which it goes on. Chance decides where it ends: declined,
rejected and chosen again, cancelled, late, paid, reviewed, or just not that far yet.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from anxin.contracts import public as contracts
from anxin.kit.clock import at_local, local_date
from anxin.kit.errors import Refusal
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.matching import public as matching
from anxin.messaging import public as messaging
from anxin.orders import public as orders
from anxin.orders.values import OrderState, Way
from anxin.payments import public as payments
from anxin.payments.values import PayWay, TitleKind
from anxin.reviews import public as reviews
from anxin.reviews.values import Target
from anxin.safetycode import public as safetycode
from anxin.simulation.cast import AgencyCast, Household, World

Moments = Generator[datetime, datetime, None]
WISHES = (
    "家里有一只猫，请轻一点关门。",
    "厨房油烟机周围请多擦两遍。",
    "老人听力不好，请大声些。",
    "",
    "",
    "请自带鞋套。",
)
PRAISE = (
    "很准时，打扫得干净。",
    "阿姨手脚麻利，下次还约。",
    "沟通顺畅，价格和说的一样。",
    "窗户缝都擦到了。",
    "",
)
GRUMBLES = ("来晚了二十分钟。", "角落不太仔细。", "价格略高。")
REFUSALS = ("当天排班已满", "路程太远", "缺少相应技能的服务员")
RETRY = ("希望有养宠物家庭经验的", "想要年长一些、稳重的", "时间上再灵活一点的")


class Story:
    """A generator with its next moment; a refusal ends the story where it stands, as it would for people."""

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


def minutes(rng: Random, low: float, high: float) -> timedelta:
    return timedelta(minutes=rng.uniform(low, high))


def order_story(world: World, begin: datetime) -> Story:
    return Story(_order(world, begin))


def _order(world: World, at: datetime) -> Moments:
    rng = world.rng
    home = rng.choice(world.households)
    near_by = [one for one in world.agencies if home.town in one.towns]
    if not near_by:
        return
    chosen = rng.choice(near_by)
    order = _ask(world, home, chosen, at)
    if order is None:
        return
    at = yield at + minutes(rng, 3, 25)
    cast = _answer(world, order, near_by, chosen, at)
    if cast is None:
        return
    at = yield at + minutes(rng, 3, 20)
    worker = yield from _choose(world, home, cast, order, at)
    if worker is None:
        return
    order.refresh_from_db()
    at = yield order.state_at + minutes(rng, 5, 90)
    if rng.random() < 0.06:
        _maybe(orders.cancel, order, reason="家里临时有事", by=home.actor, at=at)
        return
    signed = yield from _sign(world, home, cast, order, at)
    if not signed:
        return
    yield from _visit(world, home, order, worker)
    yield from _settle(world, home, order)


def _maybe(act: Callable[..., object], *args: object, **kwargs: object) -> bool:
    """Act; False if it was refused: people run into refusals too, and the story then ends where it stands."""
    try:
        act(*args, **kwargs)
    except Refusal:
        return False
    return True


def _ask(world: World, home: Household, cast: AgencyCast, at: datetime) -> orders.Order | None:
    rng = world.rng
    code = rng.choice(list(cast.services))
    item = world.items[code]
    length = max(item.default_minutes, 60)
    day = local_date(at) + timedelta(days=rng.randint(1, 4))
    starts_at = at_local(day, rng.choice((8, 9, 10, 13, 14, 15)), rng.choice((0, 30)))
    quantity = (
        Decimal(max(item.min_quantity, round(length / 60)))
        if item.unit == "hour"
        else Decimal(max(item.min_quantity, {"square_metre": 80}.get(str(item.unit), 1)))
    )
    hours = min(float(quantity), 4) if item.unit == "hour" else min(length / 60, 6)
    sent = rng.random() < 0.6
    demand = orders.Demand(
        item_code=code, mode=str(item.modes[0]), quantity=quantity, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours), address_id=home.address_id, scope=_answers(item, quantity),
        version_id=cast.services[code] if sent else None, wishes=rng.choice(WISHES),
    )  # fmt: skip
    try:
        return orders.submit_demand(demand, order_id=new_id(), by=home.actor, at=at)
    except Refusal:
        return None


def _answers(item: object, quantity: Decimal) -> dict[str, object]:
    given: dict[str, object] = {}
    for question in item.questions:  # type: ignore[attr-defined]
        if question.quantity:
            given[question.code] = int(quantity)
        elif question.required and question.choices:
            first = question.choices[0][0]
            given[question.code] = [first] if question.kind == "choices" else first
        elif question.required and question.kind == "number":
            low, high = question.low or 1, question.high or 100
            given[question.code] = min(max(80, low), high)
        elif question.required:
            given[question.code] = True if question.kind == "yes_no" else "按现场情况"
    return given


def _answer(
    world: World, order: orders.Order, near_by: list[AgencyCast], chosen: AgencyCast, at: datetime
) -> AgencyCast | None:
    """The agency accepts or declines; an open demand is grabbed by an agency, or by a worker of one."""
    rng = world.rng
    order.refresh_from_db()
    if order.state != OrderState.SUBMITTED:
        return None
    if order.way == Way.SENT:
        if rng.random() < 0.08:
            offer = orders.offer_of(order, chosen.organisation_id)
            if offer is not None:
                _maybe(orders.decline, offer, reason=rng.choice(REFUSALS), by=chosen.dispatcher, at=at)
            return None
        if rng.random() < 0.04:
            return None
        taken = _maybe(
            orders.accept, order, organisation_id=chosen.organisation_id, by=chosen.dispatcher, at=at
        )
        return chosen if taken else None
    if rng.random() < 0.07:
        return None
    for cast in rng.sample(near_by, len(near_by)):
        grabbers = [w for w in cast.workers if rng.random() < 0.3]
        for worker in grabbers[:2]:
            if _maybe(orders.grab, order, by=world.worker_actors[worker], at=at):
                return cast
        if order.item_code in cast.services and _maybe(
            orders.accept, order, organisation_id=cast.organisation_id, by=cast.dispatcher, at=at
        ):
            return cast
    return None


def _choose(
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
            ranked = matching.rank(order, at)
            if not ranked:
                return None
            worker = ranked[0].worker_id
            if not _maybe(matching.propose, order=order, worker_id=worker, by=cast.dispatcher, at=at):
                return None
            at = yield at + minutes(rng, 5, 60)
            standing = orders.current_assignment(order)
            if standing is None:
                continue
            person = world.worker_actors[standing.worker_id]
            if rng.random() < 0.06:
                _maybe(orders.decline_assignment, standing, reason="当天家里有事", by=person, at=at)
                continue
            if not _maybe(orders.confirm_assignment, standing, by=person, at=at):
                return None
        at = yield at + minutes(rng, 5, 120)
        standing = orders.current_assignment(order)
        if standing is None:
            continue
        if rng.random() < 0.07:
            _maybe(orders.reject, standing, reason=rng.choice(RETRY), by=home.actor, at=at)
            at = yield at + minutes(rng, 5, 40)
            continue
        if _maybe(orders.agree, standing, by=home.actor, at=at):
            return standing.worker_id
        return None
    return None


def _sign(
    world: World, home: Household, cast: AgencyCast, order: orders.Order, at: datetime
) -> Generator[datetime, datetime, bool]:
    """The customer reads and signs, the agency seals a little later; some contracts are still lying there."""
    contract = contracts.open_contract(order.pk, home.actor)
    if contract is None or contract.document is None:
        return False
    try:
        contracts.mark_read(contract, by=home.actor, at=at)
        contracts.send_code(contract, by=home.actor, at=at)
        code = messaging.demo_phone(contract.person.phone, "confirm_code")["code"]
        contract = contracts.sign(
            contract, drawn=world.signature, code=code, consent=True, seen=contract.document.sha256,
            by=home.actor, at=at,
        )  # fmt: skip
    except Refusal:
        return False
    if world.rng.random() < 0.04 or contract.document is None:
        return False
    at = yield at + minutes(world.rng, 2, 30)
    return _maybe(contracts.apply_seal, contract, seen=contract.document.sha256, by=cast.head, at=at)


def signature() -> str:
    """A drawn signature as a browser sends it: a PNG data URL."""
    image = Image.new("RGBA", (500, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.line([(40, 140), (90, 50), (130, 150), (180, 60), (240, 140)], fill="#10204a", width=7)
    draw.line([(260, 60), (330, 130), (400, 70), (460, 120)], fill="#10204a", width=6)
    data = io.BytesIO()
    image.save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def picture(rng: Random) -> bytes:
    """A plain photo of a clean room."""
    tone = rng.randint(180, 240)
    image = Image.new("RGB", (320, 240), (tone, tone, min(255, tone + 10)))
    ImageDraw.Draw(image).rectangle((30, 120, 290, 220), fill=(tone - 60, tone - 50, tone - 70))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return data.getvalue()


def _visit(world: World, home: Household, order: orders.Order, worker: UUID) -> Moments:
    """The day: contact, departure, arrival, code, entry, checklist, completion, confirmation."""
    rng, person = world.rng, world.worker_actors[worker]
    visit = orders.visits_of(order)[0]
    if visit.starts_at - order.created_at < timedelta(hours=3):
        return
    at = yield visit.starts_at - minutes(rng, 125, 240)
    if not _maybe(orders.contact, visit, how="phone", note="", by=person, at=at):
        return
    late = rng.random() < 0.08
    at = yield visit.starts_at - (minutes(rng, -15, 0) if late else minutes(rng, 25, 45))
    if rng.random() < 0.03:
        _maybe(orders.cancel, order, reason="客户临时外出", by=home.actor, at=at)
        return
    if not _maybe(orders.depart, visit, by=person, at=at):
        return
    at = yield at + minutes(rng, 15, 30)
    door = Point(order.lat, order.lng)
    orders.arrive(visit, point=door, by=person, at=at)
    at = yield at + minutes(rng, 1, 6)
    token = safetycode.display_token(worker, at)
    if not _maybe(orders.confirm_entry, visit, token=token, point=door, by=home.actor, at=at):
        return
    photo = picture(rng)
    for step in orders.steps_of(visit):
        at = yield at + minutes(rng, 5, 25)
        if step.needs_photo:
            upload = SimpleUploadedFile("step.jpg", photo, "image/jpeg")
            orders.add_photo(step, upload=upload, by=person, at=at)
        orders.tick_step(step, done=True, note="", by=person, at=at)
    if rng.random() < 0.12:
        extra = orders.propose_extra(
            visit,
            label="擦玻璃",
            quantity=Decimal(6),
            unit="平方米",
            price_fen=1000,
            code="windows",
            by=person,
            at=at,
        )
        at = yield at + minutes(rng, 2, 8)
        orders.answer_extra(extra, agreed=rng.random() < 0.8, by=home.actor, at=at)
    at = yield max(at + minutes(rng, 5, 15), visit.ends_at + minutes(rng, -20, 10))
    if not _maybe(orders.finish, visit, note="已完成，垃圾带走了。", by=person, at=at):
        return
    if rng.random() < 0.15:
        return
    at = yield at + minutes(rng, 2, 300)
    _maybe(orders.confirm, visit, by=home.actor, at=at)


def _settle(world: World, home: Household, order: orders.Order) -> Moments:
    """The bill, the payment, the invoice, the reviews."""
    rng = world.rng
    order.refresh_from_db()
    if order.state not in (OrderState.COMPLETED, OrderState.BILLED):
        return
    at = yield order.state_at + minutes(rng, 10, 600)
    bill = payments.bill_of(order.pk)
    if bill is None or rng.random() < 0.05:
        return
    if not _pay(world, home, bill, at):
        return
    at = yield at + minutes(rng, 1, 5)
    if rng.random() < 0.25:
        _maybe(
            payments.request_invoice, bill, title_kind=TitleKind.PERSON, title="个人", by=home.actor, at=at
        )
    if rng.random() < 0.3:
        return
    at = yield at + minutes(rng, 60, 4000)
    for target in Target:
        happy = rng.random() < 0.88
        scores = {
            name: rng.choice((4, 5, 5)) if happy else rng.randint(2, 4)
            for name in ("content", "scope", "quality", "fee")
        }
        words = rng.choice(PRAISE if happy else GRUMBLES)
        anonymous = rng.random() < 0.35
        _maybe(
            reviews.review,
            order,
            target=target,
            scores=scores,
            words=words,
            anonymous=anonymous,
            by=home.actor,
            at=at,
        )
        order.refresh_from_db()


def _pay(world: World, home: Household, bill: payments.Bill, at: datetime) -> bool:
    """Check the bill, accept it, pay it at the simulated cashier; the platform asks and finds it paid."""
    cashier = world.cashier
    try:
        payments.accept_bill(bill, by=home.actor, at=at)
        cashier.set(at)
        payment = payments.start_payment(bill, way=PayWay.H5, by=home.actor, at=at)
        cashier.pay(payment.url, "silent", at=at)
        payments.check_payment(payment.pk, at=at)
    except Refusal:
        return False
    return True
