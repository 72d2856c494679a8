"""The agency's desk: bills and questions, corrections, refunds, money that came in."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import Refusal
from anxin.payments import actions, queries
from anxin.payments.forms import AdjustForm, AnswerForm, RefundForm
from anxin.payments.pages.common import found, put, see_other
from anxin.payments.pages.customer import show
from anxin.payments.states import BillState
from anxin.payments.values import BILL_LABELS

PER_PAGE = 30
TABS = (BillState.QUESTIONED, BillState.DRAWN, BillState.ACCEPTED, BillState.PAID)


@page(holds("payments.bill"))
def bills(request: Request) -> HttpResponse:
    """The agency's bills by state."""
    wanted = request.GET.get("state", "")
    states = (wanted,) if wanted in list(BillState) else ()
    rows = Paginator(queries.desk_bills(request.actor, states=states), PER_PAGE).get_page(
        request.GET.get("page")
    )
    tabs = [("", _("全部")), *((str(s), _(BILL_LABELS[s])) for s in TABS)]
    return render(request, "payments/bills_desk.html", {"page": rows, "tabs": tabs, "state": wanted})


@page(any_of(holds("payments.bill"), holds("ledger.read")))
def money(request: Request) -> HttpResponse:
    """Money that came in, newest first, with what of it went back."""
    rows = Paginator(queries.money_in(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "payments/money_desk.html", {"page": rows})


@page(holds("payments.bill"), methods=("POST",))
def answer(request: Request, number: str) -> HttpResponse:
    """Explain; the bill stands."""
    row, form = found(request, number), AnswerForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_question(row, answer=form.cleaned_data["answer"], by=request.actor, at=clock.now())
            return see_other("payments:bill", number)
        except Refusal as refusal:
            put(form, refusal)
    return show(request, row, status=422, answer=form)


@page(holds("payments.bill"), methods=("POST",))
def adjustment(request: Request, number: str) -> HttpResponse:
    """Correct the bill; the new version has a number of its own."""
    row, form = found(request, number), AdjustForm(request.POST)
    if form.is_valid():
        try:
            newer = actions.adjust_bill(
                row, adjustments=[form.adjustment], reason=form.cleaned_data["reason"], by=request.actor,
                at=clock.now(),
            )  # fmt: skip
            return see_other("payments:bill", newer.number)
        except Refusal as refusal:
            put(form, refusal)
    return show(request, row, status=422, adjust=form)


@page(holds("payments.bill"), methods=("POST",))
def refund(request: Request, number: str) -> HttpResponse:
    """Give money back the way it came."""
    row, form = found(request, number), RefundForm(request.POST)
    if form.is_valid():
        try:
            actions.refund(
                row, amount_fen=form.cleaned_data["amount"], reason=form.cleaned_data["reason"],
                by=request.actor, at=clock.now(),
            )  # fmt: skip
            return see_other("payments:bill", number)
        except Refusal as refusal:
            put(form, refusal)
    return show(request, row, status=422, refund=form)
