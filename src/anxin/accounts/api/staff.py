"""Staff and posts for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Status

from anxin.accounts import actions, queries
from anxin.accounts.api.schemas import StaffIn, StaffOut, staff_shape
from anxin.kit import clock
from anxin.kit.access import Request, holds, ruled
from anxin.kit.errors import NotFound

router = Router(tags=["accounts"])


@router.get("/staff", response=list[StaffOut], summary="本单位在岗员工")
@ruled(holds("accounts.appoint"))
def staff(request: Request) -> Any:
    organisation = request.actor.organisation_id
    return [staff_shape(row) for row in queries.staff_of(organisation, clock.now())] if organisation else []


@router.post("/staff", response={201: StaffOut}, summary="任命同事")
@ruled(holds("accounts.appoint"))
def appoint(request: Request, data: StaffIn) -> Any:
    if request.actor.organisation_id is None:
        raise NotFound
    row = actions.appoint_by_phone(
        **data.dict(), organisation_id=request.actor.organisation_id, by=request.actor, at=clock.now()
    )
    return Status(201, staff_shape(row))


@router.delete("/staff/{appointment_id}", response={204: None}, summary="免去岗位")
@ruled(holds("accounts.appoint"))
def dismiss(request: Request, appointment_id: UUID) -> Any:
    actions.dismiss(appointment_id=appointment_id, by=request.actor, at=clock.now())
    return Status(204, None)
