"""Laying a demand before agencies, and their answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from anxin.agencies import public as agencies
from anxin.agencies.values import Quote, Usage, VersionFacts
from anxin.audit.public import record
from anxin.kit import money
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.jobs import gathered, job
from anxin.kit.live import touch
from anxin.kit.models import Moved, begin, move
from anxin.kit.text import gettext_noop
from anxin.orders.actions import refusals
from anxin.orders.actions.demand import usage_of
from anxin.orders.actions.pair import halves, lock_all, open_offers
from anxin.orders.actions.taking import reading, writing
from anxin.orders.actions.telling import side_of, tell
from anxin.orders.events import OfferLapsed, OrderAccepted
from anxin.orders.models import Offer, Order
from anxin.orders.states import OfferState, OrderState
from anxin.orders.values import GRAB_MINUTES, OFFER_MINUTES, Side, Way
from anxin.policies import public as policies

ACCEPTED = gettext_noop("机构已接单，正在选派服务员")
BOTH_ACCEPTED = gettext_noop("机构已接单，正在选派两位服务员")


@transaction.atomic
def offer_to(
    order: Order,
    *,
    organisation_id: UUID | None,
    version_id: UUID | None = None,
    opens: Sequence[tuple[int, int]] = (),
    by: Actor,
    at: datetime,
) -> Offer:
    """Lay a submitted demand before one agency (with the version it would serve under), or, None, before all; of a pair
    both halves.

    opens: when it opens for whom, as (least credit score, minutes from now), best first; none = for all now (E-8).
    It stays open for the operator's minutes, but never past the start of the service. Refuses: AlreadyTaken when
    the order was cancelled or taken in the meantime.
    """
    both = lock_all(order)
    if any(half.state != OrderState.SUBMITTED for half in both):
        raise refusals.AlreadyTaken
    minutes = policies.read(OFFER_MINUTES if organisation_id else GRAB_MINUTES, at=at)
    expires_at = min(at + timedelta(minutes=minutes), order.starts_at)
    laid = [
        Offer(order=half, organisation_id=organisation_id, opens_at=at, expires_at=expires_at,
              opens_by_credit=[list(step) for step in opens])
        for half in both
    ]  # fmt: skip
    for offer in laid:
        _lay(offer, version_id, by=by, at=at)
    touch("hall")
    return laid[0]


def _lay(offer: Offer, version_id: UUID | None, *, by: Actor, at: datetime) -> None:
    order = offer.order
    begin(offer, by=by, at=at)
    order.way, order.version_id = str(Way.SENT if offer.organisation_id else Way.OPEN), version_id
    Order.objects.filter(pk=order.pk).update(way=order.way, version_id=version_id)
    if offer.organisation_id:
        tell(order, "offered", gettext_noop("需求已送达机构，等待答复"), to="offered" if order.leads else "", by=by,
             at=at, sms=True)  # fmt: skip
    else:
        tell(order, "opened", gettext_noop("需求已开放抢单"), to="", by=by, at=at)


def accept(
    order: Order, *, organisation_id: UUID, by: Actor, at: datetime, check_offer: bool = True
) -> Order:
    """An agency takes a demand (B-7.3.1, E-15): terms freeze, the order is theirs, all offers close.

    Of many who try at once exactly one wins: all is written in one trip, which is its own transaction
    unless the caller is in one; of a pair in one for each half in one transaction, so that one agency has both.
    Refuses: AlreadyTaken, Moved (to another time), NotOpenYet, NoService, OverBudget. A loser is turned away by one
    cheap read before anything is written.
    """
    standing = reading.standing(order, organisation_id, at)
    if standing.state != OrderState.SUBMITTED:
        raise refusals.AlreadyTaken
    if check_offer:
        standing.check_open(at)
    if order.party is None:
        taken = _take(order, standing, organisation_id, by=by, at=at, check_offer=check_offer)
        return was_taken(order, taken, at)
    with transaction.atomic():
        # Both were laid at once under the same terms, so what was read of one holds for the other.
        both = [
            (half, _take(half, standing, organisation_id, by=by, at=at, check_offer=check_offer))
            for half in halves(order)
        ]
    for half, taken in both:
        was_taken(half, taken, at)
    return order


def _take(
    order: Order, standing: reading.Standing, organisation_id: UUID, *, by: Actor, at: datetime, check_offer: bool
) -> writing.Taking:  # fmt: skip
    provider, order.provider_id = order.provider_id, organisation_id
    try:
        taken = taking_of(order, standing, organisation_id, side=side_of(order, by), check_offer=check_offer)
        if not writing.write(order, taken, by=by, at=at):
            raise Moved if _moved(order) else refusals.AlreadyTaken
    finally:
        order.provider_id = provider
    return taken


def _moved(order: Order) -> bool:
    """Whether the customer has moved the demand since it was read: it is still there, at another time and price."""
    there = Order.objects.filter(pk=order.pk, state=OrderState.SUBMITTED)
    return bool(there.exclude(starts_at=order.starts_at, ends_at=order.ends_at).exists())


def taking_of(
    order: Order,
    standing: reading.Standing,
    organisation_id: UUID,
    *,
    side: Side,
    check_offer: bool = True,
    lines: Sequence[writing.Line] = (),
    entries: Sequence[tuple[str, str, Any, dict[str, Any]]] = (),
) -> writing.Taking:
    """What taking this demand writes: frozen terms, who is told, what follows. `lines` and `entries` come on top.

    Refuses: NoService, OverBudget.
    """
    version, usage, quote = _terms(order, standing)
    if order.budget_fen is not None and order.way == Way.OPEN and quote.total_fen > order.budget_fen:
        raise refusals.OverBudget(
            total=money.yuan(quote.total_fen * order.people),
            budget=money.yuan(order.budget_fen * order.people),
        )
    terms = {
        "version": str(version.id), "item": version.name, "price_list": version.price_list.to_json(),
        "usage": usage.to_json(), "quote": quote.to_json(),
        "engagement": version.engagement,
    }  # fmt: skip
    with gathered() as jobs:
        announce(OrderAccepted(order.pk, organisation_id))
    detail = {"organisation": str(organisation_id), "total_fen": quote.total_fen}
    words = ACCEPTED if order.party is None else BOTH_ACCEPTED
    told = [writing.Line("accepted", words, side, "customer" if order.leads else ""), *lines]
    return writing.Taking(
        organisation_id, version.id, terms, told,
        [*(job("orders.tell", of_row=line.kind, sms=True) for line in told if line.to), *jobs],
        [("orders.accept", "order", order.pk, detail), *entries], check_offer,
    )  # fmt: skip


def was_taken(order: Order, taken: writing.Taking, at: datetime) -> Order:
    """The row in hand, as it now stands in the database."""
    order.state, order.state_at, order.accepted_at = str(OrderState.ACCEPTED), at, at
    order.provider_id, order.version_id, order.terms = taken.organisation_id, taken.version_id, taken.terms
    return order


def _terms(order: Order, standing: reading.Standing) -> tuple[VersionFacts, Usage, Quote]:
    """The version the agency serves under and its price: the one the customer chose, or the agency's current one."""
    if order.version_id and order.way == Way.SENT:
        version_id: UUID | None = order.version_id
    else:
        version_id = standing.serving
    version = agencies.frozen_version(version_id) if version_id else None
    span = (order.starts_at, order.ends_at)
    if version is None or not agencies.covers(version, order.town_code, span):
        raise refusals.NoService
    if order.unit and version.price_list.unit != order.unit:
        raise refusals.NoService
    usage = usage_of(order, order.town_code, standing.calendar)
    return version, usage, agencies.quoted(version, usage)


