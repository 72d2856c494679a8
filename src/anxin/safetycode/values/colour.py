"""Colours, reasons and judgements of the safety code. Plain."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.safetycode.states import CodeState
from anxin.workers.values import Papers, PaperState, WorkerCard

# 浙商务发〔2020〕21号 §3, where an issuer has chosen nothing else. Credit is an overlay on whatever is chosen.
RULE_SET = "ZJ-2020"
CREDIT = "CREDIT"

LOOKS_A_MINUTE = Policy(
    "safetycode.looks_a_minute",
    30,
    unit=gettext_noop("次"),
    meaning=gettext_noop("同一网络地址每分钟最多可以查看几次安心码，防止批量套取。"),
    low=5,
    high=600,
)
LOOKS_AT_ONE = Policy(
    "safetycode.looks_at_one",
    120,
    unit=gettext_noop("次"),
    meaning=gettext_noop("同一张安心码每分钟最多可以被查看几次，手机动态码和纸质证分别计算，防止被人盯梢。"),
    low=20,
    high=6000,
)
HOTLINE = Policy(
    "safetycode.hotline",
    "12345",
    unit="",
    meaning=gettext_noop("扫码页面上的咨询与维权电话。"),
)


class Colour(StrEnum):
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


COLOUR_LABELS = {
    Colour.GREEN: gettext_noop("绿码"),
    Colour.YELLOW: gettext_noop("黄码"),
    Colour.RED: gettext_noop("红码"),
}
COLOUR_MEANINGS = {
    Colour.GREEN: gettext_noop("可以上门服务"),
    Colour.YELLOW: gettext_noop("暂不接新单，请尽快补齐证件"),
    Colour.RED: gettext_noop("不得上门服务"),
}
# Never by colour alone (standards §2.7): a shape for each.
COLOUR_SHAPES = {
    Colour.GREEN: "circle-check-filled",
    Colour.YELLOW: "alert-triangle",
    Colour.RED: "alert-octagon",
}


class ReasonCode(StrEnum):
    """Why a code is not green. One of a part at most; the date, where there is one, is in the Reason."""

    NOT_ISSUED = "not_issued"
    CODE_SUSPENDED = "code_suspended"
    CODE_EXPIRED = "code_expired"
    CODE_REVOKED = "code_revoked"
    CODE_SUPERSEDED = "code_superseded"
    HEALTH_MISSING = "health_check_missing"
    HEALTH_EXPIRED = "health_check_expired"
    HEALTH_NOT_YET = "health_check_not_yet"
    HEALTH_FAILED = "health_check_failed"
    HEALTH_PENDING = "health_check_pending"
    INSURANCE_MISSING = "insurance_missing"
    INSURANCE_EXPIRED = "insurance_expired"
    INSURANCE_NOT_YET = "insurance_not_yet"
    INSURANCE_FAILED = "insurance_failed"
    INSURANCE_PENDING = "insurance_pending"
    BACKGROUND_MISSING = "background_check_missing"
    BACKGROUND_EXPIRED = "background_check_expired"
    BACKGROUND_NOT_YET = "background_check_not_yet"
    BACKGROUND_FAILED = "background_check_failed"
    BACKGROUND_PENDING = "background_check_pending"
    CREDIT_BARRED = "credit_barred"
    CREDIT_BREACH = "credit_breach"
    CREDIT_LOW = "credit_low"


REASON_LABELS = {
    ReasonCode.NOT_ISSUED: gettext_noop("安心码尚未发放"),
    ReasonCode.CODE_SUSPENDED: gettext_noop("安心码已暂停使用"),
    ReasonCode.CODE_EXPIRED: gettext_noop("安心码已于 %(day)s 到期"),
    ReasonCode.CODE_REVOKED: gettext_noop("安心码已收回"),
    ReasonCode.CODE_SUPERSEDED: gettext_noop("安心码已被新码取代"),
    ReasonCode.HEALTH_MISSING: gettext_noop("没有健康体检记录"),
    ReasonCode.HEALTH_EXPIRED: gettext_noop("健康体检已于 %(day)s 到期"),
    ReasonCode.HEALTH_NOT_YET: gettext_noop("健康体检从 %(day)s 起才生效"),
    ReasonCode.HEALTH_FAILED: gettext_noop("健康体检结论为不合格"),
    ReasonCode.HEALTH_PENDING: gettext_noop("健康体检尚未核验"),
    ReasonCode.INSURANCE_MISSING: gettext_noop("没有家政责任险记录"),
    ReasonCode.INSURANCE_EXPIRED: gettext_noop("家政责任险已于 %(day)s 到期"),
    ReasonCode.INSURANCE_NOT_YET: gettext_noop("家政责任险从 %(day)s 起才生效"),
    ReasonCode.INSURANCE_FAILED: gettext_noop("家政责任险无效"),
    ReasonCode.INSURANCE_PENDING: gettext_noop("家政责任险尚未核验"),
    ReasonCode.BACKGROUND_MISSING: gettext_noop("没有背景核查结论"),
    ReasonCode.BACKGROUND_EXPIRED: gettext_noop("背景核查已于 %(day)s 到期"),
    ReasonCode.BACKGROUND_NOT_YET: gettext_noop("背景核查从 %(day)s 起才生效"),
    ReasonCode.BACKGROUND_FAILED: gettext_noop("背景核查未通过"),
    ReasonCode.BACKGROUND_PENDING: gettext_noop("背景核查尚无结论"),
    ReasonCode.CREDIT_BARRED: gettext_noop("被列入失信名单"),
    ReasonCode.CREDIT_BREACH: gettext_noop("%(day)s 有经确认的严重失信"),
    ReasonCode.CREDIT_LOW: gettext_noop("信用分过低"),
}


class Part(StrEnum):
    """What a colour is decided from, in the order in which reasons are told. Each is in order, or has one reason."""

    CODE = "code"
    BACKGROUND = "background_check"
    HEALTH = "health_check"
    INSURANCE = "insurance"
    BARRED = "credit_barred"
    BREACH = "credit_breach"
    SCORE = "credit_score"


PART_LABELS = {
    Part.CODE: gettext_noop("安心码未发放、暂停、到期或收回"),
    Part.BACKGROUND: gettext_noop("背景核查"),
    Part.HEALTH: gettext_noop("健康体检"),
    Part.INSURANCE: gettext_noop("家政责任险"),
    Part.BARRED: gettext_noop("被列入失信名单"),
    Part.BREACH: gettext_noop("近期有经确认的严重失信"),
    Part.SCORE: gettext_noop("信用分过低"),
}
PAPER_PARTS = (Part.HEALTH, Part.INSURANCE, Part.BACKGROUND)
REASONS_OF: dict[Part, tuple[ReasonCode, ...]] = {
    Part.CODE: (
        ReasonCode.NOT_ISSUED, ReasonCode.CODE_SUSPENDED, ReasonCode.CODE_EXPIRED, ReasonCode.CODE_REVOKED,
        ReasonCode.CODE_SUPERSEDED,
    ),
    **{
        part: tuple(ReasonCode(f"{part}_{state}") for state in PaperState if state is not PaperState.VALID)
        for part in PAPER_PARTS
    },
    Part.BARRED: (ReasonCode.CREDIT_BARRED,),
    Part.BREACH: (ReasonCode.CREDIT_BREACH,),
    Part.SCORE: (ReasonCode.CREDIT_LOW,),
}  # fmt: skip


class Remedy(StrEnum):
    """What would have to be done; all of a judgement's remedies together turn the code green."""

    ISSUE_CODE = "issue_code"
    RESTORE_CODE = "restore_code"
    RENEW_CODE = "renew_code"
    RENEW_HEALTH = "renew_health_check"
    RENEW_INSURANCE = "renew_insurance"
    PASS_BACKGROUND = "pass_background_check"
    LIFT_BAR = "lift_bar"
    MEND_BREACH = "mend_breach"
    RAISE_SCORE = "raise_score"


