"""Who may review applications and issue codes where, and by whose leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from anxin.accounts.public import Organisation
from anxin.accounts.values import OrganisationKind
from anxin.kit.actor import Actor
from anxin.safetycode.models import Delegation
from anxin.safetycode.values.care import ENTRUSTED_KINDS, Task
from anxin.workers.public import Worker, at_work_in


def in_force(at: datetime) -> QuerySet[Delegation]:
    """The delegations that hold at a moment."""
    rows: QuerySet[Delegation] = Delegation.objects.filter(starts_at__lte=at)
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=at))


def authority(issuer_id: UUID, worker: Worker, at: datetime, task: Task = Task.ISSUE) -> Delegation | None:
    """The delegation by which an organisation may do a task for this worker at a moment. One or two queries."""
    rows = in_force(at).filter(issuer=issuer_id, city_code=worker.city_code, **{task: True}).order_by("area")
    return next((row for row in rows if _covers(row, worker)), None)


def entrusted(task: Task, worker: Worker, at: datetime) -> list[UUID]:
    """The organisations that may do a task for this worker at a moment. One query, and one for each county's."""
    rows = in_force(at).filter(city_code=worker.city_code, **{task: True}).order_by("area")
    return list(dict.fromkeys(row.issuer_id for row in rows if _covers(row, worker)))


def areas(organisation_id: UUID, at: datetime) -> dict[Task, list[str]]:
    """Where an organisation may do what at a moment. One query."""
    rows = list(in_force(at).filter(issuer=organisation_id).order_by("area"))
    return {task: [row.area for row in rows if getattr(row, task)] for task in Task}


def _covers(row: Delegation, worker: Worker) -> bool:
    """A city's delegation covers whoever is registered in it; a county's whoever works there."""
    if len(row.area) <= 4:
        return True
    return bool(workers_in(row.area).filter(pk=worker.pk).exists())


def workers_in(area: str) -> QuerySet[Worker]:
    """Whom a delegation for an area covers."""
    return Worker.objects.filter(at_work_in(area))


def may_act(by: Actor, worker: Worker, at: datetime) -> bool:
    """Whether the actor may issue and manage this worker's code: by a delegation in force, or as the operator."""
    if by.is_system or by.holds("workers.oversee"):
        return True
    if not by.holds("safetycode.issue") or by.organisation_id is None:
        return False
    return authority(by.organisation_id, worker, at) is not None


def is_operator(organisation_id: UUID | None) -> bool:
    """Nobody in particular, or the operator's organisation: it issues in nobody's stead, and needs no delegation."""
    return (
        organisation_id is None
        or Organisation.objects.filter(pk=organisation_id, kind=OrganisationKind.OPERATOR).exists()
    )


def delegations(actor: Actor) -> QuerySet[Delegation]:
    """The delegations that an actor may see, newest first. One query with the names of both sides."""
    rows: QuerySet[Delegation] = Delegation.objects.visible_to(actor).select_related("bureau", "issuer")
    return rows.order_by("-starts_at", "-id")


def entrustable(actor: Actor) -> list[Organisation]:
    """The organisations that an actor may entrust: of the kinds that may be, in or above the actor's region."""
    rows = Organisation.objects.filter(kind__in=ENTRUSTED_KINDS).order_by("name")
    return [
        row
        for row in rows
        if actor.is_system or row.region.startswith(actor.region) or actor.region.startswith(row.region)
    ]