@transaction.atomic
def decline(offer: Offer, *, reason: str, by: Actor, at: datetime) -> Offer:
    """The agency says no to a demand sent to it, with a reason; the next is asked. Of a pair it is said of both.

    Refuses: ReasonNeeded.
    """
    if not reason.strip():
        raise refusals.ReasonNeeded("reason")
    for one in open_offers(offer):
        move(one, OfferState.DECLINED, by=by, at=at, why=reason, reason=reason.strip()[:300])
        tell(one.order, "declined", gettext_noop("机构暂时不能接单：%(reason)s"), by=by, at=at, side="agency",
             to="customer" if one.order.leads else "", reason=reason.strip()[:100])  # fmt: skip
        record("orders.decline", by=by, at=at, subject="order", subject_id=one.order_id)
    announce(OfferLapsed(offer.order_id, offer.organisation_id))
    return offer


@transaction.atomic
def lapse(offer: Offer, *, at: datetime, by: Actor = SYSTEM) -> Offer:
    """Nobody answered in time; the next is asked. Of a pair both lapse."""
    for one in open_offers(offer):
        move(one, OfferState.LAPSED, by=by, at=at)
        tell(one.order, "lapsed", gettext_noop("超过答复时限，系统将继续寻找"), to="", by=by, at=at)
    announce(OfferLapsed(offer.order_id, offer.organisation_id))
    return offer


@transaction.atomic
def give_up(order: Order, *, at: datetime, by: Actor = SYSTEM) -> Order:
    """Nobody is left to ask: the customer is told and can ask again with another time. Of a pair both end."""
    for half in [order] if order.party is None else lock_all(order):
        move(half, OrderState.UNANSWERED, by=by, at=at)
        tell(half, "unanswered", gettext_noop("暂时没有机构接单，可以换个时间再试"),
             to="customer" if half.leads else "", by=by, at=at, sms=True)  # fmt: skip
        record("orders.give_up", by=by, at=at, subject="order", subject_id=half.pk)
    return order
