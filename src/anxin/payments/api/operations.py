"""The API of payments: bills, paying, refunds, invoices, reconciliation; the same actions as the pages."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from anxin.agencies.values import plain
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, fresh, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Skip
from anxin.payments import actions, queries
from anxin.payments.actions.refusals import BillUnknown, ChannelDown
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent
from anxin.payments.api.schemas import (
    AdjustIn,
    BillLineOut,
    BillOut,
    DayOut,
    DifferenceOut,
    InvoiceIn,
    InvoiceOut,
    MoneyOut,
    PayIn,
    PaymentOut,
    RefundEndIn,
    RefundIn,
    TextIn,
)
from anxin.payments.models import Bill, InvoiceRequest, Payment
from anxin.payments.states import OPEN_PAYMENTS
from anxin.payments.values import Adjustment

router = Router(tags=["payments"])


def _found(request: HttpRequest, number: str) -> Bill:
    bill = queries.bill_by_number(number, request.actor)  # type: ignore[attr-defined]
    if bill is None:
        raise BillUnknown
    return bill


def _line(bill: Bill) -> dict[str, Any]:
    return {
        "number": bill.number, "order": bill.order.number, "kind": bill.kind, "version": bill.version,
        "state": bill.state, "title": bill.title, "due_fen": bill.due_fen, "paid_fen": bill.paid_fen,
        "refunded_fen": bill.refunded_fen, "pay_by": bill.pay_by, "created_at": bill.created_at,
    }  # fmt: skip


def _out(request: HttpRequest, number: str) -> dict[str, Any]:
    bill = _found(request, number)
    return {
        **_line(bill),
        "total_fen": bill.total_fen,
        "deposit_fen": bill.deposit_fen,
        "adjust_reason": bill.adjust_reason,
        "supersedes": bill.supersedes.number if bill.supersedes else None,
        "lines": [
            {
                "code": line.code, "label": line.label, "quantity": plain(line.quantity), "unit": line.unit,
                "unit_price_fen": line.unit_price_fen, "amount_fen": line.amount_fen,
                "explanation": line.explanation,
            }
            for line in bill.lines.all()
        ],
        "questions": list(bill.questions.all()),
        "payments": [
            {"number": p.number, "state": p.state, "amount_fen": p.paid_fen or p.amount_fen, "at": p.channel_at}
            for p in bill.payments.all()
        ],
        "refunds": [
            {"number": r.number, "state": r.state, "amount_fen": r.amount_fen, "at": r.channel_at}
            for r in bill.refunds.all()
        ],
    }  # fmt: skip


def _page(limit: int, offset: int) -> slice:
    offset = max(0, offset)
    return slice(offset, offset + max(1, min(limit, 100)))


@router.get("/bills", response=list[BillLineOut])
@ruled(SIGNED_IN)
def bills(request: Any, state: str = "", limit: int = 50, offset: Skip = 0) -> Any:
    """The bills of the caller: a customer's own, or those of the organisation in whose post they act."""
    actor = request.actor
    rows = queries.desk_bills(actor) if actor.organisation_id else queries.customer_bills(actor)
    rows = rows.filter(state=state) if state else rows
    return [_line(row) for row in rows[_page(limit, offset)]]


@router.get("/bills/{number}", response=BillOut)
@ruled(SIGNED_IN)
def bill(request: Any, number: str) -> Any:
    """One bill, line by line, with its questions and its money."""
    return _out(request, number)


@router.post("/bills/{number}/questions", response=BillOut)
@ruled(SIGNED_IN)
def question(request: Any, number: str, body: TextIn) -> Any:
    """The customer asks; paying waits for the answer."""
    actions.question_bill(_found(request, number), text=body.text, by=request.actor, at=clock.now())
    return _out(request, number)


@router.post("/bills/{number}/acceptance", response=BillOut)
@ruled(SIGNED_IN)
def accept(request: Any, number: str) -> Any:
    """The customer finds the bill right."""
    actions.accept_bill(_found(request, number), by=request.actor, at=clock.now())
    return _out(request, number)


@router.post("/bills/{number}/answer", response=BillOut)
@ruled(holds("payments.bill"))
def answer(request: Any, number: str, body: TextIn) -> Any:
    """The agency explains; the bill stands."""
    actions.answer_question(_found(request, number), answer=body.text, by=request.actor, at=clock.now())
    return _out(request, number)


@router.post("/bills/{number}/adjustments", response=BillOut)
@ruled(holds("payments.bill"))
def adjust(request: Any, number: str, body: AdjustIn) -> Any:
    """The agency corrects the bill with a reason; the answer is the new version."""
    changes = [Adjustment(a.label, a.amount_fen) for a in body.adjustments]
    newer = actions.adjust_bill(
        _found(request, number), adjustments=changes, reason=body.reason, by=request.actor, at=clock.now()
    )
    return _out(request, newer.number)


@router.post("/bills/{number}/refunds", response=BillOut)
@ruled(fresh(holds("payments.bill")))
def refund(request: Any, number: str, body: RefundIn) -> Any:
    """Give money back the way it came, a part or all."""
    actions.refund(
        _found(request, number),
        amount_fen=body.amount_fen,
        reason=body.reason,
        by=request.actor,
        at=clock.now(),
    )
    return _out(request, number)


@router.post("/refunds/{number}/resolution", response=MoneyOut)
@ruled(fresh(holds("payments.reconcile")))
def resolve_refund(request: Any, number: str, body: RefundEndIn) -> Any:
    """The operator says how an abnormal refund ended."""
    row = queries.refund_by_number(number)
    if row is None:
        raise NotFound
    row = actions.resolve_refund(
        row, paid_out=body.paid_out, note=body.note, by=request.actor, at=clock.now()
    )
    return {"number": row.number, "state": row.state, "amount_fen": row.amount_fen, "at": row.channel_at}


