"""Orders, visits and what hangs on them, as each person may read them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Prefetch, Q, QuerySet, When

from anxin.accounts import public as accounts
from anxin.kit.actor import Actor
from anxin.kit.fields import blinds
from anxin.orders import rules
from anxin.orders.models import (
    Assignment,
    Change,
    Extra,
    Note,
    Offer,
    Order,
    Step,
    StepPhoto,
    Visit,
    Warning,
)
from anxin.orders.states import AssignmentState, OfferState, OrderState, VisitState
from anxin.orders.values import Side
from anxin.workers import public as workers


def by_number(number: str, actor: Actor) -> Order | None:
    """The order of that number, if the actor may see it, with as much of the place as they may know.

    To be shown and acted upon, never saved.
    """
    order: Order | None = _with_parties(Order.objects.visible_to(actor)).filter(number=number).first()
    if order is not None and not _knows_the_door(order, actor):
        order.place = {name: order.place.get(name, "") for name in ("town", "village")}
    return order


def _knows_the_door(order: Order, actor: Actor) -> bool:
    """A worker learns house, name and phone when the customer has agreed to them; the parties know them."""
    if actor.person_id is None or actor.organisation_id or order.customer.person_id == actor.person_id:
        return True
    own = Assignment.objects.filter(order=order, worker__person=actor.person_id)
    return own.filter(state=AssignmentState.AGREED).exists()


def by_id(order_id: UUID) -> Order:
    """For jobs and higher areas, which have their own reason to read it."""
    return _with_parties(Order.objects.all()).get(pk=order_id)


def _with_parties(orders: QuerySet[Order]) -> QuerySet[Order]:
    return orders.select_related("customer", "customer__person", "provider")


def other_half(order: Order) -> Order | None:
    """The other order of a pair, its visits and who comes with it; None of an order alone, without a query.

    For a party of this one: both have the same customer and the same agency, not the same worker.
    """
    if order.party is None:
        return None
    rows = Order.objects.filter(party=order.party).exclude(pk=order.pk).select_related("customer", "provider")
    rows = rows.prefetch_related(Prefetch("assignments", _live_assignments(), to_attr="live_assignments"))
    found: Order = rows.get()
    return found


def halves_among(orders: Iterable[Order]) -> dict[UUID, UUID]:
    """Of these orders, each half of a pair whose other half is among them → that other half. No query."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for order in orders:
        if order.party is not None:
            found[order.party].append(order.pk)
    both = [keys for keys in found.values() if len(keys) > 1]
    return {one: other for first, second in both for one, other in ((first, second), (second, first))}


ENDED = (OrderState.CLOSED, OrderState.CANCELLED)


def mine(actor: Actor, *, running: bool | None = None) -> QuerySet[Order]:
    """A customer's orders, newest first; only the running or the ended ones if asked. Two queries with visits."""
    orders = Order.objects.filter(customer__person=actor.person_id)
    if running is not None:
        orders = orders.exclude(state__in=ENDED) if running else orders.filter(state__in=ENDED)
    return orders.select_related("provider").prefetch_related("visits").order_by("-created_at")


def _live_assignments() -> QuerySet[Assignment]:
    return Assignment.objects.live().select_related("worker", "worker__person", "change")


def board(actor: Actor, states: tuple[str, ...] = ()) -> QuerySet[Order]:
    """An agency's orders by what is due first; three queries: orders, visits with workers, open warnings."""
    orders = Order.objects.visible_to(actor)
    if states:
        orders = orders.filter(state__in=states)
    return (
        orders.select_related("customer", "customer__person", "provider")
        .prefetch_related(
            Prefetch("visits", Visit.objects.order_by("sequence")),
            Prefetch("assignments", _live_assignments(), to_attr="live_assignments"),
            Prefetch("warnings", Warning.objects.filter(cleared_at__isnull=True), to_attr="open_warnings"),
        )
        .order_by("starts_at", "id")
    )


