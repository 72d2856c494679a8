"""Reads of orders."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from anxin.agencies import public as agencies
from anxin.catalogue import public as catalogue
from anxin.kit.actor import Actor
from anxin.kit.geo import Point
from anxin.kit.text import gettext_noop
from anxin.orders import rules
from anxin.orders.models import Assignment, Change, Extra, Note, Offer, Order, Step, Visit, Warning
from anxin.orders.states import AssignmentState, OfferState, OrderState, VisitState
from anxin.orders.values import (
    CANCEL_DOOR_BP,
    CANCEL_FREE_HOURS,
    CANCEL_LATE_BP,
    CANCEL_SHORT_BP,
    CANCEL_SHORT_HOURS,
    Side,
)
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from anxin.safetycode.values import Colour
from anxin.workers import public as workers
from anxin.workers.public import Wanted
from anxin.workers.values import GATE_LABELS, HealthTier, ItemNeeds, Span

RUNNING = (OrderState.ACCEPTED, OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)


def by_number(number: str, actor: Actor) -> Order | None:
    """The order of that number, if the actor may see it."""
    return _with_parties(Order.objects.visible_to(actor)).filter(number=number).first()


def by_id(order_id: UUID) -> Order:
    """For jobs and higher areas, which have their own reason to read it."""
    return _with_parties(Order.objects.all()).get(pk=order_id)


def _with_parties(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("customer", "customer__person", "provider", "version")


def mine(actor: Actor) -> QuerySet[Order]:
    """A customer's orders, newest first. Two queries with visits."""
    return (
        Order.objects.filter(customer__person=actor.person_id)
        .select_related("provider")
        .prefetch_related("visits")
        .order_by("-created_at")
    )


def board(actor: Actor, states: tuple[str, ...] = ()) -> QuerySet[Order]:
    """An agency's orders by what is due first; three queries: orders, visits with workers, open warnings."""
    orders = Order.objects.visible_to(actor)
    if states:
        orders = orders.filter(state__in=states)
    live = Assignment.objects.live().select_related("worker", "worker__person")
    return (
        orders.select_related("customer", "customer__person", "provider")
        .prefetch_related(
            Prefetch("visits", Visit.objects.order_by("sequence")),
            Prefetch("assignments", live, to_attr="live_assignments"),
            Prefetch("warnings", Warning.objects.filter(cleared_at__isnull=True), to_attr="open_warnings"),
        )
        .order_by("starts_at", "id")
    )


def sent_to(actor: Actor, at: datetime) -> QuerySet[Offer]:
    """Demands sent to the actor's agency that wait for an answer, soonest deadline first."""
    return (
        Offer.objects.visible_to(actor)
        .filter(state=OfferState.OPEN, expires_at__gt=at, order__state=OrderState.SUBMITTED)
        .select_related("order")
        .order_by("expires_at")
    )


@dataclass(frozen=True)
class HallEntry:
    """An open demand as it is shown to those who may grab it: no name, no phone, no house number."""

    order_id: UUID
    number: str
    item_code: str
    item_name: str
    town_code: str
    quantity: Any
    starts_at: datetime
    ends_at: datetime
    budget_fen: int | None
    expires_at: datetime
    lat: float
    lng: float


def hall(*, pairs: dict[str, list[str]], at: datetime, limit: int = 100) -> list[HallEntry]:
    """Open demands for these items in these towns (item → towns), soonest service first. One query.

    The point is rounded to about a kilometre.
    """
    covered = Q(pk__in=[])
    for item_code, towns in pairs.items():
        covered |= Q(order__item_code=item_code, order__town_code__in=towns)
    offers = (
        Offer.objects.filter(
            covered,
            state=OfferState.OPEN,
            organisation__isnull=True,
            opens_at__lte=at,
            expires_at__gt=at,
            order__state=OrderState.SUBMITTED,
        )
        .select_related("order")
        .order_by("order__starts_at", "id")[:limit]
    )
    return [
        HallEntry(
            o.order_id, o.order.number, o.order.item_code, o.order.item_name, o.order.town_code, o.order.quantity,
            o.order.starts_at, o.order.ends_at, o.order.budget_fen, o.expires_at,
            round(o.order.lat, 2), round(o.order.lng, 2),
        )
        for o in offers
    ]  # fmt: skip


