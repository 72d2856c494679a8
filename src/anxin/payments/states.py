"""The state tables of a bill, a payment, a refund, a compensation and an invoice request. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class BillState(StrEnum):
    DRAWN = "drawn"
    QUESTIONED = "questioned"
    ACCEPTED = "accepted"
    PAID = "paid"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


B = BillState
BILL = Machine(
    "bill",
    B.DRAWN,
    {
        B.DRAWN: {
            B.QUESTIONED: "question",
            B.ACCEPTED: "accept",
            B.SUPERSEDED: "adjust",
            B.WITHDRAWN: "withdraw",
        },
        B.QUESTIONED: {B.DRAWN: "answer", B.SUPERSEDED: "adjust", B.WITHDRAWN: "withdraw"},
        B.ACCEPTED: {B.PAID: "pay", B.WITHDRAWN: "withdraw"},
    },
)
# One bill of a kind per order is alive; the older versions of it stay to be read.
LIVE_BILLS = (B.DRAWN, B.QUESTIONED, B.ACCEPTED, B.PAID)


class PaymentState(StrEnum):
    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    FAILED = "failed"


P = PaymentState
PAYMENT = Machine(
    "payment",
    P.CREATED,
    {
        P.CREATED: {P.PENDING: "place", P.SUCCEEDED: "receive", P.CLOSED: "close", P.FAILED: "fail"},
        P.PENDING: {P.SUCCEEDED: "receive", P.CLOSED: "close"},
        # Money that arrives late is still money: it is booked, then allocated or given back.
        P.CLOSED: {P.SUCCEEDED: "receive"},
        P.FAILED: {P.SUCCEEDED: "receive"},
    },
)
OPEN_PAYMENTS = (P.CREATED, P.PENDING)


class RefundState(StrEnum):
    REQUESTED = "requested"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"
    CLOSED = "closed"
    FAILED = "failed"


R = RefundState
REFUND = Machine(
    "refund",
    R.REQUESTED,
    {
        R.REQUESTED: {
            R.PROCESSING: "send",
            R.SUCCEEDED: "settle",
            R.ABNORMAL: "stumble",
            R.CLOSED: "close",
            R.FAILED: "fail",
        },
        R.PROCESSING: {R.SUCCEEDED: "settle", R.ABNORMAL: "stumble", R.CLOSED: "close"},
        # The payer's account could not be reached; a person sees to it and says how it ended.
        R.ABNORMAL: {R.SUCCEEDED: "settle", R.CLOSED: "close"},
    },
)
# The channel's last word on these has not come.
OPEN_REFUNDS = (R.REQUESTED, R.PROCESSING)
# These hold their amount back from further refunds.
RESERVING = (R.REQUESTED, R.PROCESSING, R.SUCCEEDED, R.ABNORMAL)


class CompensationState(StrEnum):
    OWED = "owed"
    CONTESTED = "contested"
    PAYABLE = "payable"
    PAYING = "paying"
    PAID = "paid"
    WAIVED = "waived"


C = CompensationState
COMPENSATION = Machine(
    "compensation",
    C.OWED,
    {
        # While either side may still object, nothing is paid.
        C.OWED: {C.CONTESTED: "contest", C.PAYABLE: "release"},
        C.CONTESTED: {C.PAYABLE: "decide", C.WAIVED: "waive"},
        C.PAYABLE: {C.PAYING: "claim", C.PAID: "end"},
        C.PAYING: {C.PAID: "settle", C.PAYABLE: "fall_back"},
    },
)


class PayoutState(StrEnum):
    REQUESTED = "requested"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


O = PayoutState
PAYOUT = Machine(
    "payout",
    O.REQUESTED,
    {
        O.REQUESTED: {O.WAITING: "send", O.SUCCEEDED: "settle", O.FAILED: "fail"},
        O.WAITING: {O.SUCCEEDED: "settle", O.FAILED: "fail"},
    },
)
OPEN_PAYOUTS = (O.REQUESTED, O.WAITING)


class InvoiceState(StrEnum):
    SUBMITTED = "submitted"
    ISSUING = "issuing"
    ISSUED = "issued"
    DELIVERED = "delivered"
    FAILED = "failed"
    RED_PENDING = "red_pending"
    RED = "red"
    WITHDRAWN = "withdrawn"


V = InvoiceState
INVOICE = Machine(
    "invoice",
    V.SUBMITTED,
    {
        V.SUBMITTED: {V.ISSUING: "issue", V.WITHDRAWN: "withdraw"},
        V.ISSUING: {V.ISSUED: "finish", V.FAILED: "fail"},
        V.FAILED: {V.ISSUING: "issue", V.WITHDRAWN: "withdraw"},
        V.ISSUED: {V.DELIVERED: "deliver", V.RED_PENDING: "reverse"},
        V.DELIVERED: {V.RED_PENDING: "reverse"},
        V.RED_PENDING: {V.RED: "finish_reverse", V.DELIVERED: "give_up_reverse"},
    },
)
# The agency has yet to issue these in its time; those that stand are taken back by a red letter only.
WAITING_INVOICES = (V.SUBMITTED, V.ISSUING, V.FAILED)
REVERSIBLE = INVOICE.before("reverse")
LIVE_INVOICES = (V.SUBMITTED, V.ISSUING, V.ISSUED, V.DELIVERED, V.FAILED, V.RED_PENDING)
