"""Orders that a worker might have had and was not given: what they may know of them is what the hall shows."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from anxin.orders.models import Assignment, Offer, Order
from anxin.orders.states import OfferState, OrderState
from anxin.workers import public as workers

BEFORE_SERVICE = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED)


def passed_over(worker: workers.Worker, at: datetime) -> QuerySet[Order]:
    """Orders to come, soonest first: of the worker's agency, or open to all in a town where they work; none for which
    they were ever chosen, none that is their own household's.

    The rows are for gates and the hall's facts (item, town, time), never for a page of the order itself.
    """
    belongs = workers.affiliation_of(worker.pk, at)
    own = Q(provider=belongs.organisation_id, state__in=BEFORE_SERVICE) if belongs else Q(pk__in=[])
    opened = Offer.objects.filter(
        order=OuterRef("pk"), state=OfferState.OPEN, organisation=None, opens_at__lte=at, expires_at__gt=at
    )
    towns = workers.towns_of(worker.pk)
    # What needs two is open to agencies alone.
    in_town = Q(Exists(opened), state=OrderState.SUBMITTED, town_code__in=towns, party=None)
    chosen = Assignment.objects.filter(order=OuterRef("pk"), worker=worker)
    rows = Order.objects.filter(own | in_town, starts_at__gt=at).exclude(customer__person=worker.person_id)
    return rows.filter(~Exists(chosen)).order_by("starts_at", "id")


def passed_over_one(number: str, worker: workers.Worker, at: datetime) -> Order | None:
    """One of them, if it is one."""
    return passed_over(worker, at).filter(number=number).first()
