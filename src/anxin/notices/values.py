"""Kinds of notices, and the night hours of text messages."""

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

# The first word of a notice's kind ("orders.accepted") decides its icon and name in the inbox.
FAMILIES = {
    "orders": (gettext_noop("订单"), "clipboard-list"),
    "matching": (gettext_noop("派工"), "users"),
    "workers": (gettext_noop("档案"), "id"),
    "contracts": (gettext_noop("合同"), "file-text"),
    "payments": (gettext_noop("账单"), "receipt"),
    "reviews": (gettext_noop("评价"), "star"),
    "safetycode": (gettext_noop("安心码"), "qrcode"),
    "agencies": (gettext_noop("机构"), "building-store"),
    "accounts": (gettext_noop("账号"), "user"),
}
OTHER = (gettext_noop("通知"), "bell")


def family(kind: str) -> tuple[str, str]:
    """Label (source text) and icon of a kind."""
    return FAMILIES.get(kind.partition(".")[0], OTHER)


NIGHT_STARTS = Policy(
    "notices.night_starts",
    22,
    unit=gettext_noop("点"),
    meaning=gettext_noop("从几点起不再发送通知短信（验证码不受影响），留到早上再发。"),
    low=0,
    high=23,
)
NIGHT_ENDS = Policy(
    "notices.night_ends",
    7,
    unit=gettext_noop("点"),
    meaning=gettext_noop("早上几点开始发送夜里留下的通知短信。"),
    low=0,
    high=23,
)
