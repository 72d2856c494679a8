"""Agencies made through the actions, for the tests of this area and of those above it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from anxin.agencies import public as agencies
from anxin.agencies.models import Agency, Document
from anxin.agencies.values import ServiceContent, VersionFacts
from anxin.files import public as files
from anxin.kit.actor import SYSTEM, Actor
from tests.agencies.prices import content

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROFILE: dict[str, Any] = {
    "mode": "employer",
    "legal_representative": "钱丽",
    "phone": "13900000011",
    "town_code": "330112006",
    "address": "锦城街道临天路 88 号",
    "intro": "在临安做了十二年家政。",
}


def profile(**changes: Any) -> agencies.Profile:
    return agencies.Profile(**{**PROFILE, **changes})


def licence(**changes: Any) -> agencies.Paper:
    base: dict[str, Any] = {
        "kind": "licence",
        "title": "营业执照",
        "issuer": "临安区市场监督管理局",
        "number": "91330199MATE5T0178",
        "valid_from": date(2020, 1, 1),
    }
    return agencies.Paper(**{**base, **changes})


def upload(by: Actor, at: datetime) -> UUID:
    return files.store_bytes(PDF, name="执照.pdf", kind=files.FileKind.DOCUMENT, by=by, at=at).pk


def applied(head: Any, at: datetime) -> Agency:
    """The agency of the head's organisation, just applied."""
    actor = head.actor
    return agencies.apply(
        name="", uscc="", profile=profile(), organisation_id=actor.organisation_id, by=actor, at=at
    )


def with_licence(row: Agency, by: Actor, at: datetime, **changes: Any) -> Document:
    return agencies.add_document(
        agency_id=row.pk, paper=licence(**changes), file_id=upload(by, at), by=by, at=at
    )


def live(head: Any, at: datetime, **changes: Any) -> Agency:
    """The agency of the head's organisation, verified and live."""
    row = applied(head, at)
    document = with_licence(row, head.actor, at, **changes)
    agencies.submit(agency_id=row.pk, agreed=True, by=head.actor, at=at)
    agencies.verify_document(document_id=document.pk, passed=True, how="公示系统查询", by=SYSTEM, at=at)
    return agencies.approve(agency_id=row.pk, by=SYSTEM, at=at)


def offering(
    row: Agency, head: Any, at: datetime, item_code: str = "0101", told: ServiceContent | None = None
) -> VersionFacts:
    """A service of the agency, published."""
    version = agencies.offer_service(
        agency_id=row.pk, item_code=item_code, content=told or content(), by=head.actor, at=at
    )
    return agencies.version(version.pk)
