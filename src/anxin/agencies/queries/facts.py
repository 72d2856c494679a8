"""Rows into frozen facts."""

from __future__ import annotations

from anxin.agencies.models import Agency, AgencyStanding, Document, ServiceVersion
from anxin.agencies.states import AgencyState
from anxin.agencies.values import (
    AgencyFacts,
    AgencyParty,
    DocumentFacts,
    DocumentKind,
    Mode,
    Rating,
    Verification,
    VersionFacts,
)


def rating_of(agency: Agency) -> Rating:
    """The rating of an agency whose standing is loaded with it."""
    try:
        return agency.standing.rating
    except AgencyStanding.DoesNotExist:
        return Rating()


def agency_facts(row: Agency) -> AgencyFacts:
    """Needs organisation and standing loaded."""
    return AgencyFacts(
        id=row.id,
        organisation_id=row.organisation_id,
        number=row.number,
        name=row.name,
        uscc=row.organisation.uscc or "",
        mode=Mode(row.mode),
        state=AgencyState(row.state),
        town_code=row.town_code,
        address=row.address,
        phone=row.phone,
        lat=row.lat,
        lng=row.lng,
        rating=rating_of(row),
        verified_at=row.verified_at,
    )


def party_facts(row: Agency) -> AgencyParty:
    """Needs organisation loaded."""
    return AgencyParty(
        agency_id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        uscc=row.organisation.uscc or "",
        address=row.address,
        legal_representative=row.legal_representative,
        phone=row.phone,
        mode=Mode(row.mode),
    )


def version_facts(row: ServiceVersion) -> VersionFacts:
    """Needs service and its agency loaded."""
    service = row.service
    return VersionFacts(
        id=row.id,
        service_id=service.id,
        agency_id=service.agency_id,
        organisation_id=service.agency.organisation_id,
        item_code=service.item_code,
        number=row.number,
        content=row.content,
        published_at=row.published_at,
        is_current=service.current_id == row.id,
        engagement=service.agency.mode,
    )


def document_facts(row: Document) -> DocumentFacts:
    return DocumentFacts(
        id=row.id,
        kind=DocumentKind(row.kind),
        title=row.title,
        issuer=row.issuer,
        number=row.number,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        verification=Verification(row.verification),
        verified_at=row.verified_at,
        file_id=row.file_id,
    )