def matching_text(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those whose number begins with `text`, or of the customer's whole phone number, or the worker's whole name.

    Names and numbers are kept encrypted, so only the whole of them finds anything. One query more for a phone.
    """
    if not text:
        return orders
    found = Q(number__startswith=text.upper()) | Q(
        pk__in=Assignment.objects.live()
        .filter(worker__name_hash__in=blinds(workers.Worker, "name_hash", text))
        .values("order")
    )
    if text.isdecimal() and (person := accounts.person_by_phone(text)):
        found |= Q(customer__person=person)
    return orders.filter(found)


def chosen_for(orders: QuerySet[Order], *, waiting: bool) -> QuerySet[Order]:
    """Those for which a worker has been proposed and waits, or those for which nobody has."""
    proposed = Exists(Assignment.objects.live().filter(order=OuterRef("pk")))
    return orders.filter(proposed) if waiting else orders.filter(~proposed)


def sent_to(actor: Actor, at: datetime) -> QuerySet[Offer]:
    """Demands sent to the actor's agency that wait for an answer, soonest deadline first; one for two workers once."""
    return (
        Offer.objects.visible_to(actor)
        .exclude(order__part=2)
        .filter(state=OfferState.OPEN, expires_at__gt=at, order__state=OrderState.SUBMITTED)
        .select_related("order")
        .order_by("expires_at")
    )


def timeline(order: Order, side: Side, actor: Actor) -> list[Note]:
    """What happened, oldest first, as far as this side is concerned and in the words for it; to be shown, never saved.
    At most two queries."""
    since = None
    if side is Side.WORKER:
        own = Assignment.objects.filter(order=order, worker__person=actor.person_id)
        since = own.order_by("created_at").values_list("created_at", flat=True).first()
    found = [
        note
        for note in Note.objects.filter(order=order).order_by("at", "id")
        if rules.may_read(
            side=side, kind=note.kind, audience=note.audience,
            own=note.by_person is not None and note.by_person == actor.person_id,
            before_assignment=since is not None and note.at < since,
        )
    ]  # fmt: skip
    for note in found:
        note.text = rules.words_for(note.kind, note.text, customer=side is Side.CUSTOMER)
    return found


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
            pk=visit_id,
            assignments__worker__person=actor.person_id,
            assignments__state=AssignmentState.AGREED,
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


def extra_for_worker(extra_id: UUID, actor: Actor) -> Extra | None:
    """The extra work, if this person is the worker of its visit."""
    coming = Assignment.objects.filter(worker__person=actor.person_id, state=AssignmentState.AGREED)
    return (
        Extra.objects.filter(pk=extra_id, visit__in=coming.values("visit"))
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
        found = found.filter(worker__person=actor.person_id).order_by("-created_at", "-id")
    else:
        found = found.filter(order__customer__person=actor.person_id).exclude(state=AssignmentState.PROPOSED)
        waiting = Case(When(state=AssignmentState.CARDED, then=0), default=1)
        found = found.order_by(waiting, "-created_at", "-id")
    return found.select_related("order", "order__customer", "worker", "visit", "replaces", "change").first()


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
        .select_related("order", "order__provider", "visit", "change")
        .order_by("due_at")
    )


def current_assignment(order: Order) -> Assignment | None:
    """The live assignment that matters next: a proposal or card before what is already agreed."""
    live = list(
        Assignment.objects.filter(order=order)
        .live()
        .select_related("worker", "worker__person", "visit", "change")
        .order_by("-created_at", "-id")
    )
    live.sort(key=lambda one: one.state == AssignmentState.AGREED)
    return live[0] if live else None


def assignment_for_worker(order: Order, actor: Actor) -> Assignment | None:
    """This worker's own live assignment to the order."""
    return (
        Assignment.objects.filter(order=order, worker__person=actor.person_id)
        .live()
        .select_related("worker", "worker__person", "visit", "change")
        .order_by("-created_at")
        .first()
    )


def former_order(number: str, actor: Actor) -> Order | None:
    """The order to which this worker was assigned and is no more: number and state alone are theirs to know still."""
    mine = Assignment.objects.filter(order=OuterRef("pk"), worker__person=actor.person_id)
    if actor.person_id is None or actor.organisation_id:
        return None
    found: Order | None = Order.objects.filter(Exists(mine), number=number).only("number", "state").first()
    return found


LIVE = (OrderState.CONTRACTING, OrderState.SIGNED, OrderState.IN_SERVICE)


def coming_to(actor: Actor, worker_number: str) -> UUID | None:
    """The worker of that number, if they come to this customer by an order that runs. One query."""
    if actor.person_id is None or actor.organisation_id:
        return None
    coming = Assignment.objects.filter(
        state=AssignmentState.AGREED, worker__number=worker_number, order__state__in=LIVE,
        order__customer__person=actor.person_id,
    )  # fmt: skip
    return coming.values_list("worker_id", flat=True).first()


def agreed_assignment(order: Order) -> Assignment | None:
    """The worker who comes."""
    return (
        Assignment.objects.filter(order=order, state=AssignmentState.AGREED)
        .select_related("worker", "worker__person", "visit")
        .first()
    )


def visits_of(order: Order) -> list[Visit]:
    """An order's visits with the order on them, in sequence. One query."""
    rows = Visit.objects.filter(order=order).order_by("sequence")
    return list(rows.select_related("order", "order__customer", "order__customer__person", "order__provider"))


def steps_of(visit: Visit) -> list[Step]:
    """The checklist of a visit with its photos. Two queries."""
    return list(visit.steps.prefetch_related("photos").order_by("position"))


def photos_of(person_id: UUID) -> list[StepPhoto]:
    """The photos taken at a customer's home, oldest first, with the order on them. One query."""
    rows = StepPhoto.objects.filter(step__visit__order__customer__person=person_id)
    return list(rows.select_related("file", "step__visit__order").order_by("at", "id"))


def counts(actor: Actor) -> dict[str, int]:
    """State → how many orders of that state the actor's agency has. One query."""
    rows = Order.objects.visible_to(actor).values_list("state").annotate(Count("id"))
    return dict(rows)


def open_warnings(actor: Actor) -> QuerySet[Warning]:
    """Early warnings that stand, oldest first. Two queries."""
    return (
        Warning.objects.visible_to(actor)
        .filter(cleared_at=None)
        .select_related("order", "visit")
        .prefetch_related(Prefetch("order__assignments", _live_assignments(), to_attr="live_assignments"))
        .order_by("raised_at", "id")
    )


def customers_of_late(at: datetime, *, organisation_id: UUID | None = None) -> list[UUID]:
    """Everybody whose order an agency (or any) has taken within a year. One query."""
    taken = Order.objects.filter(accepted_at__gt=at - timedelta(days=365))
    if organisation_id is not None:
        taken = taken.filter(provider=organisation_id)
    return list(taken.order_by().values_list("customer__person_id", flat=True).distinct())
