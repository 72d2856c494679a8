"""Who finds what where: the navigation as data. A name that has no address yet is left out, so pages may come later.

An item shows when the actor holds its permission ("" = everybody of that kind). Order matters: the phone shows the
first five of "tabs".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from anxin.accounts.values import POSTS, OrganisationKind
from anxin.kit.actor import Actor


@dataclass(frozen=True)
class Item:
    """One entry: its words, the name of its page, an icon of the sprite, the permission that shows it.

    `short` is said in place of `label` where there is room for four characters only.
    """

    label: Any
    name: str
    icon: str
    permission: str = ""
    short: Any = ""
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Group:
    """A headed group of a desk's rail."""

    label: Any
    items: tuple[Item, ...]


VISITOR = (
    Group(
        "",
        (
            Item(_("首页"), "web:home", "home"),
            Item(_("找服务"), "catalogue:services", "apps"),
            Item(
                pgettext_lazy("many", "家政机构"),
                "agencies:directory",
                "building-store",
                short=pgettext_lazy("many", "机构"),
            ),
            Item(_("查安心码"), "safetycode:check", "shield-check", short=_("查码")),
            Item(_("验合同"), "contracts:verify", "file-certificate"),
            Item(_("规则公示"), "policies:published", "scale"),
        ),
    ),
)

CUSTOMER = (
    Group(
        "",
        (
            Item(_("首页"), "web:home", "home"),
            Item(_("我要服务"), "orders:ask", "circle-plus", short=_("要服务")),
            Item(_("我的订单"), "orders:mine", "clipboard-list", short=pgettext_lazy("many", "订单")),
            Item(_("消息"), "notices:inbox", "bell"),
            Item(_("我的"), "accounts:me", "user-circle"),
        ),
    ),
)

WORKER = (
    Group(
        "",
        (
            Item(_("今天"), "web:today", "sun"),
            Item(_("接单大厅"), "orders:hall", "hand-grab"),
            Item(_("日程"), "workers:week", "calendar-week"),
            Item(_("安心码"), "safetycode:mine", "shield-check"),
            Item(_("我的"), "accounts:me", "user-circle"),
        ),
    ),
)

# What every desk ends with: one's messages, colleagues and posts.
OWN_DESK = (
    Item(_("消息"), "notices:inbox", "bell"),
    Item(_("群发通知"), "notices:send", "speakerphone", "notices.send"),
    Item(_("员工与岗位"), "accounts:staff", "id-badge-2", "accounts.appoint"),
    Item(_("代理与权限"), "accounts:rights", "key"),
)

AGENCY = (
    Group(
        pgettext_lazy("many", "订单"),
        (
            Item(_("待办"), "web:agency_desk", "list-check", "orders.read"),
            Item(_("接单大厅"), "orders:hall", "hand-grab", "orders.accept"),
            Item(pgettext_lazy("many", "订单"), "orders:board", "layout-kanban", "orders.read"),
            Item(_("派单"), "matching:board", "users-group", "orders.dispatch"),
            Item(pgettext_lazy("many", "预警"), "orders:warnings", "alarm", "orders.warnings"),
        ),
    ),
    Group(
        _("人员与服务"),
        (
            Item(pgettext_lazy("many", "家政员"), "workers:staff", "users", "workers.read"),
            Item(_("证件核验"), "workers:verification_queue", "certificate", "workers.manage"),
            Item(pgettext_lazy("many", "客户"), "customers:clientele", "user-heart", "orders.read"),
            Item(_("不再安排的"), "orders:apart_list", "user-off", "orders.dispatch"),
            Item(_("安心码"), "safetycode:codes", "shield-check", "workers.read"),
            Item(_("安心码申领"), "safetycode:applications", "checklist", "workers.read", short=_("申领")),
            Item(_("保单"), "safetycode:policies", "umbrella", "workers.read"),
            Item(_("背景核查"), "safetycode:checks", "user-check", "workers.manage", short=_("核查")),
            Item(_("半年更新"), "safetycode:refreshes", "refresh", "workers.manage"),
            Item(_("服务与价格"), "agencies:items", "tag", "agencies.read"),
            Item(_("机构主页"), "agencies:profile", "building-store", "agencies.read"),
        ),
    ),
    Group(
        _("合同与钱款"),
        (
            Item(_("合同"), "contracts:desk", "writing-sign", "contracts.seal"),
            Item(pgettext_lazy("many", "账单"), "payments:bills", "receipt-yuan", "payments.bill"),
            Item(_("收款"), "payments:money", "cash", "payments.bill"),
            Item(_("违约补偿"), "payments:compensations", "scale", "payments.bill"),
            Item(pgettext_lazy("many", "发票"), "payments:invoices", "file-invoice", "payments.invoice"),
            Item(_("账目"), "ledger:book", "book", "ledger.read"),
        ),
    ),
    Group(
        _("口碑与机构"),
        (
            Item(pgettext_lazy("many", "评价"), "reviews:desk", "star", "agencies.read"),
            Item(_("看全记录"), "governance:watched", "eye", "accounts.appoint"),
            *OWN_DESK,
        ),
    ),
)

