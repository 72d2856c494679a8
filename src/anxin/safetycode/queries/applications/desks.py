"""Whose turn an application is, and who sits at that desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.accounts.public import Organisation, staff_ids
from anxin.accounts.values import OrganisationKind
from anxin.kit.actor import Actor
from anxin.safetycode.models import Appeal, Application
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import DESK_OF, Desk

PERMISSIONS = {
    Desk.AGENCY: "workers.manage",
    Desk.ASSOCIATION: "safetycode.issue",
    Desk.BUREAU: "safetycode.review",
}
KINDS = {Desk.ASSOCIATION: OrganisationKind.ASSOCIATION, Desk.BUREAU: OrganisationKind.BUREAU}


def desk_of(actor: Actor) -> Desk | None:
    """At which desk the actor sits now, if at one."""
    return next((desk for desk, permission in PERMISSIONS.items() if actor.holds(permission)), None)


def sits_at(actor: Actor, desk: Desk, row: Application | Appeal) -> bool:
    """Whether the actor may act for this desk on this row: their own agency, or their region. The system may."""
    if actor.is_system:
        return True
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
    """Who is told that it is this desk's turn. One query for an agency, else one and one for each office."""
    if desk is None:
        return set()
    if desk is Desk.WORKER:
        return {row.worker.person_id}
    if desk is Desk.AGENCY:
        offices = [row.organisation_id] if row.organisation_id else []
    else:
        offices = regional(desk, row.town_code)
    return {person for one in offices for person in staff_ids(one, at, permission=PERMISSIONS[desk])}


def turn_of(row: Application) -> Desk | None:
    """The desk whose turn it is; None when the case is closed."""
    return DESK_OF.get(ApplicationState(row.state))
