"""Kinds of organisations, posts and the permissions each post holds, and facts about people. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from anxin.accounts.values.consents import ASKED as ASKED
from anxin.accounts.values.consents import CONSENT_FIELD as CONSENT_FIELD
from anxin.accounts.values.consents import FOR_THE_CODE as FOR_THE_CODE
from anxin.accounts.values.consents import Asked as Asked
from anxin.accounts.values.consents import Purpose as Purpose
from anxin.kit.masks import mask_name, mask_phone
from anxin.kit.text import gettext_noop


class OrganisationKind(StrEnum):
    AGENCY = "agency"
    OPERATOR = "operator"
    ASSOCIATION = "association"
    BUREAU = "bureau"
    OUTLET = "outlet"
    TRAINING = "training"
    EXPERTS = "experts"
    CORPORATE = "corporate"
    EXAM = "exam"
    INSURER = "insurer"
    CREDIT = "credit"


KIND_LABELS = {
    OrganisationKind.AGENCY: gettext_noop("家政企业"),
    OrganisationKind.OPERATOR: gettext_noop("平台运营方"),
    OrganisationKind.ASSOCIATION: gettext_noop("行业协会"),
    OrganisationKind.BUREAU: gettext_noop("主管部门"),
    OrganisationKind.OUTLET: gettext_noop("社区网点"),
    OrganisationKind.TRAINING: gettext_noop("培训机构"),
    OrganisationKind.EXPERTS: gettext_noop("专家团队"),
    OrganisationKind.CORPORATE: gettext_noop("企业客户"),
    OrganisationKind.EXAM: gettext_noop("体检机构"),
    OrganisationKind.INSURER: gettext_noop("保险公司"),
    OrganisationKind.CREDIT: gettext_noop("信用服务机构"),
}
# Who looks after others and therefore only within a county or a city.
REGIONAL_KINDS = (OrganisationKind.ASSOCIATION, OrganisationKind.BUREAU, OrganisationKind.CREDIT)


@dataclass(frozen=True)
class Post:
    """A post within one kind of organisation; `permissions` are "area.verb"."""

    code: str
    label: str
    kind: OrganisationKind
    permissions: frozenset[str]


AGENCY_READ = {"agencies.read", "orders.read", "workers.read"}
# What the head of any organisation may do with its posts.
STAFFING = frozenset({"accounts.appoint"})
# What kinds of organisations have in common, each for its own people: posts, and words to many.
COMMON = STAFFING | {"notices.send"}
# Who looks after a region reads its trade in lists of masked rows, never the order, bill or review itself.
OVERSIGHT = frozenset({"orders.oversee", "payments.oversee", "reviews.oversee"})


def _post(kind: OrganisationKind, code: str, label: str, *permissions: str) -> Post:
    return Post(code, label, kind, frozenset(permissions))


_posts = [
    _post(OrganisationKind.AGENCY, "head", gettext_noop("店长"),
          *AGENCY_READ, *STAFFING, "agencies.manage", "agencies.publish", "orders.accept", "orders.dispatch",
          "orders.warnings", "workers.manage", "contracts.seal", "payments.bill", "payments.invoice", "ledger.read",
          "reviews.answer", "notices.send"),
    _post(OrganisationKind.AGENCY, "dispatcher", gettext_noop("派单员"),
          *AGENCY_READ, "orders.accept", "orders.dispatch", "orders.warnings"),
    _post(OrganisationKind.AGENCY, "finance", gettext_noop("财务"),
          *AGENCY_READ, "payments.bill", "payments.invoice", "ledger.read"),
    _post(OrganisationKind.AGENCY, "service", gettext_noop("客服"),
          *AGENCY_READ, "orders.warnings", "reviews.answer"),
    _post(OrganisationKind.OUTLET, "head", gettext_noop("网点店长"), *STAFFING, "outlets.read"),
    _post(OrganisationKind.OUTLET, "service", gettext_noop("网点客服"), "outlets.read"),
    _post(OrganisationKind.OPERATOR, "operations", gettext_noop("平台运营"),
          "operator.desk", "messaging.read", "workers.oversee", "contracts.oversee", "agencies.verify",
          "policies.change", "places.manage", "notices.send", "contracts.template", "payments.reconcile"),
    _post(OrganisationKind.OPERATOR, "reviewer", gettext_noop("审核员"), "operator.desk", "agencies.verify"),
    _post(OrganisationKind.OPERATOR, "finance", gettext_noop("平台财务"), "operator.desk", "payments.reconcile"),
    _post(OrganisationKind.OPERATOR, "service", gettext_noop("平台客服"), "operator.desk", "messaging.read"),
    _post(OrganisationKind.OPERATOR, "reviews", gettext_noop("评价管理员"), "operator.desk", "reviews.manage"),
    _post(OrganisationKind.OPERATOR, "system", gettext_noop("系统管理员"),
          "operator.desk", "messaging.read", "places.manage"),
    _post(OrganisationKind.OPERATOR, "security", gettext_noop("安全管理员"),
          *STAFFING, "operator.desk", "accounts.organise", "rights.read"),
    _post(OrganisationKind.OPERATOR, "auditor", gettext_noop("审计管理员"),
          "operator.desk", "audit.read", "rights.read"),
    _post(OrganisationKind.ASSOCIATION, "head", gettext_noop("协会负责人"),
          *STAFFING, *OVERSIGHT, "safetycode.vet", "safetycode.issue", "safetycode.manage", "safetycode.appeals",
          "notices.send"),
    _post(OrganisationKind.ASSOCIATION, "codes", gettext_noop("安心码管理员"),
          "safetycode.vet", "safetycode.issue", "safetycode.manage", "safetycode.appeals"),
    _post(OrganisationKind.BUREAU, "head", gettext_noop("部门负责人"),
          *STAFFING, *OVERSIGHT, "governance.supervise", "notices.send", "safetycode.delegate", "safetycode.subsidise",
          "safetycode.review", "safetycode.appeals"),
    _post(OrganisationKind.BUREAU, "supervisor", gettext_noop("监管员"),
          *OVERSIGHT, "governance.supervise", "safetycode.review", "safetycode.appeals"),
    _post(OrganisationKind.TRAINING, "head", gettext_noop("培训机构负责人"), *STAFFING, "training.read"),
    _post(OrganisationKind.TRAINING, "registrar", gettext_noop("教务员"), "training.read"),
    _post(OrganisationKind.EXPERTS, "head", gettext_noop("专家组组长"), *STAFFING, "experts.read"),
    _post(OrganisationKind.EXPERTS, "expert", gettext_noop("专家"), "experts.read"),
    _post(OrganisationKind.CORPORATE, "head", gettext_noop("企业负责人"), *STAFFING, "corporate.read"),
    _post(OrganisationKind.CORPORATE, "buyer", gettext_noop("采购员"), "corporate.read"),
    _post(OrganisationKind.EXAM, "head", gettext_noop("体检机构负责人"), *STAFFING, "safetycode.examine"),
    _post(OrganisationKind.EXAM, "registrar", gettext_noop("体检登记员"), "safetycode.examine"),
    _post(OrganisationKind.INSURER, "head", gettext_noop("保险公司负责人"), *STAFFING, "safetycode.insure"),
    _post(OrganisationKind.INSURER, "clerk", gettext_noop("承保员"), "safetycode.insure"),
    # What they may do is what the bureau entrusted their house with: to review, to issue, or both.
    _post(OrganisationKind.CREDIT, "head", gettext_noop("信用服务机构负责人"),
          *STAFFING, "safetycode.vet", "safetycode.issue"),
    _post(OrganisationKind.CREDIT, "reviewer", gettext_noop("申领复核员"), "safetycode.vet"),
    _post(OrganisationKind.CREDIT, "issuer", gettext_noop("发码员"), "safetycode.issue"),
]  # fmt: skip
POSTS: dict[str, Post] = {f"{post.kind}.{post.code}": post for post in _posts}
# GB/T 22239: nobody holds two of these at a time, not even while standing in for somebody.
ADMINISTRATORS = ("operator.system", "operator.security", "operator.auditor")


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSTATED = "9"


SEX_LABELS = {
    Sex.UNKNOWN: gettext_noop("未知"),
    Sex.MALE: gettext_noop("男"),
    Sex.FEMALE: gettext_noop("女"),
    Sex.UNSTATED: gettext_noop("未说明"),
}


class IdFault(StrEnum):
    """What is wrong with an identity number, from the outside in."""

    OLD = "old"
    LENGTH = "length"
    FORM = "form"
    PROVINCE = "province"
    DATE = "date"
    FUTURE = "future"
    AGE = "age"
    CHECKSUM = "checksum"


ID_FAULT_LABELS = {
    IdFault.OLD: gettext_noop("15 位的一代身份证号码已停止使用，请填写二代身份证上的 18 位号码。"),
    IdFault.LENGTH: gettext_noop("身份证号码应为 18 位，请对照证件检查是否多填或漏填。"),
    IdFault.FORM: gettext_noop("身份证号码前 17 位应为数字，最后一位是数字或字母 X。"),
    IdFault.PROVINCE: gettext_noop("身份证号码的前两位不是有效的地区代码，请对照证件检查。"),
    IdFault.DATE: gettext_noop("身份证号码第 7 至 14 位不是真实的日期，请对照证件检查出生年月日。"),
    IdFault.FUTURE: gettext_noop("身份证号码中的出生日期晚于今天，请对照证件检查第 7 至 14 位。"),
    IdFault.AGE: gettext_noop("身份证号码中的出生日期距今超过 120 年，请对照证件检查第 7 至 14 位。"),
    IdFault.CHECKSUM: gettext_noop("身份证号码的校验位不符，通常是某一位填错了，请逐位对照证件检查。"),
}


class UsccFault(StrEnum):
    """What is wrong with a unified social credit code."""

    LENGTH = "length"
    ALPHABET = "alphabet"
    FORM = "form"
    CHECKSUM = "checksum"


USCC_FAULT_LABELS = {
    UsccFault.LENGTH: gettext_noop("统一社会信用代码应为 18 位，请对照营业执照检查。"),
    UsccFault.ALPHABET: gettext_noop(
        "统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请检查是否把 1、0、5、2 看成了字母。"
    ),
    UsccFault.FORM: gettext_noop(
        "统一社会信用代码的登记机关代码或行政区划代码不对，请对照营业执照检查前 8 位。"
    ),
    UsccFault.CHECKSUM: gettext_noop(
        "统一社会信用代码的校验位不符，通常是某一位填错了，请逐位对照营业执照检查。"
    ),
}


@dataclass(frozen=True, slots=True)
class Uscc:
    """A valid code: `category` are its first two characters (91 company, 92 individual business …)."""

    code: str
    category: str
    region_code: str
    organisation_ok: bool


class PasswordFault(StrEnum):
    SHORT = "short"
    LONG = "long"
    PLAIN = "plain"
    COMMON = "common"
    OWN = "own"


PASSWORD_FAULT_LABELS = {
    PasswordFault.SHORT: gettext_noop(
        "密码太短：至少 8 个字符，平台、协会、主管部门和信用服务机构的岗位至少 10 个。"
    ),
    PasswordFault.LONG: gettext_noop("密码太长：最多 128 个字符。"),
    PasswordFault.PLAIN: gettext_noop("密码太简单：小写字母、大写字母、数字、符号四类中至少要有三类。"),
    PasswordFault.COMMON: gettext_noop("这个密码太常见，最先被人试到。请换一个。"),
    PasswordFault.OWN: gettext_noop("密码里不要用自己的手机号。请换一个。"),
}


class CodePurpose(StrEnum):
    """What a one-time code confirms; a code sent for one purpose is worth nothing for another."""

    SIGN_IN = "sign_in"
    CONTRACT = "contract"
    PHONE_CHANGE = "phone_change"
    PASSWORD = "password"
    STEP_UP = "step_up"
    AUTHORISATION = "authorisation"


PURPOSE_LABELS = {
    CodePurpose.SIGN_IN: gettext_noop("登录"),
    CodePurpose.CONTRACT: gettext_noop("签署合同"),
    CodePurpose.PHONE_CHANGE: gettext_noop("更换手机号"),
    CodePurpose.PASSWORD: gettext_noop("设置登录密码"),
    CodePurpose.STEP_UP: gettext_noop("确认重要操作"),
    CodePurpose.AUTHORISATION: gettext_noop("签署信用信息授权书"),
}


@dataclass(frozen=True, slots=True)
class CodeProof:
    """That somebody read a code off a phone: which code, which phone, sent and confirmed when. For evidence."""

    code_id: UUID
    purpose: str
    phone_masked: str
    sent_at: datetime
    confirmed_at: datetime


class IdentityResult(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What another area may need of a person. The caller masks what its reader may not see."""

    id: UUID
    name: str
    phone: str
    verified: bool
    sex: Sex = Sex.UNKNOWN
    birth_date: date | None = None

    @property
    def name_masked(self) -> str:
        return mask_name(self.name)

    @property
    def phone_masked(self) -> str:
        return mask_phone(self.phone)


