"""Lists of applications: each desk's work, what is late, one application whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from anxin.accounts.public import Person
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import NotFound
from anxin.kit.fields import blinds
from anxin.safetycode.models import Application
from anxin.safetycode.queries.applications.desks import seats, turn
from anxin.safetycode.queries.applications.elsewhere import handled_elsewhere
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import CLOSED, DESK_OF, Desk
from anxin.workers.public import Worker

DETAILED = ("history", "pauses", "extensions")
MINE, OPEN, LATE, DONE = "mine", "open", "late", "closed"


@dataclass(frozen=True)
class Figures:
    """How many applications an actor sees: whose turn is theirs, open, late, closed; open and late per desk; and at
    which desks the actor sits."""

    mine: int
    open: int
    late: int
    closed: int
    at_desk: dict[Desk, int]
    late_at: dict[Desk, int]
    seats: Mapping[Desk, Q]


def application(actor: Actor, number: str) -> Application:
    """One application with worker, agency, history, pauses and extensions. Four queries. HandledElsewhere, NotFound."""
    rows = Application.objects.visible_to(actor).select_related("worker__person", "organisation", "code")
    row: Application | None = rows.prefetch_related(*DETAILED).filter(number=number).first()
    if row is None:
        raise handled_elsewhere(actor, number=number) or NotFound
    return row


def latest_of(worker_id: UUID) -> Application | None:
    """The worker's latest application whole, open or closed. Four queries."""
    rows = Application.objects.filter(worker=worker_id).select_related(
        "worker__person", "organisation", "code"
    )
    return rows.prefetch_related(*DETAILED).order_by("-created_at", "-id").first()


def listed(
    actor: Actor,
    *,
    today: date,
    sits: Mapping[Desk, Q] | None = None,
    view: str = "",
    state: str = "",
    text: str = "",
    desk: str = "",
) -> QuerySet[Application]:
    """Applications the actor may see, what is due first on top; those without a running limit after them.

    view: mine (what waits where the actor `sits`), open, late, closed; text: a whole number, name or phone. Four
    queries a page.
    """
    rows: QuerySet[Application] = Application.objects.visible_to(actor)
    if view == MINE and sits:
        rows = rows.filter(waiting_at(sits))
    elif view == LATE:
        rows = late(rows, today)
    elif view in (OPEN, DONE):
        closed = Q(state__in=[str(one) for one in CLOSED])
        rows = rows.filter(closed if view == DONE else ~closed)
    if desk:
        rows = rows.filter(state__in=turn(Desk(desk)))
    if state:
        rows = rows.filter(state=state)
    if text := text.strip():
        whose = Worker.objects.filter(
            Q(number=text.upper())
            | Q(name_hash__in=blinds(Worker, "name_hash", text))
            | Q(person__phone_hash__in=blinds(Person, "phone_hash", text))
        )
        rows = rows.filter(Q(number=text.upper()) | Q(worker__in=whose))
    order = ["-state_at", "-id"] if view == DONE else [F("due_on").asc(nulls_last=True), "id"]
    return rows.select_related("worker__person", "organisation").prefetch_related(*DETAILED).order_by(*order)


def waiting_at(sits: Mapping[Desk, Q]) -> Q:
    """What waits at any of these desks."""
    found = Q(pk__in=[])
    for waits in sits.values():
        found |= waits
    return found


def late(rows: QuerySet[Application], today: date) -> QuerySet[Application]:
    """Those whose last day has passed and that are not closed."""
    return rows.filter(due_on__lt=today).exclude(state__in=[str(one) for one in CLOSED])


def figures(actor: Actor, at: datetime) -> Figures:
    """What `listed` finds in each view. Two queries at most."""
    sits = seats(actor, at)
    is_late = Q(due_on__lt=local_date(at))
    rows = (
        Application.objects.visible_to(actor).order_by().values_list("state")
        .annotate(n=Count("pk"), late=Count("pk", filter=is_late), own=Count("pk", filter=waiting_at(sits)))
    )  # fmt: skip
    at_desk: dict[Desk, int] = {}
    late_at: dict[Desk, int] = {}
    mine = closed = 0
    for state, n, overdue, own in rows:
        desk = DESK_OF.get(ApplicationState(state))
        if desk is None:
            closed += n
            continue
        at_desk[desk] = at_desk.get(desk, 0) + n
        late_at[desk] = late_at.get(desk, 0) + overdue
        mine += own
    return Figures(mine, sum(at_desk.values()), sum(late_at.values()), closed, at_desk, late_at, sits)
