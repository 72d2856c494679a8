"""The same notice of a payment a hundred times, in parallel, through the page: one posting."""

from __future__ import annotations

from typing import Any

from django.test import Client

from anxin.ledger.models import Entry
from anxin.payments import actions
from anxin.payments.models import CallbackLog
from anxin.payments.public import simulated_cashier
from anxin.payments.values import PayWay
from benchmarks import _fault_ground as ground

TIMES = 100
OURS = ("content-type", "content-length", "host")


def run(made: Any, *, times: int = TIMES) -> ground.Found:
    from anxin.kit import clock

    by, now = ground.customer_of(made), clock.now()
    with simulated_cashier(now) as cashier:
        [bill] = ground.bills(made, 1)
        payment = actions.start_payment(bill, way=PayWay.NATIVE, by=by, at=now)
        cashier.pay(payment.url, "pay")
        headers, body = cashier.sent[-1]
        plain = {name: value for name, value in headers.items() if name.lower() not in OURS}
        before = ground.count("SELECT sum(count) FROM payments_callbacklog")

        def hear(_: int) -> int:
            answer = Client(headers={"host": "localhost"}).post(
                "/callbacks/wechatpay/", body, content_type="application/json", headers=plain
            )
            return answer.status_code

        answers = ground.together(times, hear)
    payment.refresh_from_db()
    bill.refresh_from_db()
    heard = ground.count("SELECT sum(count) FROM payments_callbacklog") - before
    posted = Entry.objects.filter(source="payments.payment", source_id=str(payment.pk)).count()
    accepted = CallbackLog.objects.filter(reference=payment.number, outcome="accepted")
    booked = sum(accepted.values_list("count", flat=True))
    return ground.Found(
        "same callback a hundred times, in parallel",
        sent=times,
        acknowledged=answers.count(204),
        found=heard,
        wrong={
            "callbacks not answered with 204": times - answers.count(204),
            "postings beyond the one": posted - 1,
            "callbacks counted as the first beyond the one": booked - 1,
            "fen paid more or less than the bill": bill.paid_fen - payment.amount_fen,
        } | ground.unsound(),
        told=[f"{posted} posting of {payment.amount_fen} fen, {heard - booked} repetitions told so"],
    )  # fmt: skip
