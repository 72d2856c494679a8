"""Whose turn an application is, and who sits at that desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from anxin.accounts.public import Organisation, staff_ids
from anxin.accounts.values import OrganisationKind
from anxin.kit.actor import Actor
from anxin.safetycode.models import Appeal, Application
from anxin.safetycode.queries.authority import areas, authority, entrusted, workers_in
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import DESK_OF, Desk
from anxin.safetycode.values.care import Task

PERMISSIONS = {
    Desk.AGENCY: "workers.manage",
    Desk.ASSOCIATION: "safetycode.vet",
    Desk.BUREAU: "safetycode.review",
    Desk.ISSUER: "safetycode.issue",
}
# At these desks sits whom the bureau has entrusted with the task.
TASKS = {Desk.ASSOCIATION: Task.REVIEW, Desk.ISSUER: Task.ISSUE}
KINDS = {Desk.ASSOCIATION: OrganisationKind.ASSOCIATION, Desk.BUREAU: OrganisationKind.BUREAU}


def turn(desk: Desk) -> list[str]:
    """The states in which it is this desk's turn."""
    return [str(state) for state, whose in DESK_OF.items() if whose is desk]


def seats(actor: Actor, at: datetime) -> dict[Desk, Q]:
    """At which desks the actor sits now, each with the applications that wait for them there. One query at most."""
    held = [desk for desk, permission in PERMISSIONS.items() if actor.holds(permission)]
    by_task: dict[Task, list[str]] = {}
    if actor.organisation_id and any(desk in TASKS for desk in held):
        by_task = areas(actor.organisation_id, at)
    found = {}
    for desk in held:
        waits = Q(state__in=turn(desk))
        if desk in TASKS:
            where = by_task.get(TASKS[desk], ())
            if not where:
                continue
            covered = Q()
            for area in where:
                covered |= Q(worker__in=workers_in(area))
            waits &= covered
        found[desk] = waits
    return found


def sits_at(actor: Actor, desk: Desk, row: Application, at: datetime) -> bool:
    """Whether the actor may act for this desk on this row: in their own agency, in their region, by the bureau's leave
    for the worker. The system may."""
    if actor.is_system:
        return True
    if not posted_at(actor, desk, row):
        return False
    if desk not in TASKS:
        return True
    return (
        actor.organisation_id is not None
        and authority(actor.organisation_id, row.worker, at, TASKS[desk]) is not None
    )


def posted_at(actor: Actor, desk: Desk, row: Application) -> bool:
    """Whether the actor's post is one for this desk here, whatever leave their house has."""
    if desk is Desk.WORKER:
        return actor.person_id is not None and actor.person_id == row.worker.person_id
    if not actor.holds(PERMISSIONS[desk]):
        return False
    if desk is Desk.AGENCY:
        return actor.organisation_id is not None and actor.organisation_id == row.organisation_id
    return actor.within(row.town_code)


def regional(desk: Desk, town_code: str) -> list[UUID]:
    """The organisations of a desk that answer for a town: the nearest region that has any. One query."""
    regions = [town_code[:n] for n in range(len(town_code) + 1)]
    rows = Organisation.objects.filter(kind=str(KINDS[desk]), region__in=regions).values_list("region", "pk")
    found = list(rows)
    nearest = max((len(region) for region, _ in found), default=0)
    return [pk for region, pk in found if len(region) == nearest]


def people_at(desk: Desk | None, row: Application | Appeal, at: datetime) -> set[UUID]:
    """Who is told that it is this desk's turn. One query for an agency, else one or two and one for each office.

    Where nobody is entrusted, those hear it who may entrust somebody.
    """
    if desk is None:
        return set()
    if desk is Desk.WORKER:
        return {row.worker.person_id}
    permission = PERMISSIONS[desk]
    if desk is Desk.AGENCY:
        offices = [row.organisation_id] if row.organisation_id else []
    elif desk in TASKS:
        offices = entrusted(TASKS[desk], row.worker, at)
        if not offices:
            offices, permission = regional(Desk.BUREAU, row.town_code), "safetycode.delegate"
    else:
        offices = regional(desk, row.town_code)
    return {person for one in offices for person in staff_ids(one, at, permission=permission)}


def turn_of(row: Application) -> Desk | None:
    """The desk whose turn it is; None when the case is closed."""
    return DESK_OF.get(ApplicationState(row.state))
