"""What people do, one deed at a time, each through the actions that the pages call. Used by stories and scenes."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from anxin.agencies import public as agencies
from anxin.catalogue.values import ItemFacts, Unit
from anxin.contracts import public as contracts
from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.kit.geo import Point
from anxin.kit.ids import new_id
from anxin.messaging import public as messaging
from anxin.orders import public as orders
from anxin.payments import public as payments
from anxin.payments.values import PayWay
from anxin.reviews import public as reviews
from anxin.reviews.values import Target
from anxin.safetycode import public as safetycode
from anxin.simulation.cast import Household, World

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


def minutes(rng: Random, low: float, high: float) -> timedelta:
    return timedelta(minutes=rng.uniform(low, high))


def maybe(act: Callable[..., object], *args: object, **kwargs: object) -> bool:
    """Act; False if it was refused: people run into refusals too, and the story then goes another way."""
    try:
        act(*args, **kwargs)
    except Refusal:
        return False
    return True


def ask(
    world: World, home: Household, code: str, starts_at: datetime, *, version: UUID | None, at: datetime,
    headcount: int = 1,
) -> orders.Order | None:  # fmt: skip
    """A household asks for a usual amount of a service; sent to the agency of `version`, or open. None if refused."""
    item = world.items[code]
    unit = agencies.version(version).price_list.unit if version else item.unit
    least = item.min_quantity if unit is item.unit else 1
    by_hour = unit is Unit.HOUR
    length = usual_hours(item)
    usual = round(length) if by_hour else {Unit.SQUARE_METRE: 80}.get(unit, 1)
    quantity = Decimal(max(least, usual))
    hours = min(float(quantity), 4) if by_hour else length
    demand = orders.Demand(
        item_code=code, mode=str(item.mode_in(unit)), unit=str(unit), quantity=quantity, starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours), address_id=home.address_id, scope=answers(item, quantity),
        version_id=version, wishes=world.rng.choice(WISHES), headcount=headcount,
    )  # fmt: skip
    try:
        return orders.submit_demand(demand, order_id=new_id(), by=home.actor, at=at)
    except Refusal:
        return None


def usual_hours(item: ItemFacts) -> float:
    """How long a visit of the demo takes, six hours at most."""
    return min(max(item.default_minutes, 60) / 60, 6)


def answers(item: ItemFacts, quantity: Decimal) -> dict[str, object]:
    """The answers that fit every required question of an item."""
    given: dict[str, object] = {}
    for question in item.questions:
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


def sign(world: World, home: Household, order: orders.Order, at: datetime) -> contracts.Contract | None:
    """The customer reads the contract and signs it with a drawn signature and a one-time code."""
    contract = contracts.open_contract(order.pk, home.actor)
    if contract is None or contract.document is None:
        return None
    try:
        contracts.mark_read(contract, by=home.actor, at=at)
        contracts.send_code(contract, by=home.actor, at=at)
        code = messaging.demo_phone(contract.person.phone, "confirm_code")["code"]
        contract = contracts.sign(
            contract, drawn=world.signature, code=code, consent=True, seen=contract.document.sha256,
            by=home.actor, at=at,
        )  # fmt: skip
        return _countersign(world, contract, at)
    except Refusal:
        return None


def _countersign(world: World, contract: contracts.Contract, at: datetime) -> contracts.Contract:
    """With three parties the worker signs next, in the same way."""
    if not contract.waits_for_worker or contract.assignment is None or contract.document is None:
        return contract
    by, person = world.worker_actors[contract.assignment.worker_id], contract.assignment.worker.person
    contracts.send_code(contract, by=by, at=at)
    code = messaging.demo_phone(person.phone, "confirm_code")["code"]
    return contracts.sign(
        contract, drawn=world.signature, code=code, consent=True, seen=contract.document.sha256, by=by, at=at
    )


def seal(contract: contracts.Contract, by: Actor, at: datetime) -> bool:
    """The agency puts its seal under what the customer signed."""
    if contract.document is None:
        return False
    return maybe(contracts.apply_seal, contract, seen=contract.document.sha256, by=by, at=at)


def enter(home: Household, visit: orders.Visit, order: orders.Order, worker: UUID, at: datetime) -> bool:
    """The worker shows the code, the customer scans it at the door and confirms the entry."""
    token = safetycode.display_token(worker, at)
    door = Point(order.lat, order.lng)
    return maybe(orders.confirm_entry, visit, token=token, point=door, by=home.actor, at=at)


def work(world: World, step: object, by: Actor, at: datetime) -> None:
    """One line of the checklist, with a photo where it asks for one."""
    if step.needs_photo:  # type: ignore[attr-defined]
        upload = SimpleUploadedFile("step.jpg", world.photo, "image/jpeg")
        orders.add_photo(step, upload=upload, by=by, at=at)  # type: ignore[arg-type]
    orders.tick_step(step, done=True, note="", by=by, at=at)  # type: ignore[arg-type]


def propose_windows(visit: orders.Visit, by: Actor, at: datetime) -> Any:
    """Extra work seen on the spot."""
    return orders.propose_extra(
        visit,
        label="擦玻璃",
        quantity=Decimal(6),
        unit="平方米",
        price_fen=1000,
        code="windows",
        by=by,
        at=at,
    )


def pay(world: World, home: Household, bill: payments.Bill, at: datetime) -> bool:
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


def review(world: World, home: Household, order: orders.Order, at: datetime) -> None:
    """Stars and words for the worker and the agency; a third of the customers keep their name to themselves."""
    rng = world.rng
    for target in Target:
        happy = rng.random() < 0.88
        scores = {
            name: rng.choice((4, 5, 5)) if happy else rng.randint(2, 4)
            for name in ("content", "scope", "quality", "fee")
        }
        words = rng.choice(PRAISE if happy else GRUMBLES)
        maybe(
            reviews.review, order, target=target, scores=scores, words=words, anonymous=rng.random() < 0.35,
            by=home.actor, at=at,
        )  # fmt: skip
        order.refresh_from_db()


def signature() -> str:
    """A drawn signature as a browser sends it: a PNG data URL."""
    image = Image.new("RGBA", (500, 200), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.line([(40, 140), (90, 50), (130, 150), (180, 60), (240, 140)], fill="#10204a", width=7)
    draw.line([(260, 60), (330, 130), (400, 70), (460, 120)], fill="#10204a", width=6)
    data = io.BytesIO()
    image.save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


def picture() -> bytes:
    """A plain photo of a clean room."""
    tone = 215
    image = Image.new("RGB", (320, 240), (tone, tone, min(255, tone + 10)))
    ImageDraw.Draw(image).rectangle((30, 120, 290, 220), fill=(tone - 60, tone - 50, tone - 70))
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return data.getvalue()
