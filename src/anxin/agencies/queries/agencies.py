"""Agencies, their papers and versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from anxin.agencies.models import Agency, AgencyStanding, Document, ServiceItem, ServiceVersion
from anxin.agencies.queries.facts import agency_facts, party_facts, version_facts
from anxin.agencies.values import (
    START_CREDIT,
    AgencyFacts,
    AgencyParty,
    DocumentKind,
    Verification,
    VersionFacts,
)
from anxin.kit.errors import NotFound


def agency(agency_id: UUID) -> AgencyFacts:
    """One agency; NotFound if there is none. One query."""
    found = agencies([agency_id])
    if agency_id not in found:
        raise NotFound
    return found[agency_id]


def agencies(agency_ids: Iterable[UUID]) -> dict[UUID, AgencyFacts]:
    """Many agencies by id; unknown ids are absent. One query."""
    rows = Agency.objects.filter(pk__in=set(agency_ids)).select_related("organisation", "standing")
    return {row.id: agency_facts(row) for row in rows}


def agency_of(organisation_id: UUID) -> AgencyFacts | None:
    """The agency that an organisation is, None if it is none. One query."""
    row = (
        Agency.objects.filter(organisation_id=organisation_id)
        .select_related("organisation", "standing")
        .first()
    )
    return agency_facts(row) if row else None


def agencies_of(organisation_ids: Iterable[UUID]) -> dict[UUID, AgencyFacts]:
    """Agencies by organisation id; organisations that are none are absent. One query."""
    rows = Agency.objects.filter(organisation_id__in=set(organisation_ids)).select_related(
        "organisation", "standing"
    )
    return {row.organisation_id: agency_facts(row) for row in rows}


def party_of(organisation_id: UUID) -> AgencyParty | None:
    """The agency that an organisation is, as a party to a contract; None if it is none. One query."""
    row = Agency.objects.filter(organisation_id=organisation_id).select_related("organisation").first()
    return party_facts(row) if row else None


def version(version_id: UUID) -> VersionFacts:
    """One published version, current or not; NotFound if there is none. One query."""
    found = versions([version_id])
    if version_id not in found:
        raise NotFound
    return found[version_id]


def versions(version_ids: Iterable[UUID]) -> dict[UUID, VersionFacts]:
    """Many published versions by id. One query."""
    rows = ServiceVersion.objects.filter(pk__in=set(version_ids), published_at__isnull=False).select_related(
        "service__agency"
    )
    return {row.id: version_facts(row) for row in rows}


@lru_cache(maxsize=4096)
def frozen_version(version_id: UUID) -> VersionFacts:
    """`version`, remembered by the process: what is published never changes. Of `is_current` it knows nothing."""
    return replace(version(version_id), is_current=False)


# The version under which the live agency of {organisation} offers an item now: a scalar subquery for a
# higher area's one statement, the same as `offered()`.
SERVING_SQL = """
  SELECT s.current_id FROM agencies_agency a JOIN agencies_serviceitem s ON s.agency_id = a.id
  WHERE a.organisation_id = {organisation} AND a.state = 'live' AND s.state = 'published'
    AND s.item_code = {item}
"""


# The credit score of the agency of {organisation}: a scalar subquery for a higher area's one statement.
CREDIT_SQL = """
  SELECT n.credit_score FROM agencies_agency a JOIN agencies_agencystanding n ON n.agency_id = a.id
  WHERE a.organisation_id = {organisation}
"""


def credit_of(organisation_id: UUID) -> int:
    """The agency's credit score, 0–100. One query."""
    rows = AgencyStanding.objects.filter(agency__organisation=organisation_id)
    found = rows.values_list("credit_score", flat=True).first()
    return START_CREDIT if found is None else found


def current_version(agency_id: UUID, item_code: str) -> VersionFacts | None:
    """What a live agency offers of an item now, None if it does not. One query."""
    row = (
        ServiceItem.objects.offered()
        .filter(agency_id=agency_id, item_code=item_code)
        .select_related("current", "agency")
        .first()
    )
    if row is None or row.current is None:
        return None
    row.current.service = row
    return version_facts(row.current)


def newest(service_id: UUID) -> ServiceVersion | None:
    """The draft if there is one, else the latest version. One query."""
    return ServiceVersion.objects.filter(service_id=service_id).order_by("-number").first()


def revision_of(row: ServiceVersion) -> str:
    """What a form carries, so that a writer who did not see the newest text is told."""
    return f"{row.number}-{'p' if row.published_at else 'd'}-{row.written_at.timestamp():.6f}"


def grades(agency_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Verified grades (A to AAAAA) by agency; agencies without one are absent. One query."""
    rows = Document.objects.standing().filter(
        agency__in=set(agency_ids), kind=DocumentKind.GRADE, verification=Verification.VERIFIED
    )
    return dict(rows.values_list("agency_id", "title"))


def drafts(agency_id: UUID) -> dict[UUID, ServiceVersion]:
    """The unpublished drafts of an agency by service. One query."""
    rows = ServiceVersion.objects.filter(service__agency_id=agency_id, published_at=None)
    return {row.service_id: row for row in rows}
