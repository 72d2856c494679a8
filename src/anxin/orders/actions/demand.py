"""A customer asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anxin.agencies import public as agencies
from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import Unit
from anxin.customers import public as customers
from anxin.customers.values import AddressFacts
from anxin.kit import ids, money
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound
from anxin.kit.events import announce
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.orders.actions import refusals
from anxin.orders.actions.telling import tell
from anxin.orders.events import DemandSubmitted
from anxin.orders.models import Order, Visit
from anxin.orders.queries.pricing import price_range as price_range
from anxin.orders.queries.pricing import usage_of as usage_of
from anxin.orders.states import OrderState
from anxin.orders.values import MIN_NOTICE_MINUTES, Timing, Way
from anxin.policies import public as policies

FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Demand:
    """What a customer wants (B-7.2.3). Times UTC; quantity in the item's unit; budget in fen.

    version: the agency's service version it is sent to, None to open it for grabbing. seen_total_fen: the
    estimate the customer saw; if it no longer holds, the demand is refused with the new one.
    """

    item_code: str
    mode: str
    quantity: Decimal
    starts_at: datetime
    ends_at: datetime
    address_id: UUID
    scope: Mapping[str, Any] = field(default_factory=dict)
    version_id: UUID | None = None
    qualifications: tuple[str, ...] = ()
    min_level: int = 0
    headcount: int = 1
    wishes: str = ""
    budget_fen: int | None = None
    seen_total_fen: int | None = None
    timing: str = str(Timing.ONCE)
    recurrence: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def submit_demand(demand: Demand, *, order_id: UUID, by: Actor, at: datetime) -> Order:
    """Raise a demand for a customer: open for grabbing, or sent to the agency of a service version.

    order_id is made by the caller, so that a demand sent twice is one order. Refuses: NotVerified, ItemUnknown,
    QuantityWrong, OneWorker, LongerThanPaid, TimeBackwards, TooSoon, TooFarAhead,
    AddressUnknown, NotCovered, VersionStale, PriceChanged; catalogue's
    AnswersUnfit. Source: B-7.2, T/ZTAC 001.2 §7.2.
    """
    if existing := _sent_before(order_id, by):
        return existing
    if not by.verified:
        raise refusals.NotVerified
    item = _item(demand, at)
    check_span(demand.starts_at, demand.ends_at, at)
    customer = customers.become_customer(by=by, at=at)
    try:
        address = customers.use_address(address_id=demand.address_id, by=by, at=at)
    except NotFound as error:
        raise refusals.AddressUnknown("address") from error
    scope = catalogue.clean_answers(item, demand.scope)
    estimate = _estimate(demand, address.town_code, at)
    order = Order(
        **_asked(demand),
        id=order_id,
        number=ids.number("O", at),
        city_code=address.town_code[:4],
        customer=customer,
        channel=by.channel,
        entered_by=by.person,
        item_code=item.code,
        item_name=item.name,
        scope=dict(scope),
        estimate=estimate,
        address_id=address.id,
        place=frozen_place(address),
        town_code=address.town_code,
        village_code=address.village_code,
        lat=address.lat,
        lng=address.lng,
        created_at=at,
    )
    try:
        with transaction.atomic():
            begin(order, by=by, at=at)
    except IntegrityError:
        # Sent twice at once: the other one made it while this one waited.
        if existing := _sent_before(order_id, by):
            return existing
        raise
    begin(Visit(order=order, sequence=1, starts_at=demand.starts_at, ends_at=demand.ends_at), by=by, at=at)
    tell(order, "submitted", gettext_noop("提交了服务需求"), to="", by=by, at=at)
    record("orders.submit_demand", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"number": order.number, "item": item.code, "town": order.town_code, "way": order.way})  # fmt: skip
    announce(DemandSubmitted(order.pk))
    return order


def _asked(demand: Demand) -> dict[str, Any]:
    """What is taken from the demand as it was said."""
    return {
        "version_id": demand.version_id,
        "way": str(Way.SENT if demand.version_id else Way.OPEN),
        "mode": demand.mode,
        "quantity": demand.quantity,
        "timing": demand.timing,
        "recurrence": dict(demand.recurrence),
        "starts_at": demand.starts_at,
        "ends_at": demand.ends_at,
        "headcount": demand.headcount,
        "qualifications": list(demand.qualifications),
        "min_level": demand.min_level,
        "wishes": demand.wishes.strip(),
        "budget_fen": demand.budget_fen,
    }


@transaction.atomic
def submit_again(order: Order, *, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime) -> Order:
    """Open an unanswered demand again, at another time if wanted, for all agencies. Refuses: TimeBackwards, TooSoon."""
    check_span(starts_at, ends_at, at)
    move(order, OrderState.SUBMITTED, by=by, at=at, starts_at=starts_at, ends_at=ends_at, way=str(Way.OPEN),
         version=None)  # fmt: skip
    order.visits.filter(sequence=1).update(starts_at=starts_at, ends_at=ends_at)
    tell(order, "submitted", gettext_noop("重新提交了服务需求"), to="", by=by, at=at)
    record("orders.submit_again", by=by, at=at, subject="order", subject_id=order.pk)
    announce(DemandSubmitted(order.pk))
    return order


def _sent_before(order_id: UUID, by: Actor) -> Order | None:
    """The order of that key, if this customer has sent it already; somebody else's key is refused."""
    existing: Order | None = Order.objects.filter(pk=order_id, customer__person=by.person_id).first()
    if existing is None and Order.objects.filter(pk=order_id).exists():
        raise refusals.OrderUnknown
    return existing


