"""The only writers of payments, named by the trade's verbs."""

from anxin.payments.actions.bills import (
    accept_bill,
    adjust_bill,
    answer_question,
    draw_bill,
    draw_cancellation,
    draw_deposit,
    question_bill,
    withdraw_bill,
)
from anxin.payments.actions.cancel import settle_cancellation
from anxin.payments.actions.compensations import (
    claim,
    contest,
    decide,
    end,
    hear_payout,
    owe,
    release,
    send_payout,
)
from anxin.payments.actions.compensations import tick as tick_compensations
from anxin.payments.actions.differences import note_difference, resolve_difference
from anxin.payments.actions.invoices import (
    deliver_invoice,
    issue_invoice,
    request_invoice,
    reverse_invoice,
    send_invoice,
    send_red,
    set_tax,
    warn_overdue,
    withdraw_request,
)
from anxin.payments.actions.notices import take_notice
from anxin.payments.actions.pay import check_payment, close_payment, postpone, receive, start_payment
from anxin.payments.actions.reconcile import reconcile, reconcile_yesterday
from anxin.payments.actions.refunds import (
    hear_refund,
    refund,
    refund_payment,
    resolve_refund,
    return_deposit,
    send_refund,
)

__all__ = [
    "accept_bill", "adjust_bill", "answer_question", "check_payment", "claim", "close_payment", "contest",
    "decide", "deliver_invoice", "end", "hear_payout", "owe", "release", "send_payout", "tick_compensations",
    "draw_bill", "draw_cancellation", "draw_deposit", "hear_refund", "issue_invoice", "note_difference",
    "postpone", "question_bill", "receive", "reconcile", "reconcile_yesterday", "refund", "refund_payment",
    "request_invoice", "resolve_difference", "resolve_refund", "return_deposit", "reverse_invoice",
    "send_invoice", "send_red", "send_refund", "set_tax", "settle_cancellation", "start_payment",
    "take_notice", "warn_overdue", "withdraw_bill",
    "withdraw_request",
]  # fmt: skip