OVERSIGHT = (
    Item(_("区域订单"), "orders:overseen", "layout-kanban", "orders.oversee"),
    Item(_("区域账单"), "payments:overseen", "receipt-yuan", "payments.oversee"),
    Item(_("区域评价"), "reviews:overseen", "star", "reviews.oversee"),
)

ASSOCIATION = (
    Group(
        "",
        (
            Item(_("今日工作"), "web:supervision_desk", "dashboard", "safetycode.manage", short=_("今日")),
            Item(_("安心码申领"), "safetycode:applications", "checklist", "safetycode.vet", short=_("申领")),
            Item(_("安心码"), "safetycode:codes", "shield-check", "safetycode.issue"),
            Item(_("保单"), "safetycode:policies", "umbrella", "safetycode.manage"),
            Item(_("背景核查"), "safetycode:checks", "user-check", "safetycode.manage", short=_("核查")),
            Item(_("管码"), "safetycode:care", "shield", "safetycode.manage"),
            Item(_("半年更新"), "safetycode:refreshes", "refresh", "safetycode.manage"),
            Item(_("双证核对"), "safetycode:certificates", "certificate", "safetycode.manage"),
            Item(_("体检补贴"), "safetycode:claims", "cash", "safetycode.manage"),
            Item(_("发码情况"), "safetycode:figures", "chart-bar", "safetycode.manage"),
            Item(_("发码委托"), "safetycode:delegations", "license", "safetycode.manage"),
            Item(pgettext_lazy("many", "家政员"), "workers:staff", "users", "safetycode.manage"),
            Item(_("奖惩申诉"), "workers:appeals", "award", "safetycode.manage"),
            *OWN_DESK,
        ),
    ),
    Group(_("行业情况"), OVERSIGHT),
)

BUREAU = (
    Group(
        _("监管"),
        (
            Item(_("今日工作"), "web:supervision_desk", "dashboard", "governance.supervise", short=_("今日")),
            Item(
                _("家政机构"),
                "agencies:applications",
                "building-store",
                "governance.supervise",
                short=_("机构"),
            ),
            Item(pgettext_lazy("many", "家政员"), "workers:staff", "users", "governance.supervise"),
            Item(
                _("安心码申领"),
                "safetycode:applications",
                "checklist",
                "governance.supervise",
                short=_("申领"),
            ),
            Item(_("奖惩申诉"), "workers:appeals", "award", "governance.supervise"),
            Item(_("安心码"), "safetycode:codes", "shield-check", "governance.supervise"),
            Item(_("保单"), "safetycode:policies", "umbrella", "governance.supervise"),
            Item(_("发码情况"), "safetycode:figures", "chart-bar", "governance.supervise"),
            Item(_("管码"), "safetycode:care", "shield", "governance.supervise"),
            Item(_("发码委托"), "safetycode:delegations", "license", "governance.supervise"),
            Item(_("体检补贴"), "safetycode:claims", "cash", "governance.supervise"),
            Item(_("双证核对"), "safetycode:certificates", "certificate", "governance.supervise"),
            *OVERSIGHT,
        ),
    ),
    Group(_("本单位"), OWN_DESK),
)

EXAM = (
    Group(
        _("体检"),
        (
            Item(_("今日体检"), "safetycode:exam_day", "stethoscope", "safetycode.examine", short=_("今日")),
            Item(_("号源"), "safetycode:exam_slots", "calendar", "safetycode.examine"),
        ),
    ),
    Group(_("本单位"), OWN_DESK),
)

INSURER = (
    Group(
        _("承保"),
        (Item(_("保单"), "safetycode:policies", "umbrella", "safetycode.insure"),),
    ),
    Group(_("本单位"), OWN_DESK),
)

CREDIT = (
    Group(
        _("安心码"),
        (
            Item(_("安心码申领"), "safetycode:applications", "checklist", short=_("申领")),
            Item(_("安心码"), "safetycode:codes", "shield-check", "safetycode.issue"),
            Item(_("半年更新"), "safetycode:refreshes", "refresh", "safetycode.issue"),
            Item(_("发码情况"), "safetycode:figures", "chart-bar", "safetycode.issue"),
            Item(_("发码委托"), "safetycode:delegations", "license"),
        ),
    ),
    Group(_("本单位"), OWN_DESK),
)

# Kinds whose own desks are yet to come have their colleagues and posts.
OFFICE = (Group(_("本单位"), (*OWN_DESK, Item(_("我的账号"), "accounts:me", "user-circle"))),)

