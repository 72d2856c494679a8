"""Words and facts of the application for a code: desks, steps, conditions, the clock. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.safetycode.states import ApplicationState as A

_SOURCE = "浙商务发〔2020〕21号 §5"
WORKDAYS = gettext_noop("个工作日")
LIMIT_DAYS = Policy(
    "safetycode.apply_workdays", 10, unit=WORKDAYS, low=1, high=60, source=_SOURCE,
    meaning=gettext_noop("安心码从提交机构初审到下发的办理时限；等待补正和等待外部单位的时间不计。"),
)  # fmt: skip
EXTEND_DAYS = Policy(
    "safetycode.extend_workdays", 10, unit=WORKDAYS, low=1, high=60, source=_SOURCE,
    meaning=gettext_noop("一次申领累计最多可延长的时间；每次延长都要把理由告诉本人。"),
)  # fmt: skip
APPEAL_DAYS = Policy(
    "safetycode.appeal_workdays", 10, unit=WORKDAYS, low=1, high=60,
    meaning=gettext_noop("对红码、未通过的申诉，自提出起作出裁定的时限。"),
)  # fmt: skip
ANSWER_DAYS = Policy(
    "safetycode.appeal_answer_workdays", 3, unit=WORKDAYS, low=1, high=30,
    meaning=gettext_noop("申诉中，原单位答复的时限；过期不答复的，直接进入裁定。"),
)  # fmt: skip
REPLY_DAYS = Policy(
    "safetycode.appeal_reply_workdays", 3, unit=WORKDAYS, low=1, high=30,
    meaning=gettext_noop("申诉中，本人看到答复后再次陈述的时限。"),
)  # fmt: skip
RENEW_DAYS = Policy(
    "safetycode.renew_days", 60, unit=gettext_noop("天"), low=7, high=180,
    meaning=gettext_noop("安心码到期前多少天内可以申领换发。"),
)  # fmt: skip
WAIT_DAYS = Policy(
    "safetycode.wait_workdays", 10, unit=WORKDAYS, low=1, high=60,
    meaning=gettext_noop("申领因等待本人或外部单位（体检、保险、核查）暂停计时，每次最长的时间；到期自动恢复计时。"),
)  # fmt: skip


class Desk(StrEnum):
    """Whose turn it is."""

    WORKER = "worker"
    AGENCY = "agency"
    ASSOCIATION = "association"
    BUREAU = "bureau"
    ISSUER = "issuer"


DESK_LABELS = {
    Desk.WORKER: gettext_noop("本人"),
    Desk.AGENCY: gettext_noop("家政企业"),
    Desk.ASSOCIATION: gettext_noop("复核单位"),
    Desk.BUREAU: gettext_noop("主管部门"),
    Desk.ISSUER: gettext_noop("发码单位"),
}
DESK_OF = {
    A.DRAFT: Desk.WORKER,
    A.RETURNED: Desk.WORKER,
    A.AGENCY_REVIEW: Desk.AGENCY,
    A.ASSOCIATION_REVIEW: Desk.ASSOCIATION,
    A.BUREAU_REVIEW: Desk.BUREAU,
    A.EXAM_PENDING: Desk.AGENCY,
    A.INSURANCE_PENDING: Desk.AGENCY,
    A.APPROVED: Desk.ISSUER,
    A.ISSUED: Desk.AGENCY,
}
# The eight steps as everybody sees them; the ninth state is their end.
STEPS = (
    A.DRAFT, A.AGENCY_REVIEW, A.ASSOCIATION_REVIEW, A.BUREAU_REVIEW, A.EXAM_PENDING, A.INSURANCE_PENDING,
    A.APPROVED, A.ISSUED, A.DELIVERED,
)  # fmt: skip
CLOSED = (A.DELIVERED, A.REJECTED, A.WITHDRAWN)
# In these the clock runs: somebody other than the worker has to do something.
RUNNING = frozenset(STEPS[1:-1])


class Need(StrEnum):
    """What must be true before a code is issued (D-4)."""

    IDENTITY = "identity"
    AFFILIATION = "affiliation"
    DECLARATION = "declaration"
    AUTHORISATION = "authorisation"
    FACE = "face"
    TRAINING = "training"
    BACKGROUND = "background"
    HEALTH = "health"
    INSURANCE = "insurance"


NEED_LABELS = {
    Need.IDENTITY: gettext_noop("实名核验"),
    Need.AFFILIATION: gettext_noop("属于申领机构"),
    Need.DECLARATION: gettext_noop("本人声明属实、只属这一家机构"),
    Need.AUTHORISATION: gettext_noop("信用信息授权"),
    Need.FACE: gettext_noop("人证比对"),
    Need.TRAINING: gettext_noop("培训证书"),
    Need.BACKGROUND: gettext_noop("背景核查"),
    Need.HEALTH: gettext_noop("健康体检"),
    Need.INSURANCE: gettext_noop("家政责任险"),
}
# What to do about each that is not met yet, said to whoever looks.
NEED_NEXT = {
    Need.IDENTITY: gettext_noop("请本人登录后在“我的资料”完成实名核验。"),
    Need.AFFILIATION: gettext_noop("本人目前不属于这家机构，请先由机构办理加入。"),
    Need.DECLARATION: gettext_noop("请本人在手机上核对资料、勾选声明并提交。"),
    Need.AUTHORISATION: gettext_noop("请本人签署授权；健康、背景核查信息须分别同意。"),
    Need.FACE: gettext_noop("请本人持身份证完成人脸与证件比对。"),
    Need.TRAINING: gettext_noop("请上传家政培训证书，由机构查验原件后核验。"),
    Need.BACKGROUND: gettext_noop("由主管部门会同有关部门核查，只留结论和日期。"),
    Need.HEALTH: gettext_noop("请机构安排到指定体检机构体检，结论合格后自动进入下一步。"),
    Need.INSURANCE: gettext_noop("请机构投保家政责任险并报备保单，生效后自动进入下一步。"),
}
# Before the application leaves a state forward, these are met; for the issue, all.
BEFORE = {
    A.DRAFT: (Need.IDENTITY, Need.AFFILIATION),
    A.AGENCY_REVIEW: (Need.IDENTITY, Need.AFFILIATION, Need.DECLARATION, Need.AUTHORISATION, Need.TRAINING),
    A.ASSOCIATION_REVIEW: (Need.AFFILIATION, Need.AUTHORISATION, Need.FACE, Need.TRAINING),
    A.BUREAU_REVIEW: (Need.BACKGROUND,),
    A.EXAM_PENDING: (Need.HEALTH,),
    A.INSURANCE_PENDING: (Need.INSURANCE,),
    A.APPROVED: tuple(Need),
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition as the facts tell it; `until` is the last valid day where there is one."""

    need: Need
    met: bool
    until: date | None = None


