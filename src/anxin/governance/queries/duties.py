"""What is still open between a person and others: an account with open duties is not closed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.orders import public as orders
from anxin.orders.values import OrderState
from anxin.payments import public as payments

ENDED = (OrderState.PAID, OrderState.CLOSED, OrderState.CANCELLED, OrderState.UNANSWERED)
LIVE = ("proposed", "carded", "agreed")
INVOICES = ("submitted", "issuing", "failed", "red_pending")


@dataclass(frozen=True)
class Duty:
    """In words, and where it can be settled."""

    words: str
    url: str


def duties(person_id: UUID, at: datetime) -> list[Duty]:
    """Every open duty of a person. Six queries."""
    return [*_as_customer(person_id), *_as_worker(person_id), *_in_posts(person_id, at)]


def _as_customer(person_id: UUID) -> Iterator[Duty]:
    for row in orders.Order.objects.filter(customer__person=person_id).exclude(state__in=ENDED)[:20]:
        yield Duty(_("订单 %(number)s 还没有完结") % {"number": row.number}, f"/orders/{row.number}/")
    bills = payments.Bill.objects.filter(payer=person_id, state__in=("drawn", "questioned", "accepted"))
    for bill in bills.select_related("order")[:20]:
        yield Duty(_("账单 %(number)s 还没有付清") % {"number": bill.number}, f"/orders/{bill.order.number}/")
    refunds = payments.Refund.objects.filter(
        bill__payer=person_id, state__in=("requested", "processing", "abnormal")
    )
    for refund in refunds.select_related("bill__order")[:20]:
        yield Duty(
            _("退款 %(number)s 还没有到账") % {"number": refund.number},
            f"/orders/{refund.bill.order.number}/",
        )
    wanted = payments.InvoiceRequest.objects.filter(asked_by=person_id, state__in=INVOICES)
    for one in wanted.select_related("bill__order")[:20]:
        yield Duty(
            _("发票申请 %(number)s 还没有办完") % {"number": one.number}, f"/orders/{one.bill.order.number}/"
        )


def _as_worker(person_id: UUID) -> Iterator[Duty]:
    rows = orders.Assignment.objects.filter(worker__person=person_id, state__in=LIVE).exclude(
        order__state__in=ENDED
    )
    for row in rows.select_related("order")[:20]:
        yield Duty(
            _("您承接的订单 %(number)s 还没有完结") % {"number": row.order.number},
            f"/orders/{row.order.number}/",
        )


def _in_posts(person_id: UUID, at: datetime) -> Iterator[Duty]:
    for row in accounts.appointments_of(person_id, at):
        yield Duty(
            _("您还在“%(where)s”任%(post)s，请先由本单位免去岗位")
            % {"where": row.organisation.name, "post": _(row.definition.label)},
            "/me/",
        )
