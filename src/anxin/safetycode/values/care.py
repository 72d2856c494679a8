"""Words of the care of codes: measures, grounds, the half-yearly refresh, funds. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anxin.accounts.values import OrganisationKind
from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy
from anxin.safetycode.states import ClaimState, RefreshState
from anxin.workers.values import CredentialKind

REFRESH_DAYS = Policy(
    "safetycode.refresh_days", 183, unit=gettext_noop("天"),
    meaning=gettext_noop("安心码的信息多久没有核实就列为“待更新”，由所属机构逐项确认。"),
    source="浙商务发〔2020〕21号 §6", low=30, high=183,
)  # fmt: skip
STALE_DAYS = Policy(
    "safetycode.stale_days", 365, unit=gettext_noop("天"),
    meaning=gettext_noop("安心码的信息多久没有核实就自动暂停，确认后自动恢复。"),
    source="DEF", low=184, high=730,
)  # fmt: skip
VALID_DAYS = Policy(
    "safetycode.code_days", 365, unit=gettext_noop("天"),
    meaning=gettext_noop("安心码和居家上门服务证每次发放的有效期。"),
    source="DEF", low=30, high=1_095,
)  # fmt: skip
APPEAL_DAYS = Policy(
    "safetycode.measure_appeal_days", 15, unit=gettext_noop("天"),
    meaning=gettext_noop("暂停、收回、注销安心码后，服务员多少天内可以申诉。"),
    source="DEF", low=5, high=60,
)  # fmt: skip
HEALTH_SUBSIDY_FEN = Policy(
    "safetycode.health_subsidy_fen", 13_000, unit=gettext_noop("分"),
    meaning=gettext_noop("健康体检补贴：每人每年度一次，发码且绿码才能申领。"),
    source=gettext_noop("项目文件：体检补贴 130 元/人"), low=0, high=100_000,
)  # fmt: skip
CARD_COST_FEN = Policy(
    "safetycode.card_cost_fen", 800, unit=gettext_noop("分"),
    meaning=gettext_noop("制作一张居家上门服务证的成本，由公共经费列支，服务员不付费。"),
    source="浙商务发〔2020〕21号 §7", low=0, high=1_000,
)  # fmt: skip
# No card costs more (浙商务发〔2020〕21号 §7).
CARD_COST_LIMIT_FEN = 1_000

# To whom a bureau may entrust codes.
ENTRUSTED_KINDS = (OrganisationKind.ASSOCIATION, OrganisationKind.CREDIT)


class Task(StrEnum):
    """What a bureau entrusts; one does not bring the other."""

    REVIEW = "reviews"
    ISSUE = "issues"


TASK_LABELS = {
    Task.REVIEW: gettext_noop("复核申领"),
    Task.ISSUE: gettext_noop("发码和管理"),
}


class MeasureKind(StrEnum):
    """What was done about a code, beside issuing it."""

    UPDATE = "update"
    SUSPEND = "suspend"
    RESUME = "resume"
    RECALL = "recall"
    CANCEL = "cancel"
    SUPERSEDE = "supersede"


MEASURE_LABELS = {
    MeasureKind.UPDATE: gettext_noop("更新"),
    MeasureKind.SUSPEND: gettext_noop("暂停"),
    MeasureKind.RESUME: gettext_noop("恢复"),
    MeasureKind.RECALL: gettext_noop("收回"),
    MeasureKind.CANCEL: gettext_noop("注销"),
    MeasureKind.SUPERSEDE: gettext_noop("换发"),
}
# The verb of the state table that each needs, and what it does, told before it is done.
MEASURE_VERBS = {
    MeasureKind.UPDATE: "update", MeasureKind.SUSPEND: "suspend", MeasureKind.RESUME: "restore",
    MeasureKind.RECALL: "revoke", MeasureKind.CANCEL: "revoke", MeasureKind.SUPERSEDE: "supersede",
}  # fmt: skip
MEASURE_EFFECTS = {
    MeasureKind.UPDATE: gettext_noop("信息核实无误，重新计算半年更新；号码和二维码不变。"),
    MeasureKind.SUSPEND: gettext_noop(
        "安心码立即变红，不能接新单；已有订单上门时会被拦下，机构会收到通知另派人员。"
    ),
    MeasureKind.RESUME: gettext_noop("恢复使用，颜色按今天的证件重新判定。"),
    MeasureKind.RECALL: gettext_noop("因差错或不实收回：立即变红，已印的证作废，重新申领才能再用。"),
    MeasureKind.CANCEL: gettext_noop("不再需要时注销：立即变红，已印的证作废，号码为本人保留。"),
    MeasureKind.SUPERSEDE: gettext_noop("号码和有效期不变，二维码全部换新，旧的手机截图和已印的证立即作废。"),
}
# Those that take something from the worker: they come with notice, evidence and a way to appeal.
ADVERSE = (MeasureKind.SUSPEND, MeasureKind.RECALL, MeasureKind.CANCEL)


class Ground(StrEnum):
    """Why; the words beside it say more."""

    COMPLAINT = "complaint"
    FALSE_PAPERS = "false_papers"
    STALE = "stale"
    LEFT_AGENCY = "left_agency"
    LEFT_TRADE = "left_trade"
    CONSENT = "consent"
    CLOSED = "closed"
    LOST = "lost"
    CHANGED = "changed"
    FAULT = "fault"
    CLEARED = "cleared"
    OVER = "over"
    OTHER = "other"


GROUND_LABELS = {
    Ground.COMPLAINT: gettext_noop("投诉或纠纷核查"),
    Ground.FALSE_PAPERS: gettext_noop("证件或信息不实"),
    Ground.STALE: gettext_noop("超过期限未更新"),
    Ground.LEFT_AGENCY: gettext_noop("离开所属机构"),
    Ground.LEFT_TRADE: gettext_noop("不再从业"),
    Ground.CONSENT: gettext_noop("撤回授权"),
    Ground.CLOSED: gettext_noop("账号已注销"),
    Ground.LOST: gettext_noop("遗失或被他人使用"),
    Ground.CHANGED: gettext_noop("信息有变更"),
    Ground.FAULT: gettext_noop("码证差错"),
    Ground.CLEARED: gettext_noop("核查无问题"),
    Ground.OVER: gettext_noop("暂停期满"),
    Ground.OTHER: gettext_noop("其他"),
}
# The grounds that people choose from; the others are the house's own.
GROUNDS = {
    MeasureKind.UPDATE: (Ground.CHANGED, Ground.FAULT, Ground.OTHER),
    MeasureKind.SUSPEND: (
        Ground.COMPLAINT, Ground.FALSE_PAPERS, Ground.LEFT_AGENCY, Ground.CONSENT, Ground.LOST, Ground.OTHER,
    ),
    MeasureKind.RESUME: (Ground.CLEARED, Ground.CHANGED, Ground.OTHER),
    MeasureKind.RECALL: (Ground.FALSE_PAPERS, Ground.COMPLAINT, Ground.LOST, Ground.FAULT, Ground.OTHER),
    MeasureKind.CANCEL: (
        Ground.LEFT_TRADE, Ground.LEFT_AGENCY, Ground.CONSENT, Ground.CLOSED, Ground.OTHER,
    ),
    MeasureKind.SUPERSEDE: (Ground.LOST, Ground.CHANGED, Ground.FAULT, Ground.OTHER),
}  # fmt: skip


class Ending(StrEnum):
    """How an issue ended."""

    EXPIRED = "expired"
    RECALLED = "recalled"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


ENDING_LABELS = {
    Ending.EXPIRED: gettext_noop("到期"),
    Ending.RECALLED: gettext_noop("收回"),
    Ending.CANCELLED: gettext_noop("注销"),
    Ending.SUPERSEDED: gettext_noop("换发"),
}


class Fact(StrEnum):
    """What the half-yearly refresh confirms, one by one."""

    IDENTITY = "identity"
    PHONE = "phone"
    PHOTO = "photo"
    AGENCY = "agency"
    HEALTH = "health_check"
    INSURANCE = "insurance"
    BACKGROUND = "background_check"
    TRAINING = "training"


FACT_LABELS = {
    Fact.IDENTITY: gettext_noop("姓名和证件"),
    Fact.PHONE: gettext_noop("联系电话"),
    Fact.PHOTO: gettext_noop("照片"),
    Fact.AGENCY: gettext_noop("所属机构"),
    Fact.HEALTH: gettext_noop("健康体检"),
    Fact.INSURANCE: gettext_noop("家政责任险"),
    Fact.BACKGROUND: gettext_noop("背景核查"),
    Fact.TRAINING: gettext_noop("培训证明"),
}
FACT_ASKS = {
    Fact.IDENTITY: gettext_noop("与身份证原件核对姓名和号码，本人在场"),
    Fact.PHONE: gettext_noop("拨打一次，是本人接听"),
    Fact.PHOTO: gettext_noop("照片是本人近照，能够打开"),
    Fact.AGENCY: gettext_noop("仍在本机构，且只在本机构"),
    Fact.HEALTH: gettext_noop("体检证明今天有效"),
    Fact.INSURANCE: gettext_noop("保单今天有效，名单里有本人"),
    Fact.BACKGROUND: gettext_noop("背景核查结论今天有效"),
    Fact.TRAINING: gettext_noop("培训证明属实"),
}
# Facts that the archive knows: what it says is not valid today cannot be confirmed.
FACT_PAPERS = {
    Fact.HEALTH: CredentialKind.HEALTH_CHECK,
    Fact.INSURANCE: CredentialKind.INSURANCE,
    Fact.BACKGROUND: CredentialKind.BACKGROUND_CHECK,
    Fact.TRAINING: CredentialKind.TRAINING,
}


class Answer(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"


ANSWER_LABELS = {Answer.RIGHT: gettext_noop("属实"), Answer.WRONG: gettext_noop("有变化")}
REFRESH_STATE_LABELS = {
    RefreshState.OPEN: gettext_noop("待更新"),
    RefreshState.LAPSED: gettext_noop("已逾期暂停"),
    RefreshState.DONE: gettext_noop("已更新"),
    RefreshState.DROPPED: gettext_noop("不再需要"),
}
CLAIM_STATE_LABELS = {
    ClaimState.DRAFT: gettext_noop("草稿"),
    ClaimState.SUBMITTED: gettext_noop("待审批"),
    ClaimState.APPROVED: gettext_noop("待拨付"),
    ClaimState.PAID: gettext_noop("已拨付"),
}


class LineKind(StrEnum):
    """A claim, or what is taken back of one that was paid."""

    CLAIM = "claim"
    RECLAIM = "reclaim"


LINE_LABELS = {LineKind.CLAIM: gettext_noop("申领补贴"), LineKind.RECLAIM: gettext_noop("追回")}


class MinistryState(StrEnum):
    """How the record stands on the Ministry's platform."""

    NONE = "none"
    REVIEWING = "reviewing"
    IN_FORCE = "in_force"
    FROZEN = "frozen"
    ENDED = "ended"


