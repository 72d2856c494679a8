"""Which agencies may serve at all."""

from __future__ import annotations

from uuid import UUID

from anxin.agencies.models import Agency
from anxin.agencies.states import AgencyState

# The same for one that stands in a higher area's statement: whether {organisation} is among them.
LIVE_SQL = (
    "EXISTS (SELECT 1 FROM agencies_agency g"
    " WHERE g.organisation_id = {organisation} AND g.city_code = %(city)s AND g.state = 'live')"
)


def live_organisations(city_code: str) -> set[UUID]:
    """The organisations of all live agencies of a city. One query over the list's own index."""
    rows = Agency.objects.filter(city_code=city_code, state=AgencyState.LIVE)
    return set(rows.values_list("organisation_id", flat=True))
