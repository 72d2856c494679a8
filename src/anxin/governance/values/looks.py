"""Seeing a person whole: on which records, for which reasons, for how long, how often."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy


class LookKind(StrEnum):
    CUSTOMER = "customer"
    WORKER = "worker"
    ORDER = "order"
    REVIEW = "review"


LOOK_KIND_LABELS = {
    LookKind.CUSTOMER: gettext_noop("客户资料"),
    LookKind.WORKER: gettext_noop("家政员资料"),
    LookKind.ORDER: gettext_noop("订单的联系人和地址"),
    LookKind.REVIEW: gettext_noop("匿名评价的作者"),
}


class LookReason(StrEnum):
    CONTACT = "contact"
    SERVICE = "service"
    COMPLAINT = "complaint"
    SAFETY = "safety"
    CHECK = "check"
    LAW = "law"
    MANAGE = "manage"


LOOK_REASON_LABELS = {
    LookReason.CONTACT: gettext_noop("联系本人"),
    LookReason.SERVICE: gettext_noop("安排上门服务"),
    LookReason.COMPLAINT: gettext_noop("处理投诉或纠纷"),
    LookReason.SAFETY: gettext_noop("紧急情况、人身安全"),
    LookReason.CHECK: gettext_noop("核对证件"),
    LookReason.LAW: gettext_noop("依法配合调查"),
    LookReason.MANAGE: gettext_noop("管理评价"),
}
# What somebody may choose; the last is given by the post that manages reviews.
CHOOSABLE = tuple(reason for reason in LookReason if reason is not LookReason.MANAGE)
LEAST_WORDS = 4

LOOK_MINUTES = Policy(
    "governance.look_minutes", 5, unit=gettext_noop("分钟"), low=1, high=60,
    meaning=gettext_noop("“看全”一次后完整信息显示多久"), source="GB/T 35273-2020",
)  # fmt: skip
LOOKS_A_DAY = Policy(
    "governance.looks_a_day", 30, unit=gettext_noop("次"), low=1, high=1000,
    meaning=gettext_noop("一位工作人员一天最多“看全”几次"), source="GB/T 35273-2020",
)  # fmt: skip
LOOKS_UNUSUAL = Policy(
    "governance.looks_unusual", 10, unit=gettext_noop("次"), low=1, high=1000,
    meaning=gettext_noop("一位工作人员一天“看全”到几次时提醒其负责人和安全管理员"), source="DEF",
)  # fmt: skip
LISTS_UNUSUAL = Policy(
    "governance.lists_unusual", 10, unit=gettext_noop("次"), low=1, high=1000,
    meaning=gettext_noop("一位工作人员一天导出名单到几次时提醒其负责人和安全管理员"), source="DEF",
)  # fmt: skip
