"""The agency's desk: bills and questions, corrections, refunds, money that came in."""

from __future__ import annotations

from django.db.models import QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.kit import clock
from anxin.kit.access import Request, any_of, fresh, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.lists import EXPORT_LIMIT, Asked, as_csv
from anxin.kit.masks import mask_name
from anxin.kit.money import yuan
from anxin.payments import actions, queries
from anxin.payments.forms import AdjustForm, AnswerForm, RefundForm
from anxin.payments.models import Bill, Payment
from anxin.payments.pages.common import found, put, see_other
from anxin.payments.pages.customer import show
from anxin.payments.states import BillState
from anxin.payments.values import BILL_KIND_LABELS, BILL_LABELS

PER_PAGE = 30
TABS = (BillState.QUESTIONED, BillState.DRAWN, BillState.ACCEPTED, BillState.PAID)


@page(holds("payments.bill"))
def bills(request: Request) -> HttpResponse:
    """The agency's bills by state: searched, sorted, added up, exported."""
    asked = Asked.of(request)
    state = asked.keep("state", BillState)
    found = queries.desk_bills(request.actor, states=(state,) if state else ())
    found = queries.bills_matching(found, asked.words("q", _("查找账单"), _("账单号、订单号或客户手机号")))
    if kind := asked.pick("kind", _("类别"), [(str(k), _(words)) for k, words in BILL_KIND_LABELS.items()]):
        found = found.filter(kind=kind)
    found = asked.within(found, "created_at", asked.days(_("生成从"), _("到")))
    found = found.order_by(*asked.sort({"time": ("created_at", "id"), "amount": ("due_fen", "id")}, "-time"))
    if asked.exporting:
        if numbers := asked.ticked():
            found = queries.desk_bills(request.actor).filter(number__in=numbers)
        audit.take_along("bills", found, asked, by=request.actor, at=clock.now())
        return _bills_csv(found)
    counts = queries.desk_counts(request.actor)
    context = {
        "page": asked.page(found, PER_PAGE), "asked": asked, "state": state,
        "tabs": [
            ("", _("全部"), sum(counts.values())),
            *((str(s), _(BILL_LABELS[s]), counts.get(str(s), 0)) for s in TABS),
        ],
        "sums": found.order_by().aggregate(due=Sum("due_fen"), paid=Sum("paid_fen"), back=Sum("refunded_fen")),
    }  # fmt: skip
    return render(request, "payments/bills_desk.html", context)


def _bills_csv(found: QuerySet[Bill]) -> HttpResponse:
    head = (
        _("账单号"), _("订单号"), _("客户"), _("服务"), _("类别"), _("应付（元）"), _("已付（元）"), _("已退（元）"),
        _("生成时间"), _("状态"),
    )  # fmt: skip
    rows = (
        (
            bill.number, bill.order.number, mask_name(bill.payer.name), bill.title, bill.kind_words,
            yuan(bill.due_fen), yuan(bill.paid_fen), yuan(bill.refunded_fen), bill.created_at, bill.words,
        )
        for bill in found[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"bills-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)


@page(any_of(holds("payments.bill"), holds("ledger.read")))
def money(request: Request) -> HttpResponse:
    """Money that came in, newest first, with what of it went back; added up over what is asked for."""
    asked = Asked.of(request)
    found = queries.money_matching(
        queries.money_in(request.actor), asked.words("q", _("查找收款"), _("收款单号、账单号或订单号"))
    )
    found = asked.within(found, "channel_at", asked.days(_("到账从"), _("到")))
    found = found.order_by(*asked.sort({"time": ("channel_at", "id"), "amount": ("paid_fen", "id")}, "-time"))
    if asked.exporting:
        audit.take_along("money", found, asked, by=request.actor, at=clock.now())
        return _money_csv(found)
    context = {
        "page": asked.page(found, PER_PAGE), "asked": asked,
        "sum_fen": found.order_by().aggregate(total=Sum("paid_fen"))["total"] or 0,
    }  # fmt: skip
    return render(request, "payments/money_desk.html", context)


def _money_csv(found: QuerySet[Payment]) -> HttpResponse:
    head = (
        _("收款单"), _("账单号"), _("订单号"), _("服务"), _("到账时间"), _("金额（元）"), _("退款（元）"),
    )  # fmt: skip
    rows = (
        (
            row.number, row.bill.number, row.bill.order.number, row.bill.title, row.channel_at,
            yuan(row.paid_fen), yuan(sum(one.amount_fen for one in row.refunds.all())),
        )
        for row in found[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"money-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)


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


@page(fresh(holds("payments.bill")), methods=("POST",))
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
