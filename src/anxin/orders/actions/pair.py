"""Two orders for two workers at one home at the same time: the rows of both, taken in one order."""

from __future__ import annotations

from anxin.orders.actions.telling import lock
from anxin.orders.models import Offer, Order
from anxin.orders.states import OfferState


def lock_all(order: Order) -> list[Order]:
    """Take the order's row (as `lock` does) and, of a pair, the other half's: `order` stands first in what is returned.

    Always the first half's row before the second's, so that nobody waits in a ring.
    """
    if order.party is None:
        lock(order)
        return [order]
    rows = Order.objects.filter(party=order.party).select_related("customer").order_by("part")
    held = list(rows.select_for_update(of=("self",), no_key=True))
    lock(order)
    return [order, *(half for half in held if half.pk != order.pk)]


def halves(order: Order) -> list[Order]:
    """The order, or both of a pair, the first half first; nothing is locked. No query for an order alone."""
    if order.party is None:
        return [order]
    rows = Order.objects.filter(party=order.party).exclude(pk=order.pk).select_related("customer")
    return sorted([order, *rows], key=lambda half: half.part)


def open_offers(offer: Offer) -> list[Offer]:
    """The offer and, of a pair, the one that was laid with it, with the rows of both orders taken."""
    if offer.order.party is None:
        return [offer]
    others = lock_all(offer.order)[1:]
    return [
        offer,
        *Offer.objects.filter(order__in=others, state=OfferState.OPEN).select_related("order__customer"),
    ]
