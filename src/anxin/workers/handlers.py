"""To whom an organisation may announce something, of those whom workers know; what a consent taken back takes along."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from anxin.accounts.public import ConsentWithdrawn
from anxin.accounts.values import OrganisationKind, Purpose
from anxin.kit.actor import SYSTEM
from anxin.kit.events import on
from anxin.kit.text import gettext_noop
from anxin.notices.public import audience
from anxin.notices.values import Sender
from anxin.workers.actions import take_back_with_consent
from anxin.workers.queries import people


@on(ConsentWithdrawn)
def take_back_what_it_allowed(event: ConsentWithdrawn) -> None:
    take_back_with_consent(person_id=event.person_id, purpose=Purpose(event.purpose), by=SYSTEM, at=event.at)


@audience(
    "workers", gettext_noop("家政员"),
    OrganisationKind.AGENCY, OrganisationKind.OPERATOR, OrganisationKind.ASSOCIATION, OrganisationKind.BUREAU,
)  # fmt: skip
def workers(sender: Sender, at: datetime) -> Iterable[UUID]:
    own = sender.organisation_id if sender.kind == OrganisationKind.AGENCY else None
    return people.people_at_work(at, organisation_id=own, region=sender.region)
