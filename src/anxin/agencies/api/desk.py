"""What an agency's own programs may do: join, write and publish services, leave."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import File, Form, Router, Status, UploadedFile

from anxin.agencies import actions, queries
from anxin.agencies.api import schemas as s
from anxin.agencies.models import Agency, ServiceItem
from anxin.agencies.queries import pages as reads
from anxin.agencies.values import ServiceContent
from anxin.kit import clock
from anxin.kit.access import VERIFIED, Request, holds, ruled
from anxin.kit.errors import Invalid, NotFound

router = Router(tags=["agencies: own"])
READ, MANAGE, PUBLISH = holds("agencies.read"), holds("agencies.manage"), holds("agencies.publish")


class ContentMalformed(Invalid):
    code = "content_malformed"


@router.post("/own-agency", response={201: s.OwnOut})
@ruled(VERIFIED)
def apply(request: Request, data: s.ApplyIn) -> Any:
    """Apply to join; the applicant becomes the head, and acts as such from POST /me/post on."""
    entered = reads.entered(request.actor)
    row = actions.apply(
        name=data.name,
        uscc=data.uscc,
        profile=actions.Profile(**data.profile.model_dump()),
        organisation_id=entered.pk if entered else None,
        by=request.actor,
        at=clock.now(),
    )
    return Status(201, s.OwnOut.of(row))


@router.get("/own-agency", response=s.OwnOut)
@ruled(READ)
def own(request: Request) -> Any:
    return s.OwnOut.of(_own(request))


@router.put("/own-agency/profile", response=s.OwnOut)
@ruled(MANAGE)
def change_profile(request: Request, data: s.ProfileIn) -> Any:
    row = actions.change_profile(
        agency_id=_own(request).pk,
        profile=actions.Profile(**data.model_dump()),
        by=request.actor,
        at=clock.now(),
    )
    return s.OwnOut.of(row)


@router.get("/own-agency/documents", response=list[s.PaperOut])
@ruled(READ)
def papers(request: Request) -> Any:
    """The agency's own papers, each with the address of its scan."""
    return [s.PaperOut.seen_by(row, request.actor) for row in _own(request).documents.all()]


@router.post("/own-agency/documents", response={201: s.PaperOut})
@ruled(MANAGE)
def hand_in(request: Request, data: Form[s.PaperIn], file: File[UploadedFile]) -> Any:
    """Hand in a licence, a qualification, an honour or a grade with its scan: a picture or a PDF, 20 MB at most."""
    row = actions.hand_in(
        agency_id=_own(request).pk,
        paper=actions.Paper(**data.model_dump()),
        upload=file,
        by=request.actor,
        at=clock.now(),
    )
    return Status(201, s.PaperOut.seen_by(row, request.actor))


@router.delete("/own-agency/documents/{document_id}", response={204: None})
@ruled(MANAGE)
def remove_paper(request: Request, document_id: UUID) -> Any:
    """Take back a document that has not been verified."""
    actions.remove_document(document_id=document_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.post("/own-agency/appeal", response=s.OwnOut)
@ruled(MANAGE)
def appeal(request: Request, data: s.WhyIn) -> Any:
    """Ask for a rejected application to be looked at again."""
    row = actions.appeal(agency_id=_own(request).pk, why=data.why, by=request.actor, at=clock.now())
    return s.OwnOut.of(row)


@router.post("/own-agency/submission", response=s.OwnOut)
@ruled(MANAGE)
def submit(request: Request, data: s.AgreedIn) -> Any:
    row = actions.submit(agency_id=_own(request).pk, agreed=data.agreed, by=request.actor, at=clock.now())
    return s.OwnOut.of(row)


@router.post("/own-agency/departure", response=s.OwnOut)
@ruled(MANAGE)
def leave(request: Request, data: s.WhyIn) -> Any:
    """Give 30 days' notice."""
    row = actions.leave(agency_id=_own(request).pk, why=data.why, by=request.actor, at=clock.now())
    return s.OwnOut.of(row)


@router.delete("/own-agency/departure", response=s.OwnOut)
@ruled(MANAGE)
def stay(request: Request) -> Any:
    return s.OwnOut.of(actions.stay(agency_id=_own(request).pk, by=request.actor, at=clock.now()))


@router.get("/own-services", response=list[s.ServiceOut])
@ruled(READ)
def services(request: Request) -> Any:
    """All own services with their newest text. Four queries."""
    row = _own(request)
    drafts = queries.drafts(row.pk)
    return [_shown(service, drafts.get(service.pk) or service.current) for service in row.services.all()]


@router.post("/own-services", response={201: s.ServiceOut})
@ruled(PUBLISH)
def open_service(request: Request, data: s.OpenIn) -> Any:
    """Start offering an item of the catalogue; the draft begins with the catalogue's specification."""
    row = actions.open_service(
        agency_id=_own(request).pk, item_code=data.item_code, by=request.actor, at=clock.now()
    )
    return Status(201, _service(request, row.pk))


@router.get("/own-services/{service_id}", response=s.ServiceOut)
@ruled(READ)
def service(request: Request, service_id: UUID) -> Any:
    return _service(request, service_id)


@router.put("/own-services/{service_id}/draft", response=s.ServiceOut)
@ruled(PUBLISH)
def save_draft(request: Request, service_id: UUID, data: s.WriteIn) -> Any:
    actions.save_draft(
        service_id=service_id,
        content=_content(data),
        revision=data.revision,
        by=request.actor,
        at=clock.now(),
    )
    return _service(request, service_id)


@router.delete("/own-services/{service_id}/draft", response=s.ServiceOut)
@ruled(PUBLISH)
def discard_draft(request: Request, service_id: UUID) -> Any:
    actions.discard_draft(service_id=service_id, by=request.actor, at=clock.now())
    return _service(request, service_id)


@router.post("/own-services/{service_id}/publication", response=s.ServiceOut)
@ruled(PUBLISH)
def publish(request: Request, service_id: UUID, data: s.WriteIn) -> Any:
    """Publish the content as the next version."""
    actions.publish_version(
        service_id=service_id,
        content=_content(data),
        revision=data.revision,
        by=request.actor,
        at=clock.now(),
    )
    return _service(request, service_id)


@router.post("/own-services/{service_id}/withdrawal", response=s.ServiceOut)
@ruled(PUBLISH)
def withdraw(request: Request, service_id: UUID) -> Any:
    actions.withdraw_service(service_id=service_id, by=request.actor, at=clock.now())
    return _service(request, service_id)


def _own(request: Request) -> Agency:
    row = reads.own(request.actor)
    if row is None:
        raise NotFound
    return row


def _content(data: s.WriteIn) -> ServiceContent:
    try:
        return data.content.content()
    except ValueError as error:
        raise ContentMalformed(field="content") from error


def _service(request: Request, service_id: UUID) -> dict[str, Any]:
    row = reads.own_service(service_id, request.actor)
    return _shown(row, next(iter(row.versions.all()), None))


def _shown(row: ServiceItem, newest: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "item_code": row.item_code,
        "state": row.state,
        "current_number": row.current.number if row.current else None,
        "newest_number": newest.number if newest else 0,
        "is_draft": bool(newest and newest.published_at is None),
        "revision": queries.revision_of(newest) if newest else "",
        "content": newest.content.to_json() if newest else {},
    }