class FactorKind(StrEnum):
    """What a second factor may be shown by."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


FACTOR_LABELS = {
    FactorKind.TOTP: gettext_noop("验证器动态口令"),
    FactorKind.PASSKEY: gettext_noop("通行密钥"),
    FactorKind.RECOVERY: gettext_noop("恢复码"),
}


class FactorChange(StrEnum):
    """What happened to somebody's second factors."""

    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    CODES_ISSUED = "codes_issued"
    CODE_USED = "code_used"
    RESET = "reset"


FACTOR_CHANGE_LABELS = {
    FactorChange.TOTP_ADDED: gettext_noop("绑定了验证器"),
    FactorChange.TOTP_REMOVED: gettext_noop("移除了验证器"),
    FactorChange.PASSKEY_ADDED: gettext_noop("登记了通行密钥"),
    FactorChange.PASSKEY_REMOVED: gettext_noop("移除了通行密钥"),
    FactorChange.CODES_ISSUED: gettext_noop("重新生成了恢复码"),
    FactorChange.CODE_USED: gettext_noop("用掉了一个恢复码"),
    FactorChange.RESET: gettext_noop("由管理员清除了全部第二重验证"),
}


@dataclass(frozen=True, slots=True)
class Guards:
    """How many posts are held and how many of them lie suspended, how many people need a second factor and have none,
    how many numbers are locked after wrong passwords."""

    posts: int
    suspended: int
    privileged: int
    without_second: int
    locked: int


@dataclass(frozen=True, slots=True)
class Ways:
    """How a person may prove who they are: with a second factor if they have one, else by code or password."""

    totp: bool
    passkeys: int
    recovery_left: int
    password: bool
    phone_masked: str

    @property
    def has_second(self) -> bool:
        return self.totp or self.passkeys > 0
