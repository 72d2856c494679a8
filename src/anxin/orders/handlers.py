"""What orders do when workers change, one line each; and the customers to whom an organisation may announce."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from anxin.accounts.values import OrganisationKind
from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.kit.text import gettext_noop
from anxin.notices.public import audience
from anxin.notices.values import Sender
from anxin.orders import queries
from anxin.workers.public import AffiliationChanged, WorkerStopped


@on(WorkerStopped)
def worker_stopped(event: WorkerStopped) -> None:
    defer("orders.lose_worker", worker_id=str(event.worker_id))


@on(AffiliationChanged)
def affiliation_changed(event: AffiliationChanged) -> None:
    defer("orders.lose_worker", worker_id=str(event.worker_id))


@audience("customers", gettext_noop("近一年的客户"), OrganisationKind.AGENCY, OrganisationKind.OPERATOR)
def customers(sender: Sender, at: datetime) -> Iterable[UUID]:
    own = sender.organisation_id if sender.kind == OrganisationKind.AGENCY else None
    return queries.customers_of_late(at, organisation_id=own)
