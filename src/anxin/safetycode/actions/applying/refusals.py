"""What applications refuse."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.safetycode.values.applying import NEED_LABELS, Need


class NoApplication(NotFound):
    code = "no_application"
    message = _("没有找到这份申领，或您无权查看。")


class AlreadyApplied(Conflict):
    code = "already_applied"
    message = _("这位服务员已有一份正在办理的申领。")


class CodeInForce(Conflict):
    code = "code_in_force"
    message = _("这位服务员的安心码还在使用。到期前 %(days)s 天内可以申领换发。")


class NoAgency(Conflict):
    code = "no_agency"
    message = _("安心码须通过所属家政机构申领。请先加入一家机构（中介机构也可以）。")


class NotDeclared(Invalid):
    code = "not_declared"
    message = _("请核对资料后勾选声明：内容属实，并且只通过这一家机构申领。")


class NotYourTurn(Forbidden):
    code = "not_your_turn"
    message = _("这一步不由您的单位办理。请刷新查看现在轮到谁。")


class NotEntrustedToReview(Forbidden):
    code = "not_entrusted_to_review"
    message = _("贵单位没有受托复核这个地区的申领，或委托已经到期。请联系主管部门。")


class OwnCase(Forbidden):
    code = "own_case"
    message = _("本人的申领须由同事办理。")


class WhyMissing(Invalid):
    code = "why_missing"
    message = _("请写明理由，会原样告诉本人。")


class TooLong(Conflict):
    code = "extension_too_long"
    message = _("一次申领累计最多延长 %(days)s 个工作日，还可以延长 %(left)s 个。")


class StandsStill(Conflict):
    code = "clock_stands_still"
    message = _("这份申领现在不计时，无需再暂停。")


class Runs(Conflict):
    code = "clock_runs"
    message = _("这份申领没有暂停计时。")


class NeedsMissing(Conflict):
    """`needs`: which conditions are not met."""

    code = "needs_missing"
    message = _("还差：%(missing)s。补齐后才能进入下一步。")

    def __init__(self, needs: Iterable[Need]) -> None:
        self.needs = tuple(needs)
        super().__init__(missing="、".join(gettext(NEED_LABELS[need]) for need in self.needs))
