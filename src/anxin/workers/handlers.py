"""To whom an organisation may announce something, of those whom workers know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from anxin.accounts.values import OrganisationKind
from anxin.kit.text import gettext_noop
from anxin.notices.public import audience
from anxin.notices.values import Sender
from anxin.workers.queries import people


@audience(
    "workers", gettext_noop("家政员"),
    OrganisationKind.AGENCY, OrganisationKind.OPERATOR, OrganisationKind.ASSOCIATION, OrganisationKind.BUREAU,
)  # fmt: skip
def workers(sender: Sender, at: datetime) -> Iterable[UUID]:
    own = sender.organisation_id if sender.kind == OrganisationKind.AGENCY else None
    return people.people_at_work(at, organisation_id=own, region=sender.region)