def hall_for(actor: Actor, at: datetime) -> list[HallEntry]:
    """The hall as this actor may grab from it: an agency by its published services, a worker by skills and area."""
    if actor.organisation_id:
        return hall(pairs=agencies.coverage(actor.organisation_id), at=at) if actor.holds("orders.accept") else []
    worker = workers.worker_of(actor.person_id)
    affiliation = workers.affiliation_of(worker.id, at) if worker else None
    if worker is None or affiliation is None or not affiliation.may_grab:
        return []
    return hall(pairs=workers.coverage(worker.id), at=at)


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
        .select_related("order", "order__customer")
        .first()
    )


def timeline(order: Order) -> list[Note]:
    """What happened, oldest first."""
    return list(Note.objects.filter(order=order).order_by("at", "id"))


def visit_of(visit_id: UUID, actor: Actor) -> Visit | None:
    return (
        Visit.objects.visible_to(actor)
        .select_related("order", "order__customer", "order__customer__person", "order__provider")
        .filter(pk=visit_id)
        .first()
    )


def visit_for_worker(visit_id: UUID, actor: Actor) -> Visit | None:
    """The visit, if this person is the worker who comes."""
    return (
        Visit.objects.filter(
            pk=visit_id, assignments__worker__person=actor.person_id, assignments__state=AssignmentState.AGREED
        )
        .select_related("order", "order__customer", "order__customer__person", "order__provider")
        .distinct()
        .first()
    )


def step_for_worker(step_id: UUID, actor: Actor) -> Step | None:
    """The checklist line, if this person is the worker of its visit."""
    return (
        Step.objects.filter(
            pk=step_id,
            visit__assignments__worker__person=actor.person_id,
            visit__assignments__state=AssignmentState.AGREED,
        )
        .select_related("visit", "visit__order")
        .distinct()
        .first()
    )


def extra_for_customer(extra_id: UUID, actor: Actor) -> Extra | None:
    return (
        Extra.objects.filter(pk=extra_id, order__customer__person=actor.person_id)
        .select_related("order", "order__customer", "visit")
        .first()
    )


def change_of(change_id: UUID, actor: Actor) -> Change | None:
    return (
        Change.objects.visible_to(actor)
        .filter(pk=change_id)
        .select_related("order", "order__customer", "visit")
        .first()
    )


def answerable(number: str, actor: Actor, *, of_worker: bool) -> Assignment | None:
    """The assignment of an order that waits for this person: the worker's own proposal, or the customer's card."""
    found = Assignment.objects.filter(order__number=number)
    if of_worker:
        found = found.filter(worker__person=actor.person_id).order_by("-created_at")
    else:
        found = found.filter(order__customer__person=actor.person_id).exclude(state=AssignmentState.PROPOSED)
        found = found.order_by("-created_at")
    return found.select_related("order", "order__customer", "worker", "visit", "replaces").first()


def worker_visits(actor: Actor, since: datetime, until: datetime) -> QuerySet[Visit]:
    """A worker's own agreed visits in a window, in order of time."""
    return (
        Visit.objects.filter(
            assignments__worker__person=actor.person_id,
            assignments__state=AssignmentState.AGREED,
            starts_at__lt=until,
            ends_at__gt=since,
        )
        .exclude(state=VisitState.CANCELLED)
        .select_related("order", "order__customer", "order__customer__person", "order__provider")
        .order_by("starts_at")
        .distinct()
    )


def worker_proposals(actor: Actor, at: datetime) -> QuerySet[Assignment]:
    """Proposals that wait for this worker's word."""
    return (
        Assignment.objects.filter(worker__person=actor.person_id, state=AssignmentState.PROPOSED)
        .select_related("order", "order__provider", "visit")
        .order_by("due_at")
    )


def current_assignment(order: Order) -> Assignment | None:
    """The live assignment that matters next: a proposal or card before what is already agreed."""
    live = list(
        Assignment.objects.filter(order=order)
        .live()
        .select_related("worker", "worker__person", "visit")
        .order_by("-created_at")
    )
    return live[0] if live else None


def agreed_assignment(order: Order) -> Assignment | None:
    """The worker who comes."""
    return (
        Assignment.objects.filter(order=order, state=AssignmentState.AGREED)
        .select_related("worker", "worker__person", "visit")
        .first()
    )


