"""The cashier: choose how, scan or tap, watch it arrive."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.money import yuan
from anxin.payments import actions
from anxin.payments.actions.refusals import NotAccepted, NothingToPay
from anxin.payments.adapters.channel import is_simulated
from anxin.payments.models import Bill, Payment
from anxin.payments.pages.common import can_invoice, found, is_payer, onward, see_other, shown
from anxin.payments.states import OPEN_PAYMENTS, BillState
from anxin.payments.values import PayWay


@page(SIGNED_IN)
def payment(request: Request, number: str) -> HttpResponse:
    """How to pay: on this phone, or by scanning; with the code, once one is made."""
    row = found(request, number)
    if not is_payer(request, row):
        return see_other("payments:bill", number)
    if row.state != BillState.ACCEPTED:
        return onward(request, row)
    return render(request, "payments/payment.html", _cashier(row))


@page(SIGNED_IN)
def status(request: Request, number: str) -> HttpResponse:
    """The part of the cashier that watches for the money."""
    row = found(request, number)
    return render(request, "payments/_cashier.html", {**_cashier(row), "after": "after" in request.GET})


@page(SIGNED_IN, methods=("POST",), replay=False)
def start(request: Request, number: str) -> HttpResponse:
    """Open the payment at the channel. A second tap gets the same one, so it needs no replay guard, and the channel is
    not spoken with inside a transaction."""
    way = PayWay.NATIVE if request.POST.get("way") == PayWay.NATIVE else PayWay.H5
    try:
        actions.start_payment(found(request, number), way=way, by=request.actor, at=clock.now())
    except (NotAccepted, NothingToPay):
        return onward(request, found(request, number))
    return see_other("payments:payment", number)


@page(SIGNED_IN, methods=("POST",), replay=False)
def check(request: Request, number: str) -> HttpResponse:
    """ "I have paid": ask the channel now instead of waiting for its notice."""
    row = found(request, number)
    for open_one in _open(row):
        actions.check_payment(open_one.pk, at=clock.now())
    row.refresh_from_db(fields=["state"])
    if row.state != BillState.ACCEPTED:
        return onward(request, row)
    messages.info(request, _("还没有收到付款。如果微信里已经扣款，请稍等片刻再查；钱不会丢。"))
    return see_other("payments:payment", number)


@page(SIGNED_IN)
def result(request: Request, number: str) -> HttpResponse:
    """Where the payer comes back to: paid, or still waiting."""
    row = found(request, number)
    if not is_payer(request, row):
        return see_other("payments:bill", number)
    if row.state not in (BillState.ACCEPTED, BillState.PAID):
        return onward(request, row)
    waiting = row.state != BillState.PAID
    return render(
        request,
        "payments/result.html",
        {**_cashier(row), "after": True, "waiting": waiting, "can_invoice": can_invoice(row)},
    )


def _open(row: Bill) -> list[Payment]:
    return [p for p in row.payments.all() if p.state in OPEN_PAYMENTS]


def _cashier(row: Bill) -> dict[str, Any]:
    """The newest open payment of each way, with its QR code or its link."""
    back = settings.ANXIN_ORIGIN + reverse("payments:result", args=[row.number])
    asked, now = _open(row), clock.now()
    # What is past its time is no way to pay any more, though nobody may have closed it yet.
    open_ones = [p for p in asked if p.url and p.stands(now)]
    native = next((p for p in open_ones if p.way == PayWay.NATIVE), None)
    phone = next((p for p in open_ones if p.way == PayWay.H5), None)
    code = segno.make(native.url, error="m").svg_data_uri(scale=6, border=2) if native else ""
    scan = ""
    if native and is_simulated():
        query = urlencode({"code": native.url, "redirect_url": back})
        scan = f"{settings.ANXIN_WECHATPAY_URL}/wechat/scan?{query}"
    link = ""
    if phone:
        joint = "&" if "?" in phone.url else "?"
        link = f"{phone.url}{joint}{urlencode({'redirect_url': back})}"
    return {
        **shown(row),
        "native": native,
        "phone": phone,
        "code": code,
        "code_words": _("微信支付二维码，金额 %(amount)s 元") % {"amount": yuan(row.open_fen)},
        "scan": scan,
        "link": link,
        "simulated": is_simulated(),
        "paid": row.state == BillState.PAID,
        "askable": bool(asked),
        "can_start": row.state == BillState.ACCEPTED and not (link and native),
    }
