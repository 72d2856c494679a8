"""A bureau's or association's view of the bills of its region, and of what customers objected to; persons masked."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.lists import EXPORT_LIMIT, LATELY, Asked, as_csv
from anxin.kit.masks import mask_name
from anxin.kit.money import yuan
from anxin.payments import queries
from anxin.payments.values import BILL_KIND_LABELS, BILL_LABELS

PER_PAGE = 30
SORTS = {"time": ("created_at", "id"), "amount": ("due_fen", "id")}


@page(holds("payments.oversee"))
def bills(request: Request) -> HttpResponse:
    """Bills of the region, of the last thirty days where no days are asked for; narrowed, added up, exported."""
    asked = Asked.of(request)
    found = queries.overseen_bills_matching(
        queries.overseen_bills(request.actor), asked.words("q", _("查找账单"), _("账单号、订单号或机构名称"))
    )
    if state := asked.pick("state", _("状态"), [(str(s), _(words)) for s, words in BILL_LABELS.items()]):
        found = found.filter(state=state)
    if kind := asked.pick("kind", _("类别"), [(str(k), _(words)) for k, words in BILL_KIND_LABELS.items()]):
        found = found.filter(kind=kind)
    if doubt := asked.pick("asked", _("客户疑问"), [("open", _("未答复")), ("any", _("提过疑问"))]):
        found = queries.questioned(found, open_only=doubt == "open")
    span = asked.days(_("生成从"), _("到"))
    found = asked.within(found, "created_at", span if any(span) else (clock.now() - LATELY, None))
    found = found.order_by(*asked.sort(SORTS, "-time"))
    if asked.exporting:
        audit.take_along("bills of the region", found, asked, by=request.actor, at=clock.now())
        return _export(found)
    context = {
        "page": asked.page(found, PER_PAGE), "asked": asked, "totals": queries.overseen_bill_totals(found),
    }  # fmt: skip
    return render(request, "payments/overseen.html", context)


def _export(found: Any) -> HttpResponse:
    head = (
        _("账单号"), _("订单号"), _("机构"), _("客户"), _("类别"), _("应付（元）"), _("已付（元）"), _("已退（元）"),
        _("疑问"), _("生成时间"), _("状态"),
    )  # fmt: skip
    rows = (
        (
            bill.number, bill.order.number, bill.organisation.name, mask_name(bill.payer.name), bill.kind_words,
            yuan(bill.due_fen), yuan(bill.paid_fen), yuan(bill.refunded_fen), len(bill.questions.all()),
            bill.created_at, bill.words,
        )
        for bill in found[:EXPORT_LIMIT]
    )  # fmt: skip
    return as_csv(f"bills-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)
