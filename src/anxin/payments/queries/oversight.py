"""Bills as who looks after a region reads them."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Sum

from anxin.kit.actor import Actor
from anxin.payments.models import Bill, BillQuestion


def overseen_bills(actor: Actor) -> QuerySet[Bill]:
    """Bills that count of orders in the actor's region, newest first, with what customers asked. Two queries."""
    asked = BillQuestion.objects.order_by("asked_at")
    return (
        Bill.objects.overseen_by(actor)
        .live()
        .select_related("order", "organisation", "payer")
        .prefetch_related(Prefetch("questions", asked))
        .order_by("-created_at", "-id")
    )


def overseen_bills_matching(bills: QuerySet[Bill], text: str) -> QuerySet[Bill]:
    """Those whose number or order's number begins with `text`, or whose agency's name has it."""
    if not text:
        return bills
    start = text.upper()
    return bills.filter(
        Q(number__startswith=start)
        | Q(order__number__startswith=start)
        | Q(organisation__name__icontains=text)
    )


def questioned(bills: QuerySet[Bill], *, open_only: bool) -> QuerySet[Bill]:
    """Those that the customer objected to; open_only: and has no answer yet."""
    asked = BillQuestion.objects.filter(bill=OuterRef("pk"))
    return bills.filter(Exists(asked.filter(answered_at=None) if open_only else asked))


def overseen_bill_totals(bills: QuerySet[Bill]) -> dict[str, int]:
    """count, due_fen, paid_fen, refunded_fen, open_questions. One query."""
    waiting = Exists(BillQuestion.objects.filter(bill=OuterRef("pk"), answered_at=None))
    found = bills.order_by().aggregate(
        count=Count("id"), due_fen=Sum("due_fen"), paid_fen=Sum("paid_fen"), refunded_fen=Sum("refunded_fen"),
        open_questions=Count("id", filter=waiting),
    )  # fmt: skip
    return {name: int(value or 0) for name, value in found.items()}
