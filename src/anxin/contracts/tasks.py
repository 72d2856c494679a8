"""Jobs of contracts: ids in, one action, safe to run twice."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.contracts import queries
from anxin.contracts.actions import check, draft
from anxin.kit.actor import SYSTEM
from anxin.kit.jobs import periodic, task
from anxin.kit.text import gettext_noop


@task("contracts.draft")
def draft_contract(*, at: datetime, order_id: str) -> None:
    # Tried again after a failure it may come behind the cancelling.
    if queries.order_stands(UUID(order_id)):
        draft.draft(order_id=UUID(order_id), by=SYSTEM, at=at)


@task("contracts.complete")
def complete_contract(*, at: datetime, order_id: str, assignment_id: str) -> None:
    if queries.order_stands(UUID(order_id)):
        draft.complete(order_id=UUID(order_id), assignment_id=UUID(assignment_id), by=SYSTEM, at=at)


@task("contracts.refresh")
def refresh_contract(*, at: datetime, order_id: str) -> None:
    draft.refresh_of_order(order_id=UUID(order_id), by=SYSTEM, at=at)


@task("contracts.void")
def void_contracts(*, at: datetime, order_id: str) -> None:
    draft.void_of_order(order_id=UUID(order_id), reason=gettext_noop("订单已取消"), by=SYSTEM, at=at)


@task("contracts.unassign")
def unassign_contract(*, at: datetime, order_id: str) -> None:
    draft.unassign(order_id=UUID(order_id), by=SYSTEM, at=at)


@task("contracts.refresh_of_person")
def refresh_contracts_of_person(*, at: datetime, person_id: str) -> None:
    draft.refresh_of_person(person_id=UUID(person_id), by=SYSTEM, at=at)


@task("contracts.check")
def check_contract(*, at: datetime, contract_id: str) -> None:
    check.check_signed(contract_id=UUID(contract_id), at=at)


@periodic("contracts.warn_of_expiry", cron="10 1 * * *")
def warn_of_expiry(*, at: datetime) -> None:
    check.warn_of_expiry(at=at)
