"""Laying a demand before agencies, and their answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anxin.agencies import public as agencies
from anxin.agencies.values import Quote, Usage, VersionFacts
from anxin.audit.public import record
from anxin.customers import public as customers
from anxin.kit import money
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.live import touch
from anxin.kit.models import Moved, begin, move
from anxin.kit.text import gettext_noop
from anxin.orders.actions import refusals
from anxin.orders.actions.demand import usage_of
from anxin.orders.actions.telling import tell
from anxin.orders.events import OfferLapsed, OrderAccepted
from anxin.orders.models import Offer, Order
from anxin.orders.states import OfferState, OrderState
from anxin.orders.values import GRAB_MINUTES, OFFER_MINUTES, Way
from anxin.policies import public as policies


@transaction.atomic
def offer_to(
    order: Order, *, organisation_id: UUID | None, version_id: UUID | None = None, by: Actor, at: datetime
) -> Offer:
    """Lay a submitted demand before one agency (with the version it would serve under), or, None, before all.

    It stays open for the operator's minutes, but never past the start of the service.
    """
    way = Way.SENT if organisation_id else Way.OPEN
    minutes = policies.read(OFFER_MINUTES if organisation_id else GRAB_MINUTES, at=at)
    expires_at = min(at + timedelta(minutes=minutes), order.starts_at)
    offer = Offer(order=order, organisation_id=organisation_id, opens_at=at, expires_at=expires_at)
    begin(offer, by=by, at=at)
    Order.objects.filter(pk=order.pk).update(way=str(way), version_id=version_id)
    order.way, order.version_id = str(way), version_id
    touch("hall")
    if organisation_id:
        tell(order, "offered", gettext_noop("需求已送达机构，等待答复"), to="offered", by=by, at=at, sms=True)
    else:
        tell(order, "opened", gettext_noop("需求已开放抢单"), to="", by=by, at=at)
    return offer


@transaction.atomic
def accept(
    order: Order, *, organisation_id: UUID, by: Actor, at: datetime, check_offer: bool = True
) -> Order:
    """An agency takes a demand (B-7.3.1, E-15): terms freeze, the order is theirs, all offers close.

    Of many who try at once exactly one wins. Refuses: AlreadyTaken, NoService, OverBudget. A loser is turned
    away by one cheap read before anything is written.
    """
    state = Order.objects.filter(pk=order.pk).values_list("state", flat=True).get()
    if state != OrderState.SUBMITTED:
        raise refusals.AlreadyTaken
    if check_offer and not _offered(order, organisation_id, at):
        raise refusals.AlreadyTaken
    version, usage, quote = _terms(order, organisation_id)
    if order.budget_fen is not None and order.way == Way.OPEN and quote.total_fen > order.budget_fen:
        raise refusals.OverBudget(total=money.yuan(quote.total_fen), budget=money.yuan(order.budget_fen))
    terms = {
        "version": str(version.id), "item": version.name, "price_list": version.price_list.to_json(),
        "usage": usage.to_json(), "quote": quote.to_json(),
    }  # fmt: skip
    try:
        move(order, OrderState.ACCEPTED, by=by, at=at, provider_id=organisation_id, version_id=version.id,
             terms=terms, accepted_at=at)  # fmt: skip
    except Moved as error:
        raise refusals.AlreadyTaken from error
    customers.grant(organisation_id=organisation_id, customer_id=order.customer_id, at=at)
    _close_offers(order, organisation_id, by=by, at=at)
    touch("hall")
    tell(order, "accepted", gettext_noop("机构已接单，正在选派服务员"), to="customer", by=by, at=at, sms=True)
    record("orders.accept", by=by, at=at, subject="order", subject_id=order.pk,
           detail={"organisation": str(organisation_id), "total_fen": quote.total_fen})  # fmt: skip
    announce(OrderAccepted(order.pk, organisation_id))
    return order


def _offered(order: Order, organisation_id: UUID, at: datetime) -> bool:
    offers = Offer.objects.filter(order=order, state=OfferState.OPEN, opens_at__lte=at, expires_at__gt=at)
    return any(target in (None, organisation_id) for target in offers.values_list("organisation", flat=True))


def _terms(order: Order, organisation_id: UUID) -> tuple[VersionFacts, Usage, Quote]:
    """The version the agency serves under and its price: the one the customer chose, or the agency's current one."""
    if order.version_id and order.way == Way.SENT:
        version: VersionFacts | None = agencies.version(order.version_id)
    else:
        agency = agencies.agency_of(organisation_id)
        version = agencies.current_version(agency.id, order.item_code) if agency else None
    span = (order.starts_at, order.ends_at)
    if version is None or not agencies.covers(version, order.town_code, span):
        raise refusals.NoService
    usage = usage_of(order, order.town_code)
    return version, usage, agencies.quoted(version, usage)


def _close_offers(order: Order, organisation_id: UUID, *, by: Actor, at: datetime) -> None:
    for offer in Offer.objects.filter(order=order, state=OfferState.OPEN):
        move(offer, OfferState.ACCEPTED, by=by, at=at)


@transaction.atomic
def decline(offer: Offer, *, reason: str, by: Actor, at: datetime) -> Offer:
    """The agency says no to a demand sent to it, with a reason; the next is asked. Refuses: ReasonNeeded."""
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    move(offer, OfferState.DECLINED, by=by, at=at, why=reason, reason=reason.strip()[:300])
    tell(offer.order, "declined", gettext_noop("机构暂时不能接单：%(reason)s"), to="customer", by=by, at=at,
         side="agency", reason=reason.strip()[:100])  # fmt: skip
    record("orders.decline", by=by, at=at, subject="order", subject_id=offer.order_id)
    announce(OfferLapsed(offer.order_id, offer.organisation_id))
    return offer


@transaction.atomic
def lapse(offer: Offer, *, at: datetime, by: Actor = SYSTEM) -> Offer:
    """Nobody answered in time; the next is asked."""
    move(offer, OfferState.LAPSED, by=by, at=at)
    tell(offer.order, "lapsed", gettext_noop("超过答复时限，系统将继续寻找"), to="", by=by, at=at)
    announce(OfferLapsed(offer.order_id, offer.organisation_id))
    return offer


@transaction.atomic
def give_up(order: Order, *, at: datetime, by: Actor = SYSTEM) -> Order:
    """Nobody is left to ask: the customer is told and can ask again with another time."""
    move(order, OrderState.UNANSWERED, by=by, at=at)
    tell(order, "unanswered", gettext_noop("暂时没有机构接单，可以换个时间再试"), to="customer", by=by, at=at,
         sms=True)  # fmt: skip
    record("orders.give_up", by=by, at=at, subject="order", subject_id=order.pk)
    return order
