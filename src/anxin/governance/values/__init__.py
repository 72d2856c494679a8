"""What the other areas and the public may know of the register of personal data. Plain."""

from anxin.governance.values.holdings_applying import APPLYING
from anxin.governance.values.holdings_care import CARE
from anxin.governance.values.holdings_deals import BUSINESS, CONTRACTS, MONEY, ORDERS, REVIEWED
from anxin.governance.values.holdings_own import RIGHTS
from anxin.governance.values.holdings_people import ACCOUNTS, CUSTOMERS, TOLD, WORKERS
from anxin.governance.values.kinds import (
    BASIS_LABELS,
    FATE_LABELS,
    KEEPS,
    KIND_LABELS,
    SENSITIVE,
    Basis,
    Fate,
    Keep,
    Kind,
)
from anxin.governance.values.plain import HISTORY, NOT_PERSONAL
from anxin.governance.values.register import Held, Holding
from anxin.kit.text import gettext_noop

# By what the public asks for: heading → holdings.
GROUPS: tuple[tuple[str, tuple[Holding, ...]], ...] = (
    (gettext_noop("账号与身份"), ACCOUNTS),
    (gettext_noop("客户的家"), CUSTOMERS),
    (gettext_noop("家政员的档案与安心码"), WORKERS + CARE + APPLYING),
    (gettext_noop("订单与上门"), ORDERS),
    (gettext_noop("合同与签名"), CONTRACTS),
    (gettext_noop("账单、付款与发票"), MONEY),
    (gettext_noop("评价"), REVIEWED),
    (gettext_noop("机构与岗位"), BUSINESS),
    (gettext_noop("通知、文件与安全记录"), TOLD),
    (gettext_noop("同意、查看与申请的记录"), RIGHTS),
)
HOLDINGS: tuple[Holding, ...] = tuple(one for _, group in GROUPS for one in group)

__all__ = [
    "BASIS_LABELS",
    "FATE_LABELS",
    "GROUPS",
    "HISTORY",
    "HOLDINGS",
    "KEEPS",
    "KIND_LABELS",
    "NOT_PERSONAL",
    "SENSITIVE",
    "Basis",
    "Fate",
    "Held",
    "Holding",
    "Keep",
    "Kind",
]
