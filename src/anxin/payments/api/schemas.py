"""What the API of payments takes and gives."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from ninja import Field, Schema

from anxin.payments.values import PayWay, TitleKind


class LineOut(Schema):
    """amount_fen = quantity × unit_price_fen, rounded half up."""

    code: str
    label: str
    quantity: str
    unit: str
    unit_price_fen: int
    amount_fen: int
    explanation: str


class QuestionOut(Schema):
    text: str
    asked_at: datetime
    answer: str
    adjusted: bool
    answered_at: datetime | None


class MoneyOut(Schema):
    number: str
    state: str
    amount_fen: int
    at: datetime | None


class BillLineOut(Schema):
    number: str
    order: str
    kind: str
    version: int
    state: str
    title: str
    due_fen: int
    paid_fen: int
    refunded_fen: int
    pay_by: datetime
    created_at: datetime


class BillOut(BillLineOut):
    total_fen: int
    deposit_fen: int
    adjust_reason: str
    supersedes: str | None
    lines: list[LineOut]
    questions: list[QuestionOut]
    payments: list[MoneyOut]
    refunds: list[MoneyOut]


class TextIn(Schema):
    text: str = Field(max_length=500)


class AdjustmentIn(Schema):
    """amount_fen below zero takes something off."""

    label: str = Field(max_length=60)
    amount_fen: int = Field(ge=-(10**10), le=10**10)


class AdjustIn(Schema):
    adjustments: list[AdjustmentIn]
    reason: str = Field(max_length=300)


class PayIn(Schema):
    """way: native (a code to be scanned) or h5 (an address to open on this phone)."""

    way: PayWay = PayWay.NATIVE


class PaymentOut(Schema):
    """url: what the QR code holds, or the address to open."""

    number: str
    way: str
    state: str
    amount_fen: int
    url: str
    expires_at: datetime


class RefundIn(Schema):
    amount_fen: int = Field(gt=0, le=10**10)
    reason: str = Field(max_length=200)


class RefundEndIn(Schema):
    """How an abnormal refund ended: paid out another way, or given up."""

    paid_out: bool
    note: str = Field(max_length=200)


class InvoiceIn(Schema):
    title_kind: TitleKind
    title: str = Field(max_length=100)
    tax_number: str = Field("", max_length=20)
    address: str = Field("", max_length=200)
    phone: str = Field("", max_length=30)
    bank: str = Field("", max_length=100)
    account: str = Field("", max_length=50)
    note: str = Field("", max_length=200)


class PaperOut(Schema):
    kind: str
    number: str
    issued_at: datetime
    net_fen: int
    tax_fen: int
    gross_fen: int
    tax_bp: int
    simulated: bool
    file: str


class InvoiceOut(Schema):
    """too_much_fen: what was refunded after it was issued; above 0 it waits for its red letter."""

    number: str
    bill: str
    state: str
    title_kind: str
    title: str
    tax_number: str
    amount_fen: int
    too_much_fen: int
    due_at: datetime
    papers: list[PaperOut]


class DayOut(Schema):
    day: date
    trades: int
    refunds: int
    paid_fen: int
    refunded_fen: int
    fee_fen: int
    differences: int


class DifferenceOut(Schema):
    id: UUID
    day: date
    kind: str
    reference: str
    ours_fen: int | None
    theirs_fen: int | None
    detail: str
    resolution: str
