"""Enums and frozen facts of orders that other areas may import, and the operator's policies. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.orders.states import (
    AssignmentState as AssignmentState,
)
from anxin.orders.states import (
    OrderState as OrderState,
)
from anxin.orders.states import (
    VisitState as VisitState,
)
from anxin.policies.values import Policy

# What one line of a demand or an extra may come to at most: a million yuan.
MOST_FEN = 100_000_000


class Way(StrEnum):
    """How a demand looks for its provider (抢单 / 派单)."""

    OPEN = "open"
    SENT = "sent"


class Timing(StrEnum):
    """A single visit, a series, or a period (live-in, live-out)."""

    ONCE = "once"
    RECURRING = "recurring"
    PERIOD = "period"


class Side(StrEnum):
    CUSTOMER = "customer"
    AGENCY = "agency"
    WORKER = "worker"
    PLATFORM = "platform"


class WarningKind(StrEnum):
    """Work-order early warnings (工单预警)."""

    NOT_CONTACTED = "not_contacted"
    LATE_DEPARTURE = "late_departure"
    LATE_ARRIVAL = "late_arrival"
    NO_ENTRY = "no_entry"
    OVERRUN = "overrun"
    UNCONFIRMED = "unconfirmed"
    NO_WORKER = "no_worker"
    UNSIGNED = "unsigned"
    CODE_NOT_GREEN = "code_not_green"
    CLOSING = "closing"
    WORKER_LOST = "worker_lost"
    PLACE_UNKNOWN = "place_unknown"


ORDER_LABELS = {
    OrderState.SUBMITTED: gettext_noop("等待接单"),
    OrderState.UNANSWERED: gettext_noop("无人接单"),
    OrderState.ACCEPTED: gettext_noop("选派服务员"),
    OrderState.CONTRACTING: gettext_noop("签订合同"),
    OrderState.SIGNED: gettext_noop("等待上门"),
    OrderState.IN_SERVICE: gettext_noop("服务中"),
    OrderState.COMPLETED: gettext_noop("服务完成"),
    OrderState.BILLED: gettext_noop("待付款"),
    OrderState.PAID: gettext_noop("已付款"),
    OrderState.CLOSED: gettext_noop("已结束"),
    OrderState.CANCELLED: gettext_noop("已取消"),
}
VISIT_LABELS = {
    VisitState.PLANNED: gettext_noop("待出发"),
    VisitState.EN_ROUTE: gettext_noop("路上"),
    VisitState.ARRIVED: gettext_noop("已到门口"),
    VisitState.IN_SERVICE: gettext_noop("服务中"),
    VisitState.DONE: gettext_noop("待客户确认"),
    VisitState.CONFIRMED: gettext_noop("已确认"),
    VisitState.CANCELLED: gettext_noop("已取消"),
}
# What a list says of an order whose worker has moved.
MOVED_LABELS: dict[str, str] = {
    VisitState.EN_ROUTE: gettext_noop("已出发"),
    VisitState.ARRIVED: gettext_noop("已到门口"),
    VisitState.IN_SERVICE: gettext_noop("服务中"),
    VisitState.DONE: gettext_noop("待客户确认"),
}
ASSIGNMENT_LABELS = {
    AssignmentState.PROPOSED: gettext_noop("等服务员确认"),
    AssignmentState.CARDED: gettext_noop("等客户确认"),
    AssignmentState.AGREED: gettext_noop("已选定"),
    AssignmentState.DECLINED: gettext_noop("服务员婉拒"),
    AssignmentState.REJECTED: gettext_noop("客户要求重选"),
    AssignmentState.LAPSED: gettext_noop("超时未答复"),
    AssignmentState.WITHDRAWN: gettext_noop("已撤回"),
    AssignmentState.REPLACED: gettext_noop("已更换"),
}
WARNING_LABELS = {
    WarningKind.NOT_CONTACTED: gettext_noop("上门前还没有联系客户"),
    WarningKind.LATE_DEPARTURE: gettext_noop("到点未出发"),
    WarningKind.LATE_ARRIVAL: gettext_noop("到点未到达"),
    WarningKind.NO_ENTRY: gettext_noop("到达后迟迟没有确认入户"),
    WarningKind.OVERRUN: gettext_noop("服务超时未完成"),
    WarningKind.UNCONFIRMED: gettext_noop("完成后客户还没有确认"),
    WarningKind.NO_WORKER: gettext_noop("临近上门仍未选定服务员"),
    WarningKind.UNSIGNED: gettext_noop("临近上门合同仍未签好"),
    WarningKind.CODE_NOT_GREEN: gettext_noop("服务员安心码不是绿码"),
    WarningKind.CLOSING: gettext_noop("已到约定时间仍未准备好，再不办好订单将自动关闭"),
    WarningKind.WORKER_LOST: gettext_noop("选定的服务员不能来了，需要重新选派"),
    WarningKind.PLACE_UNKNOWN: gettext_noop("多次在位置不明的情况下确认入户"),
}

OFFER_MINUTES = Policy(
    "orders.offer_minutes", 30, "分钟", gettext_noop("指定派单后，机构答复的时限"), "DEF §6.2"
)
GRAB_MINUTES = Policy("orders.grab_minutes", 240, "分钟", gettext_noop("抢单开放的最长时间"), "DEF §6.2")
WORKER_MINUTES = Policy(
    "orders.worker_minutes", 120, "分钟", gettext_noop("派给服务员后，答复的时限"), "DEF §6.2"
)
CUSTOMER_HOURS = Policy(
    "orders.customer_hours", 24, "小时", gettext_noop("推送名片后，客户答复的时限"), "DEF §6.2"
)
AUTO_CONFIRM_HOURS = Policy(
    "orders.auto_confirm_hours", 48, "小时", gettext_noop("服务完成后自动确认的时限"), "DEF §6.2"
)
REVIEW_DAYS = Policy("orders.review_days", 15, "天", gettext_noop("付款后可以评价的天数"), "DEF §6.2")
DEPART_GRACE_MINUTES = Policy(
    "orders.depart_grace_minutes", 10, "分钟", gettext_noop("迟出发预警的宽限"), "C-5.4.6 DEF"
)
NO_SHOW_MINUTES = Policy(
    # Not longer than the texts of the contracts say.
    "orders.no_show_minutes",
    30,
    "分钟",
    gettext_noop("过约定时间多久未到，客户取消由机构承担"),
    "DEF",
    low=10,
    high=30,
)
CLOSE_UNREADY_MINUTES = Policy(
    "orders.close_unready_minutes", 120, "分钟",
    gettext_noop("过约定时间多久仍未选定服务员或签好合同，系统关闭订单"), "DEF",
)  # fmt: skip
ENTRY_GRACE_MINUTES = Policy(
    "orders.entry_grace_minutes", 15, "分钟", gettext_noop("到达后未确认入户的预警时限"), "C-5.4.6 DEF"
)
OVERRUN_GRACE_MINUTES = Policy(
    "orders.overrun_grace_minutes", 30, "分钟", gettext_noop("超时服务预警的宽限"), "C-5.4.6 DEF"
)
CONTACT_BEFORE_MINUTES = Policy(
    "orders.contact_before_minutes", 120, "分钟", gettext_noop("上门前应联系客户的时间"), "C-6.1.5 DEF"
)
ENTRY_RADIUS_M = Policy(
    "orders.entry_radius_m", 800, "米", gettext_noop("确认入户时，所在位置离服务地址的最大距离"), "D-3b DEF"
)
ENTRY_PLACE_REQUIRED = Policy(
    "orders.entry_place_required", False, "", gettext_noop("没有取得位置时，是否拒绝确认入户"), "D-3b DEF"
)
ENTRY_FAR_ALLOWED = Policy(
    "orders.entry_far_allowed", False, "",
    gettext_noop("离服务地址太远时，是否只提醒机构而仍可确认入户（关闭时拒绝）"), "D-3b DEF"
)  # fmt: skip
ENTRY_UNKNOWN_TIMES = Policy(
    "orders.entry_unknown_times",
    2,
    "次",
    gettext_noop("三十天内同一服务员多少次位置不明的入户提醒机构"),
    "D-3b DEF",
    low=1,
)
MIN_NOTICE_MINUTES = Policy(
    "orders.min_notice_minutes", 120, "分钟", gettext_noop("下单到上门的最短间隔"), "DEF"
)
CANCEL_FREE_HOURS = Policy(
    "orders.cancel_free_hours", 24, "小时", gettext_noop("上门前多久可免费取消"), "DEF"
)
CANCEL_SHORT_HOURS = Policy("orders.cancel_short_hours", 2, "小时", gettext_noop("临近取消的界限"), "DEF")
CANCEL_LATE_BP = Policy(
    "orders.cancel_late_bp", 1000, "万分之", gettext_noop("24 小时内取消收取的比例"), "DEF"
)
CANCEL_SHORT_BP = Policy(
    "orders.cancel_short_bp", 3000, "万分之", gettext_noop("2 小时内取消收取的比例"), "DEF"
)
CANCEL_DOOR_BP = Policy(
    "orders.cancel_door_bp", 5000, "万分之", gettext_noop("服务员出发后取消收取的比例"), "DEF"
)
