"""The customer's bill: read it line by line, ask, find it right."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import Refusal
from anxin.kit.models import Moved, NotAllowed
from anxin.payments import actions, queries
from anxin.payments.forms import AdjustForm, AnswerForm, QuestionForm, RefundForm
from anxin.payments.models import Bill
from anxin.payments.pages.common import can_invoice, found, is_payer, onward, put, see_other, shown

PER_PAGE = 20


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """A customer's own bills, newest first."""
    pages = Paginator(queries.customer_bills(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "payments/mine.html", {"page": pages})


@page(SIGNED_IN)
def bill(request: Request, number: str) -> HttpResponse:
    """One bill: to its payer as a phone page with the next step, to the agency as a desk page."""
    return show(request, found(request, number))


def show(request: Request, row: Bill, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The bill's page, with forms that came back with errors in the places of the empty ones."""
    payments = [payment for payment in row.payments.all() if payment.paid_fen]
    asked = next(iter(row.live_requests), None)  # type: ignore[attr-defined]
    context = {
        **shown(row),
        "payments": payments,
        "refunds": list(row.refunds.all()),
        "questions": list(row.questions.all()),
        "request_row": asked,
        "can_invoice": can_invoice(row),
        "question_form": forms.get("question") or QuestionForm(),
    }
    if is_payer(request, row):
        return render(request, "payments/bill.html", context, status=status)
    may_bill = request.actor.holds("payments.bill") and row.organisation_id == request.actor.organisation_id
    left_fen = queries.given_back_at_most(row) if may_bill and row.paid_at else 0
    context |= {
        "answer_form": forms.get("answer") or AnswerForm(),
        "adjust_form": forms.get("adjust") or AdjustForm(),
        "refund_form": forms.get("refund") or RefundForm(),
        "may_bill": may_bill,
        "left_fen": left_fen,
        "used_by": queries.users_of_deposit(row) if may_bill and row.paid_at else [],
        "open_form": next(iter(forms), ""),
    }
    return render(request, "payments/bill_desk.html", context, status=status)


@page(SIGNED_IN, methods=("POST",))
def question(request: Request, number: str) -> HttpResponse:
    """Ask about the bill."""
    row, form = found(request, number), QuestionForm(request.POST)
    if form.is_valid():
        try:
            actions.question_bill(row, text=form.cleaned_data["text"], by=request.actor, at=clock.now())
            return see_other("payments:bill", number)
        except Refusal as refusal:
            put(form, refusal)
    return show(request, row, status=422, question=form)


@page(SIGNED_IN, methods=("POST",))
def acceptance(request: Request, number: str) -> HttpResponse:
    """The bill is right; on to the cashier, or to the end when nothing is left to pay."""
    row = found(request, number)
    try:
        actions.accept_bill(row, by=request.actor, at=clock.now())
    except (Moved, NotAllowed):
        # Tapped twice, or in another tab, or the agency has just put a newer version in its place.
        row = found(request, number)
    return onward(request, row)
