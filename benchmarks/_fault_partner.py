"""Partners away for an hour (refusing, then hanging): orders go on; messages, payments and invoices follow, once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any

import httpx
from django.conf import settings

from anxin.customers import public as customers
from anxin.kit import ids, jobs
from anxin.kit.actor import SYSTEM
from anxin.ledger.models import Entry
from anxin.messaging import public as messaging
from anxin.messaging.adapters import sms_simulator
from anxin.messaging.values import NOTICE
from anxin.orders import public as orders
from anxin.orders.models import Order
from anxin.payments import actions, tasks
from anxin.payments.models import InvoiceRequest, Payment
from anxin.payments.public import simulated_cashier
from anxin.payments.values import PayWay, TitleKind
from benchmarks import _fault_ground as ground
from benchmarks import _world as world
from tests import cast, simulators, stage

EACH = 10
# Queues of the other faults are none of this one's.
OURS = ("messaging.", "payments.")


class Away(httpx.BaseTransport):
    """A partner who refuses the connection, or takes the request and never answers, by turns."""

    def __init__(self) -> None:
        self._turns = cycle([httpx.ConnectError, httpx.ReadTimeout])
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        raise next(self._turns)("away", request=request)


def run(made: Any) -> ground.Found:
    by = ground.customer_of(made)
    with suppress(FileNotFoundError):
        (settings.ANXIN_HOME / "simulators" / "sms.sqlite3").unlink()
    with simulated_cashier(world.AT) as cashier, simulators.served() as url:
        payments, asked = _material(made, cashier, by)
        settings.ANXIN_SMS_URL = "http://127.0.0.1:9/sms"
        guarded: Any = cashier.http._transport
        there, away = guarded._inner, Away()
        guarded._inner = away
        for row in asked:
            actions.issue_invoice(row, by=SYSTEM, at=world.AT)
        phones = [cast.phone(700 + number) for number in range(EACH)]
        demands: list[Any] = []
        for minute in range(60):
            at = world.AT + timedelta(minutes=minute)
            if minute % 6 == 0:
                demands.append(_demand(by, at))
                messaging.send_sms(
                    phones[minute // 6], NOTICE, {"title": "您的订单已提交", "body": ""}, at=at
                )
            _work(cashier, at)
        early = Entry.objects.filter(source="payments.payment", source_id__in=map(str, payments)).count()
        guarded._inner = there
        settings.ANXIN_SMS_URL = f"{url}/sms"
        for minute in range(60, 150, 2):
            _work(cashier, world.AT + timedelta(minutes=minute))
        arrived = [len(sms_simulator.inbox(phone)) for phone in phones]
    return _found(
        demands, arrived, payments, asked, f"{away.asked} requests met silence; {early} payments known then"
    )


def _material(made: Any, cashier: Any, by: Any) -> tuple[list[Any], list[InvoiceRequest]]:
    """Payments whose notice was lost, and requests for invoices of bills that were paid before."""
    actions.set_tax(organisation_id=made.heads[0].organisation_id, tax_bp=600, by=SYSTEM, at=world.AT)

    def hear(headers: Any, body: bytes) -> int:
        actions.take_notice(headers=headers, body=body, address="127.0.0.1", at=world.AT)
        return 204

    found: list[Any] = []
    asked: list[InvoiceRequest] = []
    for number, bill in enumerate(ground.bills(made, 2 * EACH)):
        payment = actions.start_payment(bill, way=PayWay.NATIVE, by=by, at=world.AT)
        if number < EACH:
            cashier.pay(payment.url, "silent")
            found.append(payment.pk)
            continue
        cashier.deliver = hear
        cashier.pay(payment.url, "pay")
        cashier.deliver = None
        bill.refresh_from_db()
        asked.append(
            actions.request_invoice(bill, title_kind=TitleKind.PERSON, title="王䶮", by=by, at=world.AT)
        )
    return found, asked


def _demand(by: Any, at: Any) -> Any:
    demand = orders.Demand(
        item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=stage.START,
        ends_at=stage.START + timedelta(hours=3), address_id=customers.addresses_of(by)[0].id, version_id=None,
        wishes="", scope={"area": 90, "hours": 3},
    )  # fmt: skip
    return orders.submit_demand(demand, order_id=ids.new_id(), by=by, at=at).pk


def _work(cashier: Any, at: Any) -> None:
    """One minute of the worker under the clock of this hour."""
    cashier.set(at)
    tasks.query_pending(at=at)
    others = frozenset(name for name in jobs.registered() if not name.startswith(OURS))
    jobs.drain(at, discard=others, patient=True)


def _found(
    demands: list[Any], arrived: list[int], payments: list[Any], asked: list[InvoiceRequest], words: str
) -> ground.Found:
    paid = Payment.objects.filter(pk__in=payments, state="succeeded").count()
    posted = Entry.objects.filter(source="payments.payment", source_id__in=map(str, payments)).count()
    issued = [
        row.papers.count() for row in InvoiceRequest.objects.filter(pk__in=[one.pk for one in asked], state="delivered")
    ]  # fmt: skip
    kept = Order.objects.filter(pk__in=demands).count()
    return ground.Found(
        "partners away for an hour",
        sent=4 * EACH,
        acknowledged=len(demands) + len(arrived) + len(payments) + len(asked),
        found=kept + sum(number > 0 for number in arrived) + paid + len(issued),
        wrong={
            "messages that arrived more than once": sum(number > 1 for number in arrived),
            "payments posted more or less than once": posted - len(payments),
            "invoices issued more than once": sum(number > 1 for number in issued),
        } | ground.unsound(),
        told=[words, f"{kept} orders, {sum(arrived)} messages, {paid} payments, {len(issued)} invoices found"],
    )  # fmt: skip