def excluded_workers(order: Order) -> set[UUID]:
    """Earlier candidates, who are not proposed again (B-7.5.2)."""
    earlier = Assignment.objects.filter(order=order, state__in=[AssignmentState.REJECTED, AssignmentState.DECLINED])
    return set(earlier.values_list("worker_id", flat=True))


def wanted(order: Order, *, grabbing: bool = False) -> Wanted:
    """What the order needs of a worker, as workers and matching take it."""
    item = catalogue.item(order.item_code, order.created_at)
    return Wanted(
        needs=ItemNeeds(
            item_code=item.code,
            skill_level=order.min_level or item.min_level or None,
            health_tier=list(HealthTier)[item.health_tier - 1],
            insurance_class=item.insurance_class,
            certificates=(*item.certificates, *order.qualifications),
        ),
        town_code=order.town_code,
        span=Span(order.starts_at, order.ends_at),
        point=Point(order.lat, order.lng),
        turnover_minutes=item.turnover_minutes,
        organisation_id=order.provider_id,
        excluded=tuple(excluded_workers(order)),
        grabbing=grabbing,
        city_code=order.city_code,
    )


def obstacles(order: Order, worker_ids: Iterable[UUID], at: datetime) -> dict[UUID, list[str]]:
    """Every gate that stops each of these workers from taking the order, in words; the code must be green on the day."""
    ids = list(worker_ids)
    gates = workers.why_not(ids, wanted(order))
    codes = safetycode.judge_many(ids, max(at, order.starts_at))
    found = {pk: [GATE_LABELS[gate] for gate in gates.get(pk, [])] for pk in ids}
    for pk in ids:
        if pk not in codes or codes[pk].colour != Colour.GREEN:
            found[pk].append(gettext_noop("服务日安心码不是绿码"))
    return found


def asked_agencies(order: Order) -> set[UUID]:
    """Agencies that have been asked already."""
    offers = Offer.objects.filter(order=order, organisation__isnull=False)
    return {pk for pk in offers.values_list("organisation_id", flat=True) if pk}


def cancel_policy(at: datetime) -> rules.CancelPolicy:
    return rules.CancelPolicy(
        free_hours=policies.read(CANCEL_FREE_HOURS, at=at),
        short_hours=policies.read(CANCEL_SHORT_HOURS, at=at),
        late_bp=policies.read(CANCEL_LATE_BP, at=at),
        short_bp=policies.read(CANCEL_SHORT_BP, at=at),
        door_bp=policies.read(CANCEL_DOOR_BP, at=at),
    )


def cancel_terms_of(
    order: Order, *, side: Side, at: datetime, at_fault: Side | None = None
) -> rules.CancelTerms:
    """What cancelling would mean for this side now."""
    visits = list(order.visits.all())
    upcoming = min((v.starts_at for v in visits), default=order.starts_at)
    return rules.cancel_terms(
        side=side, state=order.state, visit_states=[v.state for v in visits],
        until_start=upcoming - at, policy=cancel_policy(at), at_fault=at_fault,
    )  # fmt: skip


# ── for the clock ───────────────────────────────────────────────────────────────────────────────────
def due_offers(at: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(state=OfferState.OPEN, expires_at__lte=at).select_related("order", "order__customer")


def stale_submissions(at: datetime) -> QuerySet[Order]:
    """Submitted, its start has come, and nobody took it."""
    return Order.objects.filter(state=OrderState.SUBMITTED, starts_at__lte=at).select_related("customer")


def due_assignments(at: datetime) -> QuerySet[Assignment]:
    return Assignment.objects.filter(
        due_at__lte=at, state__in=[AssignmentState.PROPOSED, AssignmentState.CARDED]
    ).select_related("order", "order__customer")


def due_confirmations(at: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(due_at__lte=at, state=VisitState.DONE).select_related("order")


def due_closings(at: datetime) -> QuerySet[Order]:
    return Order.objects.filter(due_at__lte=at, state=OrderState.PAID)


def watched_visits(at: datetime, *, ahead: timedelta) -> QuerySet[Visit]:
    """Visits that may need a warning: begun, or beginning soon. Two queries."""
    return (
        Visit.objects.filter(
            order__state__in=RUNNING,
            state__in=[VisitState.PLANNED, VisitState.EN_ROUTE, VisitState.ARRIVED, VisitState.IN_SERVICE,
                       VisitState.DONE],
            starts_at__lte=at + ahead,
        )
        .select_related("order", "order__customer")
        .prefetch_related("warnings")
    )  # fmt: skip