@router.post("/bills/{number}/payments", response=PaymentOut)
@ruled(SIGNED_IN, replay=False)
def pay(request: Any, number: str, body: PayIn) -> Any:
    """Open a payment of all that is due; asked again it is the same payment."""
    return actions.start_payment(_found(request, number), way=body.way, by=request.actor, at=clock.now())


@router.post("/bills/{number}/payments/check", response=list[PaymentOut])
@ruled(SIGNED_IN, replay=False)
def check(request: Any, number: str) -> Any:
    """Ask the channel now what became of the open payments."""
    row = _found(request, number)
    for one in [p for p in row.payments.all() if p.state in OPEN_PAYMENTS]:
        actions.check_payment(one.pk, at=clock.now())
    return list(Payment.objects.filter(bill=row).order_by("-created_at"))


@router.post("/bills/{number}/invoice-requests", response=InvoiceOut)
@ruled(SIGNED_IN)
def ask_invoice(request: Any, number: str, body: InvoiceIn) -> Any:
    """The customer asks for an invoice of a paid bill."""
    details = {"address": body.address, "phone": body.phone, "bank": body.bank, "account": body.account}
    row = actions.request_invoice(
        _found(request, number), title_kind=body.title_kind, title=body.title, tax_number=body.tax_number,
        details=details, note=body.note, by=request.actor, at=clock.now(),
    )  # fmt: skip
    return _invoice_out(request, row.number)


def _asked(request: HttpRequest, number: str) -> InvoiceRequest:
    row = queries.request_by_number(number, request.actor)  # type: ignore[attr-defined]
    if row is None:
        raise NotFound
    return row


def _invoice_out(request: HttpRequest, number: str) -> dict[str, Any]:
    row = _asked(request, number)
    papers = [
        {
            "kind": p.kind, "number": p.number, "issued_at": p.issued_at, "net_fen": p.net_fen,
            "tax_fen": p.tax_fen, "gross_fen": p.gross_fen, "tax_bp": p.tax_bp, "simulated": p.simulated,
            "file": files.url_for(p.file_id, request.actor) if p.file_id else "",  # type: ignore[attr-defined]
        }
        for p in row.papers.all()
    ]  # fmt: skip
    return {
        "number": row.number, "bill": row.bill.number, "state": row.state, "title_kind": row.title_kind,
        "title": row.title, "tax_number": row.tax_number, "amount_fen": row.amount_fen,
        "too_much_fen": row.too_much_fen, "due_at": row.due_at, "papers": papers,
    }  # fmt: skip


@router.get("/invoice-requests/{number}", response=InvoiceOut)
@ruled(SIGNED_IN)
def invoice_request(request: Any, number: str) -> Any:
    """One request with its papers; `file` is an address that holds for a few minutes."""
    return _invoice_out(request, number)


@router.post("/invoice-requests/{number}/withdrawal", response=InvoiceOut)
@ruled(SIGNED_IN)
def withdraw_request(request: Any, number: str) -> Any:
    """The customer takes back a request that nobody has issued yet."""
    actions.withdraw_request(_asked(request, number), by=request.actor, at=clock.now())
    return _invoice_out(request, number)


@router.post("/invoice-requests/{number}/issue", response=InvoiceOut)
@ruled(holds("payments.invoice"))
def issue(request: Any, number: str) -> Any:
    """The agency has the invoice issued."""
    actions.issue_invoice(_asked(request, number), by=request.actor, at=clock.now())
    return _invoice_out(request, number)


@router.post("/invoice-requests/{number}/reversal", response=InvoiceOut)
@ruled(holds("payments.invoice"))
def reverse(request: Any, number: str, body: TextIn) -> Any:
    """The agency reverses an issued invoice by a red letter; text is the reason."""
    actions.reverse_invoice(_asked(request, number), reason=body.text, by=request.actor, at=clock.now())
    return _invoice_out(request, number)


@router.get("/reconciliations", response=list[DayOut])
@ruled(holds("payments.reconcile"))
def reconciliations(request: Any, limit: int = 31, offset: Skip = 0) -> Any:
    """The days that were held against the channel's books."""
    return list(queries.reconciliations(request.actor)[_page(limit, offset)])


@router.post("/reconciliations/{day}", response=DayOut)
@ruled(holds("payments.reconcile"), replay=False)
def reconcile(request: Any, day: date) -> Any:
    """Hold a day against the channel's books now."""
    try:
        return actions.reconcile(day=day, by=request.actor, at=clock.now())
    except (ChannelError, ChannelSilent) as error:
        raise ChannelDown from error


@router.get("/reconciliation-differences", response=list[DifferenceOut])
@ruled(holds("payments.reconcile"))
def differences(request: Any, all: bool = False, limit: int = 50, offset: Skip = 0) -> Any:
    """What the channel's books and ours do not agree on; open ones unless `all`."""
    return list(queries.differences(request.actor, open_only=not all)[_page(limit, offset)])


@router.post("/reconciliation-differences/{difference_id}/resolution", response=DifferenceOut)
@ruled(holds("payments.reconcile"))
def resolve(request: Any, difference_id: UUID, body: TextIn) -> Any:
    """Say how a difference was settled."""
    row = queries.differences(request.actor, open_only=False).filter(pk=difference_id).first()
    if row is None:
        raise NotFound
    actions.resolve_difference(row, resolution=body.text, by=request.actor, at=clock.now())
    row.refresh_from_db()
    return row
