"""The words of the register: kinds of personal data, legal bases, how long it is kept, what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

LAW = "个人信息保护法"


class Kind(StrEnum):
    """What a field tells of a person."""

    NAME = "name"
    CONTACT = "contact"
    IDENTITY = "identity"
    HOME = "home"
    PLACE = "place"
    HEALTH = "health"
    BACKGROUND = "background"
    PAPER = "paper"
    WORK = "work"
    PICTURE = "picture"
    MONEY = "money"
    WORDS = "words"
    SIGN_IN = "sign_in"
    KEY = "key"


KIND_LABELS = {
    Kind.NAME: gettext_noop("姓名"),
    Kind.CONTACT: gettext_noop("手机号"),
    Kind.IDENTITY: gettext_noop("身份证号码与实名核验结果"),
    Kind.HOME: gettext_noop("家庭住址与家庭情况"),
    Kind.PLACE: gettext_noop("位置"),
    Kind.HEALTH: gettext_noop("健康检查结论"),
    Kind.BACKGROUND: gettext_noop("背景核查结论"),
    Kind.PAPER: gettext_noop("证件与证书"),
    Kind.WORK: gettext_noop("从业经历与评分"),
    Kind.PICTURE: gettext_noop("照片与签名笔迹"),
    Kind.MONEY: gettext_noop("账单、付款与发票"),
    Kind.WORDS: gettext_noop("本人写下的话"),
    Kind.SIGN_IN: gettext_noop("登录与操作记录"),
    Kind.KEY: gettext_noop("内部编号（不含姓名）"),
}

# 个人信息保护法 art. 28: what may harm a person when it leaks.
SENSITIVE = frozenset({Kind.IDENTITY, Kind.PLACE, Kind.HEALTH, Kind.BACKGROUND, Kind.PICTURE, Kind.MONEY})


class Basis(StrEnum):
    """个人信息保护法 art. 13."""

    CONSENT = "consent"
    SEPARATE_CONSENT = "separate_consent"
    CONTRACT = "contract"
    DUTY = "duty"


BASIS_LABELS = {
    Basis.CONSENT: gettext_noop("您的同意（个人信息保护法第十三条第一项）"),
    Basis.SEPARATE_CONSENT: gettext_noop("您的单独同意（个人信息保护法第二十九条）"),
    Basis.CONTRACT: gettext_noop("为订立、履行您的合同所必需（个人信息保护法第十三条第二项）"),
    Basis.DUTY: gettext_noop("为履行法定职责或法定义务所必需（个人信息保护法第十三条第三项）"),
}


class Fate(StrEnum):
    """What becomes of a field when the account is closed."""

    DESTROY = "destroy"
    PSEUDONYM = "pseudonym"
    COARSE = "coarse"
    LINK = "link"
    KEEP = "keep"


FATE_LABELS = {
    Fate.DESTROY: gettext_noop("注销时销毁"),
    Fate.PSEUDONYM: gettext_noop("注销时换成“已注销用户”"),
    Fate.COARSE: gettext_noop("注销时模糊到约一公里"),
    Fate.LINK: gettext_noop("注销后只剩不含姓名的编号"),
    Fate.KEEP: gettext_noop("依法封存到期，到期销毁"),
}


@dataclass(frozen=True)
class Keep:
    """A retention class. `days` is the operator's rule; None = as long as what it belongs to.

    `since` says in words from when the time runs; `own_job` names the periodic task that deletes such rows
    already, so that the retention job leaves them to it.
    """

    code: str
    label: str
    since: str
    law: str
    days: Policy[int] | None = None
    own_job: str = ""


DAYS = gettext_noop("天")


def _days(code: str, default: int, meaning: str, source: str, low: int) -> Policy[int]:
    return Policy(f"governance.keep_{code}_days", default, unit=DAYS, meaning=meaning, source=source, low=low)


_keeps = [
    Keep("account", gettext_noop("账号资料"), gettext_noop("账号存续期间"), f"{LAW}第四十七条"),
    Keep("business", gettext_noop("机构经营资料"), gettext_noop("机构退出之日起"), "网络交易监督管理办法第三十一条",
         _days("business", 1096, gettext_noop("机构退出后经营者身份资料保存的天数"),
               "网络交易监督管理办法第三十一条", 1096)),
    Keep("customer", gettext_noop("客户资料"), gettext_noop("账号存续期间"), f"{LAW}第四十七条"),
    Keep("worker", gettext_noop("家政员档案"), gettext_noop("停止从业之日起"), "DEF",
         _days("worker", 1826, gettext_noop("家政员停止从业后档案保存的天数"), "DEF", 1096)),
    Keep("health_original", gettext_noop("健康证明原件"), gettext_noop("证明到期之日起"), "DEF",
         _days("health_original", 90, gettext_noop("健康证明到期后原件保存的天数，结论和日期继续保留"), "DEF", 0)),
    Keep("deal", gettext_noop("交易与服务记录"), gettext_noop("订单完结之日起"), "电子商务法第三十一条",
         _days("deal", 1096, gettext_noop("订单完结后交易记录保存的天数"), "电子商务法第三十一条", 1096)),
    Keep("contract", gettext_noop("合同与签署证据"), gettext_noop("签署之日起"), "电子商务法第三十一条",
         _days("contract", 1826, gettext_noop("合同签署后文本与证据保存的天数"), "电子商务法第三十一条", 1096)),
    Keep("finance", gettext_noop("账单、付款与发票"), gettext_noop("记账之日起"), "会计档案管理办法",
         _days("finance", 10958, gettext_noop("会计凭证保存的天数"), "会计档案管理办法", 3653)),
    Keep("scan", gettext_noop("扫码记录"), gettext_noop("扫码之日起"), "DEF",
         _days("scan", 183, gettext_noop("扫码记录中位置保存的天数"), "DEF", 1)),
    Keep("visit_place", gettext_noop("到达位置"), gettext_noop("服务结束之日起"), "DEF",
         _days("visit_place", 183, gettext_noop("到达位置保存的天数"), "DEF", 1)),
    Keep("message", gettext_noop("短信"), gettext_noop("发出之日起 183 天"), "网络安全法第二十一条",
         own_job="messaging.forget"),
    Keep("notice", gettext_noop("站内通知"), gettext_noop("通知之日起 730 天"), "DEF", own_job="notices.forget"),
    Keep("sign_in", gettext_noop("登录记录"), gettext_noop("登录结束之日起"), "网络安全法第二十一条",
         own_job="accounts.forget_sign_ins"),
    Keep("code", gettext_noop("验证码"), gettext_noop("发出之日起"), "DEF", own_job="accounts.forget_codes"),
    Keep("audit", gettext_noop("安全审计记录"), gettext_noop("不可删改，至少 183 天"), "网络安全法第二十一条"),
    Keep("privacy", gettext_noop("同意、查看与申请的记录"), gettext_noop("记录之日起"), f"{LAW}第五十六条",
         _days("privacy", 1096, gettext_noop("同意、查看、更正和注销记录保存的天数"), f"{LAW}第五十六条", 1096)),
    Keep("export", gettext_noop("资料副本"), gettext_noop("生成之日起 7 天"), "DEF", own_job="governance.tick"),
]  # fmt: skip
KEEPS: dict[str, Keep] = {keep.code: keep for keep in _keeps}
