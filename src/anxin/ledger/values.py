"""The chart of accounts, and what a posting looks like from outside. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop


class AccountKind(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    INCOME = "income"
    EXPENSE = "expense"


KIND_LABELS = {
    AccountKind.ASSET: gettext_noop("资产"),
    AccountKind.LIABILITY: gettext_noop("负债"),
    AccountKind.INCOME: gettext_noop("收入"),
    AccountKind.EXPENSE: gettext_noop("支出"),
}


class Code(StrEnum):
    """Accounts by what they hold. Whose book one lies in, and about whom, is said by `AccountRef`."""

    CHANNEL_CLEARING = "channel_clearing"
    AGENCY_PAYABLE = "agency_payable"
    UNALLOCATED = "unallocated"
    FEE_INCOME = "fee_income"
    CHANNEL_FEE = "channel_fee"
    CUSTOMER_RECEIVABLE = "customer_receivable"
    PLATFORM_RECEIVABLE = "platform_receivable"
    SERVICE_INCOME = "service_income"
    FEE_EXPENSE = "fee_expense"
    DEPOSIT_HELD = "deposit_held"
    COMPENSATION = "compensation"
    CUSTOMER_PAYABLE = "customer_payable"


CHART: dict[Code, tuple[AccountKind, str]] = {
    # in the platform's book
    Code.CHANNEL_CLEARING: (AccountKind.ASSET, gettext_noop("支付渠道待清算款")),
    Code.AGENCY_PAYABLE: (AccountKind.LIABILITY, gettext_noop("应付机构款")),
    Code.UNALLOCATED: (AccountKind.LIABILITY, gettext_noop("待处理收款")),
    Code.FEE_INCOME: (AccountKind.INCOME, gettext_noop("平台服务费收入")),
    Code.CHANNEL_FEE: (AccountKind.EXPENSE, gettext_noop("支付渠道手续费")),
    # in an agency's book
    Code.CUSTOMER_RECEIVABLE: (AccountKind.ASSET, gettext_noop("应收客户款")),
    Code.PLATFORM_RECEIVABLE: (AccountKind.ASSET, gettext_noop("应收平台款")),
    Code.SERVICE_INCOME: (AccountKind.INCOME, gettext_noop("服务收入")),
    Code.FEE_EXPENSE: (AccountKind.EXPENSE, gettext_noop("平台服务费支出")),
    Code.DEPOSIT_HELD: (AccountKind.LIABILITY, gettext_noop("暂收押金")),
    Code.COMPENSATION: (AccountKind.EXPENSE, gettext_noop("违约补偿支出")),
    Code.CUSTOMER_PAYABLE: (AccountKind.LIABILITY, gettext_noop("应付客户款")),
}


@dataclass(frozen=True)
class AccountRef:
    """An account by what it is: its code, whose book it lies in (nobody's = the platform's), about whom."""

    code: Code
    organisation_id: UUID | None = None
    person_id: UUID | None = None
    about_organisation_id: UUID | None = None
    about_person_id: UUID | None = None

    @property
    def book(self) -> tuple[UUID | None, UUID | None]:
        """Each book balances by itself."""
        return self.organisation_id, self.person_id


@dataclass(frozen=True)
class Line:
    """One side of an entry: debit positive, credit negative, in fen."""

    account: AccountRef
    amount_fen: int


def debit(account: AccountRef, amount_fen: int) -> Line:
    """`amount_fen` to the left."""
    return Line(account, amount_fen)


def credit(account: AccountRef, amount_fen: int) -> Line:
    """`amount_fen` to the right."""
    return Line(account, -amount_fen)


@dataclass(frozen=True)
class Balance:
    """What an account holds, in fen, signed as its kind reads: income and debts count as positive."""

    code: Code
    kind: AccountKind
    label: str
    about_organisation_id: UUID | None
    about_person_id: UUID | None
    amount_fen: int
    raw_fen: int
