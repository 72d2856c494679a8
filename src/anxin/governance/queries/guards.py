"""Who is to be told when something is amiss with personal data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.accounts import public as accounts

GUARD = "operator.security"


def guards(organisation_id: UUID | None, at: datetime) -> set[UUID]:
    """The heads of an organisation, and the platform's security administrators. Two queries."""
    heads = accounts.staff_of(organisation_id, at, permission="accounts.appoint") if organisation_id else []
    found = {row.person_id for row in heads}
    return found | {row.person_id for row in accounts.holders_of(GUARD, at)}


def desk(at: datetime) -> set[UUID]:
    """Who answers what people ask about their data. One query."""
    return {row.person_id for row in accounts.holders_of(GUARD, at)}
