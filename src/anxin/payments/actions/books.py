"""How bills and money are posted: the platform's book and the agency's, each balanced, in the same transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.ledger import public as ledger
from anxin.ledger.values import AccountRef, Code, Line, credit, debit
from anxin.payments.models import Bill, Compensation, Payment, Refund
from anxin.payments.values import BillKind, RefundCause

CLEARING = AccountRef(Code.CHANNEL_CLEARING)
UNALLOCATED = AccountRef(Code.UNALLOCATED)
FEE_INCOME = AccountRef(Code.FEE_INCOME)
CHANNEL_FEE = AccountRef(Code.CHANNEL_FEE)


def _own(code: Code, bill: Bill) -> AccountRef:
    return AccountRef(code, organisation_id=bill.organisation_id)


def _customers(code: Code, bill: Bill) -> AccountRef:
    return AccountRef(code, organisation_id=bill.organisation_id, about_person_id=bill.payer_id)


def _payable(organisation_id: UUID) -> AccountRef:
    return AccountRef(Code.AGENCY_PAYABLE, about_organisation_id=organisation_id)


def _earned(bill: Bill) -> AccountRef:
    """Where a bill's amount goes: income, or, for a deposit, what is held for the customer."""
    if bill.kind == BillKind.DEPOSIT:
        return _customers(Code.DEPOSIT_HELD, bill)
    return _own(Code.SERVICE_INCOME, bill)


def post_bill(bill: Bill, *, by: Actor, at: datetime) -> None:
    """The customer owes, the agency has earned; a deposit that is used up no longer is a debt."""
    if not bill.total_fen:
        return
    ledger.post(
        what=f"账单 {bill.number}", source="payments.bill", source_id=bill.pk, by=by, at=at,
        lines=[
            debit(_customers(Code.CUSTOMER_RECEIVABLE, bill), bill.due_fen),
            debit(_customers(Code.DEPOSIT_HELD, bill), bill.deposit_fen),
            credit(_earned(bill), bill.total_fen),
        ],
    )  # fmt: skip


def unpost_bill(bill: Bill, *, by: Actor, at: datetime) -> None:
    """A bill is replaced or withdrawn: what it posted goes back."""
    entry = ledger.entry_of("payments.bill", str(bill.pk))
    if entry is not None:
        ledger.reverse(entry=entry, what=f"冲回账单 {bill.number}", by=by, at=at)


def post_payment(payment: Payment, bill: Bill, fee_fen: int, *, by: Actor, at: datetime) -> None:
    """Money lies with the channel; what counts for the bill is owed to the agency less the platform's fee."""
    taken = payment.allocated_fen
    ledger.post(
        what=f"收款 {payment.number}", source="payments.payment", source_id=payment.pk, by=by, at=at,
        lines=[
            debit(CLEARING, payment.paid_fen),
            credit(_payable(bill.organisation_id), taken - fee_fen),
            credit(FEE_INCOME, fee_fen),
            credit(UNALLOCATED, payment.surplus_fen),
            debit(_own(Code.PLATFORM_RECEIVABLE, bill), taken - fee_fen),
            debit(_own(Code.FEE_EXPENSE, bill), fee_fen),
            credit(_customers(Code.CUSTOMER_RECEIVABLE, bill), taken),
        ],
    )  # fmt: skip


def post_refund(refund: Refund, bill: Bill, fee_back_fen: int, *, by: Actor, at: datetime) -> None:
    """Money has left the channel for the customer; the fee goes back in its share."""
    amount = refund.amount_fen
    if refund.cause == RefundCause.SURPLUS:
        lines: list[Line] = [debit(UNALLOCATED, amount), credit(CLEARING, amount)]
    else:
        lines = [
            debit(_payable(bill.organisation_id), amount - fee_back_fen),
            debit(FEE_INCOME, fee_back_fen),
            credit(CLEARING, amount),
            debit(_earned(bill), amount),
            credit(_own(Code.PLATFORM_RECEIVABLE, bill), amount - fee_back_fen),
            credit(_own(Code.FEE_EXPENSE, bill), fee_back_fen),
        ]
    ledger.post(
        what=f"退款 {refund.number}", source="payments.refund", source_id=refund.pk, lines=lines, by=by, at=at
    )


def post_channel_fee(day: str, fee_fen: int, *, by: Actor, at: datetime) -> None:
    """What the channel kept for itself on one day."""
    if fee_fen:
        ledger.post(
            what=f"渠道手续费 {day}", source="payments.channel_fee", source_id=day, by=by, at=at,
            lines=[debit(CHANNEL_FEE, fee_fen), credit(CLEARING, fee_fen)],
        )  # fmt: skip


def post_compensation(row: Compensation, delta_fen: int, step: str, *, by: Actor, at: datetime) -> None:
    """The agency owes the customer by the published rule: the amount, or what a decision adds to or takes off it."""
    ledger.post(
        what=f"违约补偿 {row.number}", source="payments.compensation", source_id=f"{row.pk}:{step}", by=by, at=at,
        lines=[
            debit(AccountRef(Code.COMPENSATION, organisation_id=row.organisation_id), delta_fen),
            credit(_compensated(row), delta_fen),
        ],
    )  # fmt: skip


def post_payout(row: Compensation, *, by: Actor, at: datetime) -> None:
    """The customer has the money: the channel holds that much less, and the platform owes the agency that much less."""
    amount = row.amount_fen
    ledger.post(
        what=f"支付违约补偿 {row.number}", source="payments.payout", source_id=row.pk, by=by, at=at,
        lines=[
            debit(_payable(row.organisation_id), amount),
            credit(CLEARING, amount),
            debit(_compensated(row), amount),
            credit(AccountRef(Code.PLATFORM_RECEIVABLE, organisation_id=row.organisation_id), amount),
        ],
    )  # fmt: skip


def _compensated(row: Compensation) -> AccountRef:
    return AccountRef(
        Code.CUSTOMER_PAYABLE, organisation_id=row.organisation_id, about_person_id=row.payee_id
    )
