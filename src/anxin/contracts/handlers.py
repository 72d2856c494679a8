"""What contracts do when orders change: one line each."""

from __future__ import annotations

from anxin.accounts.public import NameCorrected, PersonVerified
from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.orders.public import OrderAccepted, OrderCancelled, OrderRescheduled, WorkerAgreed, WorkerLost


@on(OrderAccepted)
def draft_contract(event: OrderAccepted) -> None:
    defer("contracts.draft", lock=f"contract:{event.order_id}", order_id=str(event.order_id))


@on(WorkerAgreed)
def complete_contract(event: WorkerAgreed) -> None:
    defer(
        "contracts.complete",
        lock=f"contract:{event.order_id}",
        order_id=str(event.order_id),
        assignment_id=str(event.assignment_id),
    )


@on(OrderRescheduled)
def refresh_contract(event: OrderRescheduled) -> None:
    defer("contracts.refresh", lock=f"contract:{event.order_id}", order_id=str(event.order_id))


@on(OrderCancelled)
def void_contracts(event: OrderCancelled) -> None:
    defer("contracts.void", lock=f"contract:{event.order_id}", order_id=str(event.order_id))


@on(WorkerLost)
def unassign_contract(event: WorkerLost) -> None:
    defer("contracts.unassign", lock=f"contract:{event.order_id}", order_id=str(event.order_id))


@on(NameCorrected)
def name_anew(event: NameCorrected) -> None:
    defer("contracts.refresh_of_person", person_id=str(event.person_id))


@on(PersonVerified)
def number_anew(event: PersonVerified) -> None:
    defer("contracts.refresh_of_person", person_id=str(event.person_id))