def frozen_place(address: AddressFacts) -> dict[str, str]:
    """The place as it was when the order was made: later changes of the address do not move it."""
    return {
        "contact": address.contact_name, "phone": address.contact_phone, "town": address.town_name,
        "village": address.village_name, "detail": address.detail, "label": address.label,
    }  # fmt: skip


def _item(demand: Demand, at: datetime) -> Any:
    try:
        item = catalogue.item(demand.item_code, at)
    except catalogue.UnknownItem as error:
        raise refusals.ItemUnknown("item") from error
    if demand.quantity <= 0 or demand.quantity < item.min_quantity:
        raise refusals.QuantityWrong("quantity")
    if demand.headcount != 1:
        raise refusals.OneWorker("headcount")
    if item.unit is Unit.HOUR and demand.ends_at - demand.starts_at > timedelta(hours=float(demand.quantity)):
        raise refusals.LongerThanPaid("ends_at")
    return item


def check_span(starts_at: datetime, ends_at: datetime, at: datetime) -> None:
    """Refuse a time that runs backwards (TimeBackwards), comes too soon for the operator's notice (TooSoon) or lies
    more than a year ahead (TooFarAhead)."""
    if ends_at <= starts_at:
        raise refusals.TimeBackwards("ends_at")
    minutes = policies.read(MIN_NOTICE_MINUTES, at=at)
    if starts_at < at + timedelta(minutes=minutes):
        raise refusals.TooSoon("starts_at", minutes=minutes)
    if ends_at - at > FURTHEST:
        raise refusals.TooFarAhead("starts_at", days=FURTHEST.days)


def _estimate(demand: Demand, town_code: str, at: datetime) -> dict[str, Any]:
    """The price shown before sending, by the code that bills later; for an open demand the range over all offers."""
    if demand.version_id is None:
        return price_range(demand, town_code, at)
    try:
        version = agencies.version(demand.version_id)
    except NotFound as error:
        raise refusals.VersionStale("version") from error
    if not version.is_current:
        raise refusals.VersionStale("version")
    span = (demand.starts_at, demand.ends_at)
    if version.item_code != demand.item_code or not agencies.covers(version, town_code, span):
        raise refusals.NotCovered("version")
    quote = agencies.quoted(version, usage_of(demand, town_code))
    if demand.seen_total_fen is not None and demand.seen_total_fen != quote.total_fen:
        raise refusals.PriceChanged(
            "seen_total_fen", seen=money.yuan(demand.seen_total_fen), now=money.yuan(quote.total_fen)
        )
    return {"quote": quote.to_json(), "low_fen": quote.total_fen, "high_fen": quote.total_fen, "offers": 1}