MINISTRY_LABELS = {
    MinistryState.NONE: gettext_noop("没有记录"),
    MinistryState.REVIEWING: gettext_noop("审核中"),
    MinistryState.IN_FORCE: gettext_noop("有效"),
    MinistryState.FROZEN: gettext_noop("已冻结"),
    MinistryState.ENDED: gettext_noop("已注销"),
}


class Difference(StrEnum):
    """In what the two certificates disagree."""

    MISSING = "missing"
    REVIEWING = "reviewing"
    FROZEN = "frozen"
    ENDED = "ended"
    OURS_ENDED = "ours_ended"
    AGENCY = "agency"
    OVER = "over"


DIFFERENCE_LABELS = {
    Difference.MISSING: gettext_noop("商务部平台没有记录"),
    Difference.REVIEWING: gettext_noop("商务部平台还在审核"),
    Difference.FROZEN: gettext_noop("商务部平台已冻结"),
    Difference.ENDED: gettext_noop("商务部平台已注销"),
    Difference.OURS_ENDED: gettext_noop("本平台已停用，商务部平台仍有效"),
    Difference.AGENCY: gettext_noop("所属机构不一致"),
    Difference.OVER: gettext_noop("商务部平台的记录已到期"),
}
DIFFERENCE_REMEDIES = {
    Difference.MISSING: gettext_noop("请机构在商务部平台为她建档并完成人脸核验。"),
    Difference.REVIEWING: gettext_noop("等待审核；超过 10 个工作日请机构催办。"),
    Difference.FROZEN: gettext_noop("先查明冻结原因；属实的，暂停安心码。"),
    Difference.ENDED: gettext_noop("核实是否不再从业；是的，注销安心码。"),
    Difference.OURS_ENDED: gettext_noop("通知商务部平台同步停用，或办理恢复。"),
    Difference.AGENCY: gettext_noop("以现所属机构为准，请机构在商务部平台变更。"),
    Difference.OVER: gettext_noop("请机构在商务部平台续期。"),
}


@dataclass(frozen=True, slots=True)
class Theirs:
    """The Ministry's record of a person: state, number, the agency's credit code, last day."""

    state: MinistryState
    number: str = ""
    agency_uscc: str = ""
    valid_to: date | None = None

    @classmethod
    def nothing(cls) -> Theirs:
        """There is no record."""
        return cls(MinistryState.NONE)
