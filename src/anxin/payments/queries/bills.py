"""Reads of bills and of the service they are drawn from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet, Sum

from anxin.accounts import public as accounts
from anxin.agencies.values import ExtraUse
from anxin.kit.actor import Actor
from anxin.orders.public import Order
from anxin.payments.models import Bill, BillQuestion, InvoiceRequest, Payment, Refund
from anxin.payments.states import LIVE_INVOICES, RESERVING
from anxin.payments.values import BillKind, RefundCause


def worked_periods(order: Order) -> list[tuple[datetime, datetime]]:
    """From entry to completion, visit by visit, of those that took place."""
    visits = order.visits.filter(entered_at__isnull=False, done_at__isnull=False).order_by("sequence")
    return [(visit.entered_at, visit.done_at) for visit in visits if visit.entered_at and visit.done_at]


def agreed_extras(order: Order) -> list[ExtraUse]:
    """Extra work that the customer agreed to on the spot, at the agreed unit price."""
    return [
        ExtraUse(extra.code or f"spot{place}", extra.quantity, extra.price_fen, extra.label, extra.unit)
        for place, extra in enumerate(
            order.extras.filter(state="agreed").order_by("proposed_at", "id"), start=1
        )
    ]


def live_bill(order_id: UUID, kind: BillKind) -> Bill | None:
    """The bill of a kind that counts for an order."""
    return Bill.objects.live().filter(order=order_id, kind=str(kind)).first()


def bill_by_id(bill_id: UUID) -> Bill:
    """For jobs and actions, which have their own reason to read it."""
    return Bill.objects.get(pk=bill_id)


def bill_by_number(number: str, actor: Actor) -> Bill | None:
    """The bill of that number with all that its page shows, if the actor may see it. Seven queries."""
    papers = InvoiceRequest.objects.filter(state__in=[str(s) for s in LIVE_INVOICES]).prefetch_related(
        "papers"
    )
    return (
        Bill.objects.visible_to(actor)
        .filter(number=number)
        .select_related("order", "order__customer", "organisation", "supersedes", "superseded_by")
        .prefetch_related(
            "lines",
            Prefetch("questions", BillQuestion.objects.order_by("asked_at")),
            Prefetch("payments", Payment.objects.order_by("-created_at")),
            Prefetch("refunds", Refund.objects.order_by("-created_at")),
            Prefetch("invoice_requests", papers, to_attr="live_requests"),
        )
        .first()
    )


def bills_of_order(order_id: UUID) -> QuerySet[Bill]:
    """The bills that count for an order, oldest first."""
    return Bill.objects.live().filter(order=order_id).order_by("created_at")


def customer_bills(actor: Actor) -> QuerySet[Bill]:
    """A payer's own bills, newest first."""
    return (
        Bill.objects.visible_to(actor)
        .live()
        .filter(payer=actor.person_id)
        .select_related("organisation", "order")
        .order_by("-created_at")
    )


def desk_bills(actor: Actor, *, states: tuple[str, ...] = ()) -> QuerySet[Bill]:
    """The bills of the actor's agency, those with questions first, then by age. Two queries."""
    found = Bill.objects.visible_to(actor).live().filter(organisation=actor.organisation_id)
    if states:
        found = found.filter(state__in=states)
    waiting = BillQuestion.objects.filter(answered_at=None)
    return (
        found.select_related("order", "payer")
        .prefetch_related(Prefetch("questions", waiting, to_attr="open_questions"))
        .order_by("-created_at")
    )


def desk_counts(actor: Actor) -> dict[str, int]:
    """State → how many bills of the actor's agency that count are in it. One query."""
    found = Bill.objects.visible_to(actor).live().filter(organisation=actor.organisation_id)
    return dict(found.values_list("state").annotate(Count("id")).order_by())


def bills_matching(bills: QuerySet[Bill], text: str) -> QuerySet[Bill]:
    """Those whose number or order's number begins with `text`, or of the payer's whole phone number."""
    if not text:
        return bills
    found = Q(number__startswith=text.upper()) | Q(order__number__startswith=text.upper())
    if text.isdecimal() and (person := accounts.person_by_phone(text)):
        found |= Q(payer=person)
    return bills.filter(found)


def deposit_of(bill: Bill) -> Bill | None:
    """The deposit that a bill has used up, if any."""
    return live_bill(bill.order_id, BillKind.DEPOSIT) if bill.deposit_fen else None


def users_of_deposit(bill: Bill) -> list[Bill]:
    """The bills that count and used up a part of this deposit; none for a bill of another kind."""
    if bill.kind != BillKind.DEPOSIT:
        return []
    return list(Bill.objects.live().filter(order=bill.order_id, deposit_fen__gt=0).order_by("created_at"))


def given_back_at_most(bill: Bill) -> int:
    """What may still be refunded of a bill, in fen: kept, less what is on its way; of a deposit the unused part."""
    if bill.kind == BillKind.DEPOSIT:
        return max(0, deposit_left(bill.order_id))
    back = bill.refunds.filter(state__in=[str(s) for s in RESERVING]).exclude(cause=str(RefundCause.SURPLUS))
    return int(bill.covered_fen - (back.aggregate(total=Sum("amount_fen"))["total"] or 0))


def deposit_left(order_id: UUID) -> int:
    """What of the deposit of an order is still held, in fen: paid, less refunds asked for, less what bills use up."""
    deposit = live_bill(order_id, BillKind.DEPOSIT)
    if deposit is None:
        return 0
    back = Refund.objects.filter(bill=deposit, state__in=[str(s) for s in RESERVING]).exclude(cause="surplus")
    used = Bill.objects.live().filter(order=order_id).aggregate(total=Sum("deposit_fen"))["total"] or 0
    return int(deposit.paid_fen - (back.aggregate(total=Sum("amount_fen"))["total"] or 0) - used)