class Cause(StrEnum):
    """For what the clock stands still."""

    WORKER = "worker"
    INSTITUTION = "institution"
    APPEAL = "appeal"


CAUSE_LABELS = {
    Cause.WORKER: gettext_noop("等待本人"),
    Cause.INSTITUTION: gettext_noop("等待外部单位"),
    Cause.APPEAL: gettext_noop("申诉期间"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A state and since when."""

    at: datetime
    state: A


@dataclass(frozen=True, slots=True)
class Halt:
    """The clock was stopped from `start` until `end` (None: still)."""

    start: datetime
    end: datetime | None
    cause: Cause


@dataclass(frozen=True, slots=True)
class Reading:
    """What the clock shows on a day. All in working days.

    used: counted up to and with this day; limit: with extensions; waited: per cause, not counted; at_desk: of the
    counted, per state; due_on: the last day, None while the clock stands still in time; late_since: the first day
    past the limit; running: whether it runs now.
    """

    used: int
    limit: int
    waited: dict[Cause, int]
    at_desk: dict[A, int]
    due_on: date | None
    late_since: date | None
    running: bool

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def late(self) -> bool:
        return self.late_since is not None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One row of an upload: `line` as in the file; `worker_id` if one was found; what is wrong with it."""

    line: int
    name: str
    phone: str
    number: str
    tier: int
    worker_id: str = ""
    faults: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        return bool(self.worker_id) and not self.faults


class Ground(StrEnum):
    """What an appeal is about."""

    REFUSED = "refused"
    RED = "red"


class Remedy(StrEnum):
    """What an upheld appeal put back."""

    REINSTATED = "reinstated"
    CODE = "code"
    PAPER = "paper"
    CREDIT = "credit"


REMEDY_WORDS = {
    Remedy.REINSTATED: gettext_noop("申领已恢复，回到原来的一步继续办理"),
    Remedy.CODE: gettext_noop("安心码已恢复"),
    Remedy.PAPER: gettext_noop("有误的记录已撤销，请重新办理这一项"),
    Remedy.CREDIT: gettext_noop("信用记录已更正"),
}


@dataclass(frozen=True, slots=True)
class Contested:
    """What is appealed against. evidence: codes and dates of what was decided from; `against`: who decided, if not
    the facts; desk: who decides the appeal; until: the last day to appeal, if there is one."""

    ground: Ground
    evidence: dict[str, object]
    against: UUID | None
    desk: Desk
    until: date | None = None


# Headings of an upload; a worker is told by number, or by name and phone.
NAME, PHONE, NUMBER, TIER = "姓名", "手机号", "家政员编号", "体检类别"


class Fault(StrEnum):
    """What is wrong with a row of an upload."""

    UNKNOWN = "unknown"
    NAME = "name"
    TWICE = "twice"
    OPEN = "open"
    IN_FORCE = "in_force"
    TIER = "tier"


FAULT_LABELS = {
    Fault.UNKNOWN: gettext_noop("本机构没有这位服务员，请核对编号或手机号"),
    Fault.NAME: gettext_noop("姓名与登记的不一致"),
    Fault.TWICE: gettext_noop("文件中重复"),
    Fault.OPEN: gettext_noop("已有正在办理的申领"),
    Fault.IN_FORCE: gettext_noop("安心码还在使用，未到换发时间"),
    Fault.TIER: gettext_noop("体检类别应为：一般、居家、养老照护或母婴照护"),
}
