"""Open demands as those see them who may take them, and offers to an agency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Q

from anxin.agencies import public as agencies
from anxin.kit.actor import Actor
from anxin.kit.geo import Point
from anxin.orders.models import Offer, Order
from anxin.orders.models.order import amount_told
from anxin.orders.rules import opens_for
from anxin.orders.states import OfferState, OrderState
from anxin.workers import public as workers


@dataclass(frozen=True)
class HallEntry:
    """An open demand as it is shown to those who may grab it: no name, no phone, no house number.

    opens_at: from when this reader may; opens_to_all_at: from when everybody may (E-8). people: how many come at the
    same time; quantity and headcount are of each, the budget is for all.
    """

    order_id: UUID
    number: str
    item_code: str
    item_name: str
    town_code: str
    quantity: Decimal
    unit: str
    headcount: int
    people: int
    starts_at: datetime
    ends_at: datetime
    budget_fen: int | None
    expires_at: datetime
    lat: float
    lng: float
    opens_at: datetime
    opens_to_all_at: datetime

    @property
    def amount_told(self) -> str:
        """How much is asked for of each, in words."""
        return amount_told(self.quantity, self.unit)


def hall(
    *, served: Mapping[str, tuple[str, list[str]]], credit: int, at: datetime, apart: Iterable[UUID] = (),
    alone: bool = False, limit: int = 100,
) -> list[HallEntry]:  # fmt: skip
    """Open demands for these items in these units and towns (item → unit, towns), soonest service first. One query.

    Those are among them that open later for a reader of this credit score, none of the households `apart`. A demand for
    two workers is one entry, and none for a reader who comes `alone`. The point is rounded to about a kilometre.
    """
    covered = Q(pk__in=[])
    for item_code, (unit, towns) in served.items():
        # A demand of before units were asked for is anybody's.
        covered |= Q(order__item_code=item_code, order__unit__in=["", unit], order__town_code__in=towns)
    offers = (
        Offer.objects.filter(
            covered,
            state=OfferState.OPEN,
            organisation__isnull=True,
            opens_at__lte=at,
            expires_at__gt=at,
            order__state=OrderState.SUBMITTED,
        )
        .filter(order__part__in=[0] if alone else [0, 1])
        .exclude(order__customer__in=apart)
        .select_related("order")
        .order_by("order__starts_at", "id")[:limit]
    )
    return [
        HallEntry(
            o.order_id, o.order.number, o.order.item_code, o.order.item_name, o.order.town_code,
            o.order.quantity, o.order.unit, o.order.headcount, o.order.people, o.order.starts_at, o.order.ends_at,
            None if o.order.budget_fen is None else o.order.budget_fen * o.order.people, o.expires_at,
            round(o.order.lat, 2), round(o.order.lng, 2),
            opens_for(o.opens_at, o.opens_by_credit, credit), opens_for(o.opens_at, o.opens_by_credit, 0),
        )
        for o in offers
    ]  # fmt: skip


def hall_for(actor: Actor, at: datetime) -> list[HallEntry]:
    """The hall as this actor may grab from it: an agency by its published services, a worker by skills and area."""
    if actor.organisation_id:
        if not actor.holds("orders.accept"):
            return []
        served = agencies.coverage(actor.organisation_id)
        return hall(served=served, credit=agencies.credit_of(actor.organisation_id), at=at)
    worker = workers.worker_of(actor.person_id)
    affiliation = workers.affiliation_of(worker.id, at) if worker else None
    if worker is None or affiliation is None or not affiliation.may_grab:
        return []
    own = workers.coverage(worker.id)
    served = {
        code: (unit, sorted({*towns}.intersection(own.get(code, ()))))
        for code, (unit, towns) in agencies.coverage(affiliation.organisation_id).items()
    }
    return hall(
        served=served,
        credit=workers.credit_of(worker.id),
        at=at,
        apart=workers.households_apart(worker.id),
        alone=True,
    )


def hall_order(number: str) -> Order | None:
    """The order behind an entry of the hall, for the action of grabbing alone; never shown as a page."""
    return (
        Order.objects.filter(number=number, offers__organisation__isnull=True)
        .select_related("customer")
        .distinct()
        .first()
    )


def offered_order(number: str, actor: Actor) -> Offer | None:
    """The open offer of that order to the actor's agency (or to all)."""
    return (
        Offer.objects.filter(order__number=number, state=OfferState.OPEN)
        .filter(Q(organisation=actor.organisation_id) | Q(organisation__isnull=True))
        .select_related("order", "order__customer", "order__customer__person")
        .first()
    )


def offer_of(order: Order, organisation_id: UUID) -> Offer | None:
    """The open offer of an order to one agency."""
    return (
        Offer.objects.filter(order=order, organisation=organisation_id, state=OfferState.OPEN)
        .select_related("order", "order__customer")
        .first()
    )


def base_of(actor: Actor) -> Point | None:
    """Where this actor sets out from: the agency's address, or about where the worker lives."""
    if actor.organisation_id:
        agency = agencies.agency_of(actor.organisation_id)
        return (
            Point(agency.lat, agency.lng)
            if agency and agency.lat is not None and agency.lng is not None
            else None
        )
    worker = workers.worker_of(actor.person_id)
    return worker.point if worker else None


def takes_for(actor: Actor, at: datetime) -> UUID | None:
    """The agency for which this actor may take demands: that of their post, or the worker's if it lets them grab."""
    if actor.organisation_id:
        return actor.organisation_id
    worker = workers.worker_of(actor.person_id)
    affiliation = workers.affiliation_of(worker.id, at) if worker else None
    return affiliation.organisation_id if affiliation is not None and affiliation.may_grab else None