OPERATOR = (
    Group(
        _("运营"),
        (
            Item(_("工作台"), "web:operator_desk", "dashboard", "operator.desk"),
            Item(_("入驻审核"), "agencies:applications", "checklist", "agencies.verify"),
            Item(pgettext_lazy("many", "家政员"), "workers:staff", "users", "workers.oversee"),
            Item(_("奖惩申诉"), "workers:appeals", "award", "workers.oversee"),
            Item(_("安心码"), "safetycode:codes", "shield-check", "workers.oversee"),
            Item(_("安心码申领"), "safetycode:applications", "checklist", "workers.oversee", short=_("申领")),
            Item(_("管码"), "safetycode:care", "shield", "workers.oversee"),
            Item(_("发码情况"), "safetycode:figures", "chart-bar", "workers.oversee"),
            Item(_("评价管理"), "reviews:manage", "star", "reviews.manage"),
            Item(_("录入信用分"), "matching:credit", "shield-check", "reviews.manage"),
            Item(_("对账"), "payments:reconciliation", "arrows-exchange", "payments.reconcile"),
            Item(_("违约补偿"), "payments:compensations", "scale", "payments.reconcile"),
        ),
    ),
    Group(
        pgettext_lazy("many", "规则"),
        (
            Item(_("规则与权重"), "policies:desk", "scale", "policies.change"),
            Item(_("排序权重"), "matching:weights", "adjustments-horizontal", "policies.change"),
            Item(_("服务目录"), "catalogue:desk", "apps", "policies.change"),
            Item(_("工作日历"), "places:calendar", "calendar", "places.manage"),
            Item(_("镇街位置"), "places:points", "map-pin", "places.manage"),
            Item(_("合同范本"), "contracts:templates", "file-description", "contracts.template"),
        ),
    ),
    Group(
        _("系统"),
        (
            Item(_("审计"), "web:audit", "history", "audit.read"),
            Item(_("看全记录"), "governance:watched", "eye", "audit.read"),
            Item(_("看全记录"), "governance:watched", "eye", "accounts.organise"),
            Item(_("个人信息申请"), "governance:desk", "user-check", "accounts.organise"),
            Item(_("权限总表"), "rights", "table", "rights.read"),
            Item(_("等保自查"), "level2", "shield-check", "rights.read"),
            Item(
                pgettext_lazy("many", "单位"),
                "accounts:organisations",
                "building-community",
                "accounts.organise",
            ),
            Item(_("短信"), "messaging:outbox", "message", "messaging.read"),
            *OWN_DESK,
        ),
    ),
)

NAVIGATION = {
    "visitor": VISITOR,
    "customer": CUSTOMER,
    "worker": WORKER,
    OrganisationKind.AGENCY.value: AGENCY,
    OrganisationKind.OPERATOR.value: OPERATOR,
    OrganisationKind.ASSOCIATION.value: ASSOCIATION,
    OrganisationKind.BUREAU.value: BUREAU,
    OrganisationKind.OUTLET.value: OFFICE,
    OrganisationKind.TRAINING.value: OFFICE,
    OrganisationKind.EXPERTS.value: OFFICE,
    OrganisationKind.CORPORATE.value: OFFICE,
    OrganisationKind.EXAM.value: EXAM,
    OrganisationKind.INSURER.value: INSURER,
    OrganisationKind.CREDIT.value: CREDIT,
}
DESKS = {kind.value for kind in OrganisationKind}


def kind_of(actor: Actor | None, side: str = "") -> str:
    """Which navigation an actor gets: that of their post's organisation, else as worker or customer, else visitor."""
    if actor is None or actor.is_anonymous:
        return "visitor"
    post = POSTS.get(actor.post) or next((p for p in POSTS.values() if p.code == actor.post), None)
    if post:
        return str(post.kind) if str(post.kind) in NAVIGATION else "visitor"
    return "worker" if side == "worker" else "customer"


def navigation(kind: str, actor: Actor | None, path: str = "") -> list[Group]:
    """The groups of a kind with addresses filled in, the current page marked, and what may not be seen left out."""
    groups = [
        replace(
            group,
            items=tuple(item for item in map(_addressed, group.items) if item.href and _may(item, actor)),
        )
        for group in NAVIGATION.get(kind, VISITOR)
    ]
    current = max(
        (item.href for group in groups for item in group.items if _covers(item.href, path)),
        key=len,
        default=None,
    )
    return [
        replace(group, items=tuple(replace(item, current=item.href == current) for item in group.items))
        for group in groups
        if group.items
    ]


def whole(kind: str) -> list[Group]:
    """All entries of a kind, whoever reads and whether their pages exist yet: for the style guide."""
    groups = [
        replace(
            group,
            items=tuple(replace(item, href=_addressed(item).href or f"#{item.name}") for item in group.items),
        )
        for group in NAVIGATION[kind]
    ]
    first, *rest = groups[0].items
    return [replace(groups[0], items=(replace(first, current=True), *rest)), *groups[1:]]


def _addressed(item: Item) -> Item:
    return replace(item, href=_address(item.name))


# Every page asks for all of them, and they stay what they are while the process runs.
@cache
def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _may(item: Item, actor: Actor | None) -> bool:
    return not item.permission or (actor is not None and actor.holds(item.permission))


def _covers(href: str, path: str) -> bool:
    return path == href if href == "/" else path.startswith(href)
