"""The gates between a worker and a piece of work: what stops them, and what would open it. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop


class Gate(StrEnum):
    """The gates that a worker must pass to be a candidate; `why_not` names those that fail."""

    ACTIVE = "active"
    AFFILIATION = "affiliation"
    SKILL = "skill"
    AREA = "area"
    HEALTH = "health"
    INSURANCE = "insurance"
    CERTIFICATES = "certificates"
    SHIFT = "shift"
    FREE = "free"
    TRAVEL = "travel"
    HOURS = "hours"
    GREEN = "green"
    EXCLUDED = "excluded"
    BLOCKED = "blocked"


GATE_LABELS = {
    Gate.ACTIVE: gettext_noop("服务员当前不接单"),
    Gate.AFFILIATION: gettext_noop("服务员不属于在营的家政机构（或不属于所选机构）"),
    Gate.SKILL: gettext_noop("没有这项服务所需的技能或等级"),
    Gate.AREA: gettext_noop("服务区域不含该镇街"),
    Gate.HEALTH: gettext_noop("服务日没有相应类别的有效健康体检"),
    Gate.INSURANCE: gettext_noop("服务日没有相应职业类别的有效家政责任险"),
    Gate.CERTIFICATES: gettext_noop("缺少这项服务必需的证书"),
    Gate.SHIFT: gettext_noop("不在服务员的可服务时段内"),
    Gate.FREE: gettext_noop("该时段已有安排"),
    Gate.TRAVEL: gettext_noop("与前后安排之间来不及赶路"),
    Gate.HOURS: gettext_noop("超过每天或每周的工时上限，或休息不够"),
    Gate.GREEN: gettext_noop("服务日安心码不是绿码"),
    Gate.EXCLUDED: gettext_noop("已被排除（此前已推荐、被任一方拒绝，或本人就是客户）"),
    # Whose wish it was is told to nobody but them.
    Gate.BLOCKED: gettext_noop("有一方提出不再安排（不说明是哪一方）"),
}

# What the worker themself can do about it, in words for them.
GATE_OPENERS = {
    Gate.ACTIVE: gettext_noop("您现在是暂停接单。恢复接单后就可以。"),
    Gate.AFFILIATION: gettext_noop("这一单要由签约的机构来派或来抢。请联系您的机构，或请机构为您开通抢单。"),
    Gate.SKILL: gettext_noop("在您的技能里加上这项服务；要等级的，请先取得并登记。"),
    Gate.AREA: gettext_noop("在您的服务区域里加上这个镇街。"),
    Gate.HEALTH: gettext_noop("登记服务日仍有效、类别相符的健康体检，核验后就可以。"),
    Gate.INSURANCE: gettext_noop("登记服务日仍有效、职业类别相符的家政责任险，核验后就可以。"),
    Gate.CERTIFICATES: gettext_noop("登记这项服务要的证书，核验后就可以。"),
    Gate.SHIFT: gettext_noop("把这个时间加进您的可服务时段。"),
    Gate.FREE: gettext_noop("这段时间空出来就可以，请看您的日程。"),
    Gate.TRAVEL: gettext_noop("前后的安排离得近些或隔得久些就可以，请看您的日程。"),
    Gate.HOURS: gettext_noop("那一天、那一周的工时少一些，或两天之间休息久一些就可以。"),
    Gate.GREEN: gettext_noop("按安心码页面上写的原因和办法办好，转绿就可以。"),
    Gate.EXCLUDED: gettext_noop("这一单已经派过您，不会再派；不影响您接别的单。"),
    Gate.BLOCKED: gettext_noop("不影响您接别人家的单。"),
}


class BlockSide(StrEnum):
    """Whose wish it is that a worker and a household are not brought together again; the agency's is the worker's."""

    HOUSEHOLD = "household"
    WORKER = "worker"
    AGENCY = "agency"
