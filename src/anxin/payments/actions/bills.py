"""Bills: drawn from terms and actual service, questioned, answered, corrected, accepted, withdrawn (B-7.8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from anxin.agencies import public as agencies
from anxin.agencies.values import Line, PriceList, Usage
from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.ids import number
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import begin, move
from anxin.kit.money import yuan
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.orders.public import Order
from anxin.payments import queries, rules
from anxin.payments.actions import books, refusals
from anxin.payments.actions.locks import hold_bill, hold_deposit
from anxin.payments.events import BillDrawn
from anxin.payments.models import Bill, BillLine, BillQuestion
from anxin.payments.states import OPEN_PAYMENTS, BillState
from anxin.payments.values import PAY_DAYS, Adjustment, BillKind
from anxin.policies import public as policies


@transaction.atomic
def draw_bill(*, order_id: UUID, by: Actor = SYSTEM, at: datetime) -> Bill:
    """Draw the bill of a completed order from its frozen terms and the actual service, by the pricing of agencies.

    Again for the same order returns the bill that is there. Refuses: NotBillable. Source: B-7.8.1.
    """
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order_id)
    )
    there = queries.live_bill(order_id, BillKind.SERVICE)
    if there is not None:
        return there
    if order.state != "completed":
        raise refusals.NotBillable
    drop_deposit(order_id=order_id, reason=gettext_noop("服务已完成，不再收押金"), by=by, at=at)
    usage = _served(order)
    quote = agencies.price(PriceList.from_json(order.terms["price_list"]), usage)
    bill = _draw(order, BillKind.SERVICE, quote.lines, usage=usage.to_json(), by=by, at=at)
    orders.mark_billed(order_id=order_id, total_fen=bill.total_fen, by=by, at=at)
    return bill


@transaction.atomic
def draw_deposit(*, order_id: UUID, by: Actor = SYSTEM, at: datetime) -> Bill | None:
    """Ask for the deposit that the signed terms name; None when they name none. Refundable, beside the total."""
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order_id)
    )
    deposit = int(order.terms.get("quote", {}).get("deposit_fen", 0))
    there = queries.live_bill(order_id, BillKind.DEPOSIT)
    if there is not None or not deposit:
        return there
    line = _line("deposit", gettext_noop("押金"), deposit, gettext_noop("服务完成后抵扣费用，余款原路退回"))
    bill = _draw(order, BillKind.DEPOSIT, [line], by=by, at=at)
    _tell(bill, "deposit", gettext_noop("请支付押金 ¥%(amount)s"), by=by, at=at, amount=yuan(bill.due_fen))
    return bill


@transaction.atomic
def drop_deposit(*, order_id: UUID, reason: str, by: Actor = SYSTEM, at: datetime) -> None:
    """Take back the request for a deposit that nobody has paid: paid after the service, nothing would use it up."""
    deposit = queries.live_bill(order_id, BillKind.DEPOSIT)
    if deposit is None or hold_bill(deposit.pk).state == BillState.PAID:
        return
    for payment in deposit.payments.filter(state__in=[str(s) for s in OPEN_PAYMENTS]):
        defer("payments.close_payment", payment_id=str(payment.pk))
    withdraw_bill(deposit, reason=reason, by=by, at=at)


@transaction.atomic
def draw_cancellation(*, order_id: UUID, fee_fen: int, by: Actor = SYSTEM, at: datetime) -> Bill | None:
    """Bill what a customer owes for cancelling; a paid deposit covers it first. None when nothing is owed."""
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=order_id)
    )
    there = queries.live_bill(order_id, BillKind.CANCELLATION)
    if there is not None or fee_fen <= 0:
        return there
    line = _line("cancellation", gettext_noop("取消费"), fee_fen, gettext_noop("按取消规则计算"))
    bill = _draw(order, BillKind.CANCELLATION, [line], by=by, at=at)
    # Owed by rule, with nothing to price: it can be paid at once, and questioned through the agency.
    accept_bill(bill, by=by, at=at, for_payer=True)
    _tell(
        bill, "cancel_fee", gettext_noop("取消费 ¥%(amount)s 待支付"), by=by, at=at, amount=yuan(bill.due_fen)
    )
    return bill


@transaction.atomic
def question_bill(bill: Bill, *, text: str, by: Actor, at: datetime) -> BillQuestion:
    """The customer asks about a bill; paying waits for the answer. Refuses: OnlyPayer, WordsNeeded, Moved."""
    _payer(bill, by)
    if not text.strip():
        raise refusals.WordsNeeded("text")
    move(bill, BillState.QUESTIONED, by=by, at=at, why=text.strip()[:200])
    question = BillQuestion.objects.create(
        bill=bill, text=text.strip()[:500], asked_by=by.person_id, asked_at=at
    )
    _tell(
        bill, "question", gettext_noop("客户对账单有疑问"), to="provider money", by=by, at=at, side="customer"
    )
    record("payments.question_bill", by=by, at=at, subject="bill", subject_id=bill.pk)
    return question


@transaction.atomic
def answer_question(bill: Bill, *, answer: str, by: Actor, at: datetime) -> Bill:
    """The agency explains; the bill stands as it is. Refuses: OnlyAgency, WordsNeeded, NotAllowed."""
    _agency(bill, by)
    if not answer.strip():
        raise refusals.WordsNeeded("answer")
    move(bill, BillState.DRAWN, by=by, at=at, why=answer.strip()[:200])
    _close_question(bill, answer, adjusted=False, by=by, at=at)
    _tell(bill, "answer", gettext_noop("机构答复了您的账单疑问"), by=by, at=at, side="agency", sms=True)
    record("payments.answer_question", by=by, at=at, subject="bill", subject_id=bill.pk)
    return bill


@transaction.atomic
def adjust_bill(
    bill: Bill, *, adjustments: Sequence[Adjustment], reason: str, by: Actor, at: datetime
) -> Bill:
    """The agency corrects a bill that is not yet accepted, with a reason: a new version, the old one stays readable.

    Refuses: OnlyAgency, WordsNeeded, AdjustmentWrong, BelowZero, NotAllowed.
    """
    _agency(bill, by)
    if not reason.strip():
        raise refusals.WordsNeeded("reason")
    if not adjustments or any(not a.label.strip() or not a.amount_fen for a in adjustments):
        raise refusals.AdjustmentWrong("adjustments")
    lines = [_copy(line) for line in bill.lines.all()]
    lines += [
        _line("adjustment", a.label.strip()[:120], a.amount_fen, reason.strip()[:300]) for a in adjustments
    ]
    if sum(line.amount_fen for line in lines) < 0:
        raise refusals.BelowZero("adjustments")
    move(bill, BillState.SUPERSEDED, by=by, at=at, why=reason.strip()[:200])
    _close_question(bill, reason, adjusted=True, by=by, at=at)
    books.unpost_bill(bill, by=by, at=at)
    order = orders.by_id(bill.order_id)
    newer = _draw(
        order,
        BillKind(bill.kind),
        lines,
        usage=bill.usage,
        supersedes=bill,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    _tell(newer, "adjusted", gettext_noop("机构调整了账单：%(reason)s"), by=by, at=at, side="agency", sms=True,
          reason=reason.strip()[:100])  # fmt: skip
    record("payments.adjust_bill", by=by, at=at, subject="bill", subject_id=newer.pk,
           detail={"before": bill.total_fen, "after": newer.total_fen})  # fmt: skip
    return newer


@transaction.atomic
def accept_bill(bill: Bill, *, by: Actor, at: datetime, for_payer: bool = False) -> Bill:
    """The customer finds the bill right. With nothing left to pay it is paid at once. Refuses: OnlyPayer, Moved."""
    if not for_payer:
        _payer(bill, by)
    move(bill, BillState.ACCEPTED, by=by, at=at, accepted_at=at)
    record("payments.accept_bill", by=by, at=at, subject="bill", subject_id=bill.pk)
    touch(f"bill:{bill.pk}")
    if not bill.open_fen:
        settle_bill(bill, by=by, at=at)
    return bill


@transaction.atomic
def withdraw_bill(bill: Bill, *, reason: str, by: Actor, at: datetime) -> Bill:
    """Take back a bill that nobody has paid; its postings are reversed."""
    move(bill, BillState.WITHDRAWN, by=by, at=at, why=reason)
    books.unpost_bill(bill, by=by, at=at)
    record("payments.withdraw_bill", by=by, at=at, subject="bill", subject_id=bill.pk)
    touch(f"bill:{bill.pk}")
    return bill


def settle_bill(bill: Bill, *, by: Actor, at: datetime) -> None:
    """Nothing is left to pay: the bill is paid, and the order with it."""
    move(bill, BillState.PAID, by=by, at=at, paid_at=at)
    if bill.kind != BillKind.DEPOSIT:
        defer("payments.return_deposit", order_id=str(bill.order_id))
    if bill.kind == BillKind.SERVICE:
        orders.mark_paid(order_id=bill.order_id, by=by, at=at)
    touch(f"bill:{bill.pk}")


def _served(order: Order) -> Usage:
    """The agreed usage corrected by what was done, with the kinds of the days really worked."""
    planned = Usage.from_json(order.terms["usage"])
    price_list = PriceList.from_json(order.terms["price_list"])
    served = rules.served_usage(
        planned, price_list.unit, queries.worked_periods(order), queries.agreed_extras(order)
    )
    return agencies.usage_for(
        quantity=served.quantity, periods=served.periods, town_code=served.town_code,
        headcount=served.headcount, extras=served.extras, deductions=served.deductions,
    )  # fmt: skip


def _draw(
    order: Order,
    kind: BillKind,
    lines: Sequence[Line],
    *,
    usage: dict[str, Any] | None = None,
    supersedes: Bill | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Bill:
    total = sum(line.amount_fen for line in lines)
    held = 0
    if kind != BillKind.DEPOSIT and hold_deposit(order.pk):
        held = max(0, queries.deposit_left(order.pk))
    used = min(held, total)
    older = Bill.objects.filter(order=order, kind=str(kind)).aggregate(last=Max("version"))["last"] or 0
    assert order.provider_id is not None  # an order without a provider is never completed, signed or charged
    bill = Bill(
        number=number("B", at), city_code=order.city_code, order=order, organisation_id=order.provider_id,
        payer_id=order.customer.person_id, kind=str(kind), version=older + 1, supersedes=supersedes,
        title=order.item_name, total_fen=total, deposit_fen=used, due_fen=total - used, usage=usage or {},
        adjust_reason=reason[:300], pay_by=at + timedelta(days=policies.read(PAY_DAYS, at=at)), created_at=at,
    )  # fmt: skip
    begin(bill, by=by, at=at)
    BillLine.objects.bulk_create(
        BillLine(
            bill=bill, position=position, code=line.code[:48], label=line.label[:120], quantity=line.quantity,
            unit=line.unit[:16], unit_price_fen=line.unit_price_fen, amount_fen=line.amount_fen,
            explanation=line.explanation[:300],
        )
        for position, line in enumerate(lines, start=1)
    )  # fmt: skip
    books.post_bill(bill, by=by, at=at)
    record("payments.draw_bill", by=by, at=at, subject="bill", subject_id=bill.pk,
           detail={"order": str(order.pk), "kind": str(kind), "total_fen": total})  # fmt: skip
    touch(f"order:{order.pk}")
    announce(BillDrawn(order.pk, bill.pk, bill.due_fen))
    return bill


def _line(code: str, label: str, amount_fen: int, explanation: str) -> Line:
    return Line(code, label, Decimal(1), "", amount_fen, amount_fen, explanation)


def _copy(line: BillLine) -> Line:
    return Line(
        line.code,
        line.label,
        line.quantity,
        line.unit,
        line.unit_price_fen,
        line.amount_fen,
        line.explanation,
    )


def _close_question(bill: Bill, answer: str, *, adjusted: bool, by: Actor, at: datetime) -> None:
    bill.questions.filter(answered_at=None).update(
        answer=answer.strip()[:500], adjusted=adjusted, answered_by=by.person_id, answered_at=at
    )
    touch(f"bill:{bill.pk}")


def _tell(
    bill: Bill, kind: str, text: str, *, by: Actor, at: datetime, to: str = "customer", side: str = "agency",
    sms: bool = False, **params: Any,
) -> None:  # fmt: skip
    orders.add_note(
        order_id=bill.order_id, kind=f"bill_{kind}", text=text, to=to, by=by, at=at, side=side, sms=sms,
        **params,
    )  # fmt: skip
    touch(f"bill:{bill.pk}")


def _payer(bill: Bill, by: Actor) -> None:
    if by.person_id != bill.payer_id and not by.is_system:
        raise refusals.OnlyPayer


def _agency(bill: Bill, by: Actor) -> None:
    if by.is_system:
        return
    if by.organisation_id != bill.organisation_id or not by.holds("payments.bill"):
        raise refusals.OnlyAgency
