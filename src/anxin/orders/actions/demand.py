"""A customer asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from anxin.agencies import public as agencies
from anxin.agencies.values import PER_WORKER
from anxin.audit.public import record
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import ItemFacts, Mode, Unit
from anxin.customers import public as customers
from anxin.customers.values import AddressFacts
from anxin.kit import ids, money
from anxin.kit.actor import Actor
from anxin.kit.errors import AsOneself, NotFound
from anxin.kit.events import announce
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.orders.actions import refusals
from anxin.orders.actions.pair import lock_all
from anxin.orders.actions.telling import tell
from anxin.orders.events import DemandSubmitted
from anxin.orders.models import Order, Visit
from anxin.orders.queries.moving import estimate_for_all
from anxin.orders.queries.pricing import price_range as price_range
from anxin.orders.queries.pricing import usage_of as usage_of
from anxin.orders.states import OrderState
from anxin.orders.values import MIN_NOTICE_MINUTES, Timing, Way
from anxin.policies import public as policies

FURTHEST = timedelta(days=366)
MOST_WORKERS = 2


@dataclass(frozen=True)
class Demand:
    """What a customer wants (B-7.2.3). Times UTC; quantity in `unit`, one of those the mode is priced in (empty: the
    item's first of them); budget in fen.

    version: the agency's service version it is sent to, None to open it for grabbing. seen_total_fen: the
    estimate the customer saw; if it no longer holds, the demand is refused with the new one. headcount: how many
    workers come at the same time, each for the whole quantity; budget and seen_total_fen are for all of them.
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
    unit: str = ""
    wishes: str = ""
    budget_fen: int | None = None
    seen_total_fen: int | None = None
    timing: str = str(Timing.ONCE)
    recurrence: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def submit_demand(demand: Demand, *, order_id: UUID, by: Actor, at: datetime) -> Order:
    """Raise a demand for a customer: open for grabbing, or sent to the agency of a service version.

    For two workers it makes two orders, taken by one agency or by none, each with the life of any order; the first is
    returned. order_id is made by the caller, so that a demand sent twice is one order (or one pair). Refuses:
    AsOneself (who acts for an organisation would not see it again), NotVerified, ItemUnknown, QuantityTooLow,
    AgencyDecides, TwoAtMost, LongerThanPaid, ModeUnknown, UnitUnknown, OtherUnit, TimeBackwards, TooSoon,
    TooFarAhead, AddressUnknown, NotCovered, VersionStale, PriceChanged; catalogue's AnswersUnfit.
    Source: B-7.2, T/ZTAC 001.2 §7.2.
    """
    if by.organisation_id:
        raise AsOneself
    if existing := _sent_before(order_id, by):
        return existing
    if not by.verified:
        raise refusals.NotVerified
    item, unit = _item(demand, at)
    demand = replace(demand, unit=str(unit))
    check_span(demand.starts_at, demand.ends_at, at)
    customer = customers.become_customer(by=by, at=at)
    try:
        address = customers.use_address(address_id=demand.address_id, by=by, at=at)
    except NotFound as error:
        raise refusals.AddressUnknown("address") from error
    scope = catalogue.clean_answers(item, demand.scope)
    estimate = _estimate(demand, address.town_code, at)
    shared = {
        **_asked(demand), **_place(address), "customer": customer, "channel": by.channel, "entered_by": by.person,
        "item_code": item.code, "item_name": item.name, "scope": dict(scope), "estimate": estimate, "created_at": at,
    }  # fmt: skip
    made = [Order(**shared, **keys, number=ids.number("O", at)) for keys in _keys(order_id, demand.headcount)]
    try:
        with transaction.atomic():
            for order in made:
                begin(order, by=by, at=at)
    except IntegrityError:
        # Sent twice at once: the other one made it while this one waited.
        if existing := _sent_before(order_id, by):
            return existing
        raise
    for order in made:
        _open(order, by=by, at=at)
    announce(DemandSubmitted(made[0].pk))
    return made[0]


def _open(order: Order, *, by: Actor, at: datetime) -> None:
    """What every order begins with."""
    begin(Visit(order=order, sequence=1, starts_at=order.starts_at, ends_at=order.ends_at), by=by, at=at)
    tell(order, "submitted", gettext_noop("提交了服务需求"), to="", by=by, at=at)
    detail = {"number": order.number, "item": order.item_code, "town": order.town_code, "way": order.way}
    record("orders.submit_demand", by=by, at=at, subject="order", subject_id=order.pk, detail=detail)


def _keys(order_id: UUID, headcount: int) -> list[dict[str, Any]]:
    """Key and pair of each order that a demand makes."""
    if headcount == 1:
        return [{"id": order_id}]
    party = ids.new_id()
    return [{"id": order_id, "party": party, "part": 1}, {"id": ids.new_id(), "party": party, "part": 2}]


def _place(address: AddressFacts) -> dict[str, Any]:
    return {
        "address_id": address.id, "place": frozen_place(address), "city_code": address.town_code[:4],
        "town_code": address.town_code, "village_code": address.village_code, "lat": address.lat, "lng": address.lng,
    }  # fmt: skip


def _asked(demand: Demand) -> dict[str, Any]:
    """What is taken from the demand as it was said; of what is for all workers each order has its share."""
    budget = demand.budget_fen
    return {
        "version_id": demand.version_id,
        "way": str(Way.SENT if demand.version_id else Way.OPEN),
        "mode": demand.mode,
        "quantity": demand.quantity,
        "unit": demand.unit,
        "timing": demand.timing,
        "recurrence": dict(demand.recurrence),
        "starts_at": demand.starts_at,
        "ends_at": demand.ends_at,
        "headcount": 1,
        "qualifications": list(demand.qualifications),
        "min_level": demand.min_level,
        "wishes": demand.wishes.strip(),
        "budget_fen": None if budget is None else budget // demand.headcount,
    }


@transaction.atomic
def submit_again(order: Order, *, starts_at: datetime, ends_at: datetime, by: Actor, at: datetime) -> Order:
    """Open an unanswered demand again, at another time if wanted, for all agencies; of a pair both halves.

    Refuses: TimeBackwards, TooSoon.
    """
    check_span(starts_at, ends_at, at)
    estimate = estimate_for_all(order, starts_at, ends_at, at)
    for half in [order] if order.party is None else lock_all(order):
        move(half, OrderState.SUBMITTED, by=by, at=at, starts_at=starts_at, ends_at=ends_at, way=str(Way.OPEN),
             version=None, estimate=estimate)  # fmt: skip
        half.visits.filter(sequence=1).update(starts_at=starts_at, ends_at=ends_at)
        tell(half, "submitted", gettext_noop("重新提交了服务需求"), to="", by=by, at=at)
        record("orders.submit_again", by=by, at=at, subject="order", subject_id=half.pk)
    announce(DemandSubmitted(order.pk))
    return order


def _sent_before(order_id: UUID, by: Actor) -> Order | None:
    """The order of that key, if this customer has sent it already; somebody else's key is refused."""
    # One look: between two the other one of two sent at once may be committed.
    existing: Order | None = Order.objects.filter(pk=order_id).select_related("customer").first()
    if existing is not None and existing.customer.person_id != by.person_id:
        raise refusals.OrderUnknown
    return existing


def frozen_place(address: AddressFacts) -> dict[str, str]:
    """The place as it was when the order was made: later changes of the address do not move it."""
    return {
        "contact": address.contact_name, "phone": address.contact_phone, "town": address.town_name,
        "village": address.village_name, "detail": address.detail, "label": address.label,
    }  # fmt: skip


def _item(demand: Demand, at: datetime) -> tuple[ItemFacts, Unit]:
    """The item, and the unit in which the demand counts it."""
    try:
        item = catalogue.item(demand.item_code, at)
    except catalogue.UnknownItem as error:
        raise refusals.ItemUnknown("item") from error
    # The contract will name it.
    if demand.mode not in item.modes:
        raise refusals.ModeUnknown("mode")
    units = item.units_in(Mode(demand.mode))
    unit = Unit(demand.unit) if demand.unit else units[0]
    if unit not in units:
        raise refusals.UnitUnknown("mode", unit=gettext(unit.label))
    least = item.min_quantity if unit is item.unit else 0
    if demand.quantity <= 0 or demand.quantity < least:
        raise refusals.QuantityTooLow("quantity", least=least or 1, unit=gettext(unit.label))
    if demand.headcount > 1 and unit not in PER_WORKER:
        raise refusals.AgencyDecides("headcount", unit=gettext(unit.label))
    if demand.headcount > MOST_WORKERS:
        raise refusals.TwoAtMost("headcount")
    if unit is Unit.HOUR and demand.ends_at - demand.starts_at > timedelta(hours=float(demand.quantity)):
        raise refusals.LongerThanPaid("ends_at")
    return item, unit


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
    """The price of each order shown before sending, by the code that bills later; for an open demand the range over all
    offers."""
    one = replace(demand, headcount=1)
    if demand.version_id is None:
        return price_range(one, town_code, at)
    try:
        version = agencies.version(demand.version_id)
    except NotFound as error:
        raise refusals.VersionStale("version") from error
    if not version.is_current:
        raise refusals.VersionStale("version")
    span = (demand.starts_at, demand.ends_at)
    if version.item_code != demand.item_code or not agencies.covers(version, town_code, span):
        raise refusals.NotCovered("version")
    priced_in = version.price_list.unit
    if priced_in != demand.unit:
        theirs, unit = gettext(priced_in.label), gettext(Unit(demand.unit).label)
        raise refusals.OtherUnit("version", theirs=theirs, unit=unit)
    quote = agencies.quoted(version, usage_of(one, town_code))
    total = quote.total_fen * demand.headcount
    if demand.seen_total_fen is not None and demand.seen_total_fen != total:
        raise refusals.PriceChanged(
            "seen_total_fen", seen=money.yuan(demand.seen_total_fen), now=money.yuan(total)
        )
    return {"quote": quote.to_json(), "low_fen": quote.total_fen, "high_fen": quote.total_fen, "offers": 1}
