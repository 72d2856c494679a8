"""Reads of invoices and tax settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum

from anxin.kit.actor import Actor
from anxin.payments.models import Bill, Invoice, InvoiceRequest, TaxSetting
from anxin.payments.states import LIVE_INVOICES, RESERVING, REVERSIBLE
from anxin.payments.values import TAX_BP, RefundCause
from anxin.policies import public as policies


@dataclass(frozen=True)
class Tax:
    """How a service is taxed: basis points, 0 with the reason of the exemption."""

    bp: int
    exempt_reason: str


def tax_of(organisation_id: UUID, item_code: str, at: datetime) -> Tax:
    """The tax of an agency's item at a moment: its own setting for the item, for all items, else the policy."""
    found = TaxSetting.objects.filter(
        organisation=organisation_id, item_code__in=["", item_code], valid_from__lte=at
    ).order_by("-item_code", "-valid_from", "-created_at")
    setting = found.first()
    if setting is not None:
        return Tax(setting.tax_bp, setting.exempt_reason)
    return Tax(policies.read(TAX_BP, at=at), "")


def papers_of(person_id: UUID) -> list[Invoice]:
    """What was issued for the bills that a person pays and is kept as a file, oldest first. One query."""
    found = Invoice.objects.filter(request__bill__payer=person_id, file__isnull=False)
    return list(found.select_related("file").defer("content").order_by("issued_at", "id"))


def invoiceable_fen(bill: Bill) -> int:
    """What may be invoiced: paid for good, the used-up deposit with it, less what is on its way back. One query."""
    back = bill.refunds.filter(state__in=[str(s) for s in RESERVING]).exclude(cause=str(RefundCause.SURPLUS))
    return int(bill.total_fen - (back.aggregate(total=Sum("amount_fen"))["total"] or 0))


# What was refunded after it was issued asks for a red letter.
TOO_MUCH = Q(
    state__in=[str(s) for s in REVERSIBLE], amount_fen__gt=F("bill__total_fen") - F("bill__refunded_fen")
)


def to_reverse(actor: Actor) -> QuerySet[InvoiceRequest]:
    """Invoices of the actor's agency that say more than was kept of their bill. Two queries."""
    return desk_requests(actor).filter(TOO_MUCH)


def invoice_says_too_much(bill_id: UUID) -> bool:
    """Whether an invoice of a bill stands that says more than was kept of it. One query."""
    return InvoiceRequest.objects.filter(TOO_MUCH, bill=bill_id).exists()


def request_of_bill(bill: Bill) -> InvoiceRequest | None:
    """The request that counts for a bill."""
    return bill.invoice_requests.filter(state__in=[str(s) for s in LIVE_INVOICES]).first()


def request_by_id(request_id: UUID) -> InvoiceRequest:
    """For jobs."""
    found: InvoiceRequest = InvoiceRequest.objects.select_related("bill", "bill__order", "organisation").get(
        pk=request_id
    )
    return found


def request_by_number(number: str, actor: Actor) -> InvoiceRequest | None:
    """The request of that number with its papers, if the actor may see it."""
    return (
        InvoiceRequest.objects.visible_to(actor)
        .filter(number=number)
        .select_related("bill", "bill__order", "organisation")
        .prefetch_related("papers")
        .first()
    )


def invoice_by_id(invoice_id: UUID, actor: Actor) -> Invoice | None:
    """One paper, if the actor may see it."""
    return Invoice.objects.visible_to(actor).filter(pk=invoice_id).select_related("request", "file").first()


def desk_requests(actor: Actor, *, states: tuple[str, ...] = ()) -> QuerySet[InvoiceRequest]:
    """What the actor's agency has to issue, the earliest deadline first. Two queries."""
    found = InvoiceRequest.objects.visible_to(actor).filter(organisation=actor.organisation_id)
    if states:
        found = found.filter(state__in=states)
    return found.select_related("bill", "bill__order").prefetch_related("papers").order_by("due_at")


def overdue_requests(at: datetime) -> list[InvoiceRequest]:
    """Not issued in time, and nobody was warned yet."""
    found = InvoiceRequest.objects.filter(
        state__in=["submitted", "failed"], warned_at=None, due_at__lte=at
    ).select_related("bill")
    return list(found[:500])