REMEDY_LABELS = {
    Remedy.ISSUE_CODE: gettext_noop("由机构申领安心码"),
    Remedy.RESTORE_CODE: gettext_noop("联系发码单位恢复安心码"),
    Remedy.RENEW_CODE: gettext_noop("由机构申请换发安心码"),
    Remedy.RENEW_HEALTH: gettext_noop("参加健康体检，由机构登记并核验结论"),
    Remedy.RENEW_INSURANCE: gettext_noop("续保家政责任险，由机构登记并核验保单"),
    Remedy.PASS_BACKGROUND: gettext_noop("由机构提交背景核查"),
    Remedy.LIFT_BAR: gettext_noop("向作出认定的单位申请移出失信名单，认定有误可向发码单位申诉"),
    Remedy.MEND_BREACH: gettext_noop("完成信用修复，或等待期满；认定有误可向发码单位申诉"),
    Remedy.RAISE_SCORE: gettext_noop("用按时、受好评的服务提高信用分"),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What an issuer's codes are judged by from a day on: a rule set, with or without the overlay of credit."""

    valid_from: date = date.min
    rule_set: str = RULE_SET
    credit: bool = False


DEFAULT_CHOICE = Chosen()


@dataclass(frozen=True, slots=True)
class Credit:
    """What the overlay reads. score: 0–100, None = none yet; breach_on: the last confirmed serious breach."""

    score: int | None = None
    breach_on: date | None = None
    barred: bool = False


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the colour is decided from: the code's state and last day (inclusive), the worker's papers and credit.

    state None = never issued. chosen: the choices of the code's issuer in the order in which they were made.
    """

    state: CodeState | None = None
    valid_to: date | None = None
    papers: Papers = field(default_factory=Papers)
    chosen: tuple[Chosen, ...] = ()
    credit: Credit = Credit()

    def chosen_on(self, day: date) -> Chosen:
        """The choice that holds on a day: the latest from which the day is; of two from one day the later made."""
        found = DEFAULT_CHOICE
        for one in self.chosen:
            if found.valid_from <= one.valid_from <= day:
                found = one
        return found


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A colour on a day, by a rule set, with every reason and what would turn it green (empty = it is)."""

    colour: Colour
    day: date
    reasons: tuple[Reason, ...] = ()
    would_turn_green: tuple[Remedy, ...] = ()
    rule_set: str = RULE_SET
    rule_version: str = "1"

    @property
    def is_green(self) -> bool:
        return self.colour is Colour.GREEN


class ScanResult(StrEnum):
    """What a scan tells the one at the door."""

    PASS = "pass"
    WARN = "warn"
    STOP = "stop"


SCAN_RESULTS = {
    Colour.GREEN: ScanResult.PASS,
    Colour.YELLOW: ScanResult.WARN,
    Colour.RED: ScanResult.STOP,
}


@dataclass(frozen=True, slots=True)
class PaperRow:
    """The conclusion on one kind of paper and the date that explains it; never a value."""

    kind: str
    label: str
    state: PaperState
    day: date | None


@dataclass(frozen=True, slots=True)
class ECard:
    """A worker's e-card (B-7.4.3): who, with which papers, how good, and what colour today."""

    worker: WorkerCard
    judgement: Judgement
    code_number: str
    skills: tuple[tuple[str, int], ...]
    papers: tuple[PaperRow, ...]
    credit_grade: str
