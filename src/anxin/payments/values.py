"""Enums and frozen facts of payments that other areas may import, and the operator's policies. Plain Python."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop
from anxin.payments.states import BillState, CompensationState, InvoiceState, PaymentState, RefundState
from anxin.policies.values import Policy


class BillKind(StrEnum):
    SERVICE = "service"
    DEPOSIT = "deposit"
    CANCELLATION = "cancellation"


class PayWay(StrEnum):
    """How the payer meets the cashier: scanning a code on another screen, or from this phone's browser."""

    NATIVE = "native"
    H5 = "h5"


class RefundCause(StrEnum):
    AGREED = "agreed"
    CANCELLATION = "cancellation"
    SURPLUS = "surplus"
    DEPOSIT = "deposit"


class Outcome(StrEnum):
    """What became of a callback."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    IGNORED = "ignored"
    FORGED = "forged"
    UNKNOWN = "unknown"
    MISMATCH = "mismatch"


class DifferenceKind(StrEnum):
    MISSING_HERE = "missing_here"
    MISSING_THERE = "missing_there"
    AMOUNT = "amount"
    STATE = "state"
    MISMATCH = "mismatch"


class TitleKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"


class PaperKind(StrEnum):
    """What was issued: an invoice, its red-letter reversal, or (no tax channel) a receipt that says so."""

    BLUE = "blue"
    RED = "red"
    RECEIPT = "receipt"


BILL_LABELS = {
    BillState.DRAWN: gettext_noop("待核对"),
    BillState.QUESTIONED: gettext_noop("有疑问"),
    BillState.ACCEPTED: gettext_noop("待付款"),
    BillState.PAID: gettext_noop("已付款"),
    BillState.SUPERSEDED: gettext_noop("已被新版替换"),
    BillState.WITHDRAWN: gettext_noop("已撤回"),
}
BILL_KIND_LABELS = {
    BillKind.SERVICE: gettext_noop("服务费账单"),
    BillKind.DEPOSIT: gettext_noop("押金账单"),
    BillKind.CANCELLATION: gettext_noop("取消费账单"),
}
PAYMENT_LABELS = {
    PaymentState.CREATED: gettext_noop("正在下单"),
    PaymentState.PENDING: gettext_noop("等待付款"),
    PaymentState.SUCCEEDED: gettext_noop("已到账"),
    PaymentState.CLOSED: gettext_noop("已关闭"),
    PaymentState.FAILED: gettext_noop("未成功"),
}
REFUND_LABELS = {
    RefundState.REQUESTED: gettext_noop("等待退款"),
    RefundState.PROCESSING: gettext_noop("退款中"),
    RefundState.SUCCEEDED: gettext_noop("已退款"),
    RefundState.ABNORMAL: gettext_noop("退款异常，人工处理中"),
    RefundState.CLOSED: gettext_noop("退款已关闭"),
    RefundState.FAILED: gettext_noop("退款未成功"),
}
REFUND_CAUSE_LABELS = {
    RefundCause.AGREED: gettext_noop("协商退款"),
    RefundCause.CANCELLATION: gettext_noop("取消订单"),
    RefundCause.SURPLUS: gettext_noop("多付退回"),
    RefundCause.DEPOSIT: gettext_noop("退还押金"),
}
COMPENSATION_LABELS = {
    CompensationState.OWED: gettext_noop("异议期内"),
    CompensationState.CONTESTED: gettext_noop("有异议，等待平台处理"),
    CompensationState.PAYABLE: gettext_noop("待客户领取"),
    CompensationState.PAYING: gettext_noop("等待微信确认收款"),
    CompensationState.PAID: gettext_noop("已支付"),
    CompensationState.WAIVED: gettext_noop("不再补偿"),
}
INVOICE_LABELS = {
    InvoiceState.SUBMITTED: gettext_noop("等待开具"),
    InvoiceState.ISSUING: gettext_noop("开具中"),
    InvoiceState.ISSUED: gettext_noop("已开具"),
    InvoiceState.DELIVERED: gettext_noop("已送达"),
    InvoiceState.FAILED: gettext_noop("开具未成功"),
    InvoiceState.RED_PENDING: gettext_noop("红冲中"),
    InvoiceState.RED: gettext_noop("已红冲"),
    InvoiceState.WITHDRAWN: gettext_noop("已撤回"),
}
TITLE_LABELS = {TitleKind.PERSON: gettext_noop("个人"), TitleKind.COMPANY: gettext_noop("企业单位")}
PAPER_LABELS = {
    PaperKind.BLUE: gettext_noop("电子发票（普通发票）"),
    PaperKind.RED: gettext_noop("红字电子发票"),
    PaperKind.RECEIPT: gettext_noop("收据/开票申请单，非发票"),
}
DIFFERENCE_LABELS = {
    DifferenceKind.MISSING_HERE: gettext_noop("渠道有，平台没有"),
    DifferenceKind.MISSING_THERE: gettext_noop("平台有，渠道没有"),
    DifferenceKind.AMOUNT: gettext_noop("金额不一致"),
    DifferenceKind.STATE: gettext_noop("状态不一致"),
    DifferenceKind.MISMATCH: gettext_noop("通知内容与付款单不符"),
}

FEE_BP = Policy(
    "payments.fee_bp", 0, gettext_noop("万分之"), gettext_noop("平台向机构收取的服务费比例"), low=0, high=3000
)
PAY_DAYS = Policy(
    "payments.pay_days", 3, gettext_noop("天"), gettext_noop("账单生成后请客户付款的期限"), low=1, high=60
)
PAY_MINUTES = Policy(
    "payments.pay_minutes", 120, gettext_noop("分钟"), gettext_noop("一次付款的有效时间"), low=2, high=10080
)
SURPLUS_REFUND = Policy(
    "payments.surplus_refund", True, "", gettext_noop("重复或多付的款项自动原路退回；关闭后列出由财务处理")
)
OBJECTION_HOURS = Policy(
    "payments.objection_hours", 48, gettext_noop("小时"),
    gettext_noop("违约补偿生成后双方可提出异议的时间，过后可领取"), low=0, high=720,
)  # fmt: skip
INVOICE_DAYS = Policy(
    "payments.invoice_days",
    3,
    gettext_noop("天"),
    gettext_noop("客户申请后，机构开具发票的时限"),
    low=1,
    high=30,
)
TAX_BP = Policy(
    "payments.tax_bp",
    0,
    gettext_noop("万分之"),
    gettext_noop("开票默认税率（机构可另设）：600、300、100；0 为免税"),
    "standards §8.3 DEF",
    low=0,
    high=1300,
)
TAX_CODE = Policy(
    "payments.tax_code",
    "3070402000000000000",
    "",
    gettext_noop("家政服务的税收分类编码（19 位，未经核实，请向税务机关确认）"),
    "standards §8.3 OK",
)


@dataclass(frozen=True)
class BillFacts:
    """A bill as other areas are given it; amounts in fen."""

    id: UUID
    number: str
    order_id: UUID
    kind: BillKind
    version: int
    state: BillState
    total_fen: int
    deposit_fen: int
    due_fen: int
    paid_fen: int
    refunded_fen: int
    pay_by: datetime | None

    @property
    def open_fen(self) -> int:
        """What is still to be paid."""
        return max(0, self.due_fen - self.paid_fen)

    @property
    def invoiceable(self) -> bool:
        """Whether there is something of it to invoice: paid, not all given back, and no deposit."""
        paid = self.state == BillState.PAID and self.total_fen > self.refunded_fen
        return paid and self.kind != BillKind.DEPOSIT


@dataclass(frozen=True)
class Adjustment:
    """A line that the agency adds to a bill: negative to give something off, in fen, with its reason."""

    label: str
    amount_fen: int
