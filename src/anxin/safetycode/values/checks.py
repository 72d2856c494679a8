"""Words and facts of background checks and of the match of person and identity card. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

# Letters, digits and dashes, and at least one digit at the end: no room for what somebody did.
REFERENCE_NO = r"^[A-Z]{2,6}-?[0-9]{6,20}$"
CHECK_DAYS = Policy(
    "safetycode.background_days", 365, unit=gettext_noop("天"),
    meaning=gettext_noop("背景核查通过后多少天要重新核查（核查方没有另定有效期时）。"), source="standards §3.1",
    low=30, high=730,
)  # fmt: skip
FACE_SCORE = Policy(
    "safetycode.face_score", 80, unit=gettext_noop("分"),
    meaning=gettext_noop("人脸比对到多少分算同一个人。"), low=50, high=100,
)  # fmt: skip
FACES_A_DAY = Policy(
    "safetycode.faces_a_day", 5, unit=gettext_noop("次"),
    meaning=gettext_noop("每人每天最多几次人脸比对，防止反复试探。"), low=1, high=50,
)  # fmt: skip


class CheckResult(StrEnum):
    """The conclusion of a background check; what lies behind it stays with the authority (standards §3.1)."""

    PASS = "pass"
    FAIL = "fail"
    PENDING = "pending"
    UNVERIFIABLE = "unverifiable"


CHECK_RESULT_LABELS = {
    CheckResult.PASS: gettext_noop("通过"),
    CheckResult.FAIL: gettext_noop("不通过"),
    CheckResult.PENDING: gettext_noop("核查中"),
    CheckResult.UNVERIFIABLE: gettext_noop("无法核实"),
}
# Who may answer, by the code that stands in the answer: a name typed by somebody could say more than a name.
AUTHORITIES = {
    "MPS": gettext_noop("公安部核查平台"),
    "PSB-ZJ": gettext_noop("浙江省公安机关"),
    "PSB-HZ": gettext_noop("杭州市公安机关"),
    "MOFCOM": gettext_noop("商务部家政信用平台"),
    "SIMULATED": gettext_noop("模拟核查方（没有效力）"),
}


class Channel(StrEnum):
    ONLINE = "online"
    FILE = "file"


CHANNEL_LABELS = {
    Channel.ONLINE: gettext_noop("在线"),
    Channel.FILE: gettext_noop("文件交换"),
}


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """All that is kept of an answer. `valid_until` is inclusive; None with anything but a pass."""

    result: CheckResult
    checked_on: date
    authority: str
    reference_no: str
    valid_until: date | None = None


class LineFault(StrEnum):
    """What is wrong with a line of an answer file."""

    SHAPE = "shape"
    ORDER = "order"
    UNKNOWN = "unknown"
    TWICE = "twice"
    RESULT = "result"
    DAY = "day"
    AUTHORITY = "authority"
    REFERENCE = "reference"
    OTHER_ANSWER = "other_answer"


LINE_FAULT_LABELS = {
    LineFault.SHAPE: gettext_noop("项数不对：只收结论、日期、核查方、文号、有效期"),
    LineFault.ORDER: gettext_noop("序号不连续"),
    LineFault.UNKNOWN: gettext_noop("这一批里没有这个申请号"),
    LineFault.TWICE: gettext_noop("同一申请号出现两次"),
    LineFault.RESULT: gettext_noop("结论不是 pass、fail、unverifiable 之一"),
    LineFault.DAY: gettext_noop("日期有误"),
    LineFault.AUTHORITY: gettext_noop("核查方代码不在名单里"),
    LineFault.REFERENCE: gettext_noop("文号格式不对"),
    LineFault.OTHER_ANSWER: gettext_noop("此前已收到不同的答复"),
}


class FaceResult(StrEnum):
    MATCH = "match"
    MISMATCH = "mismatch"
    UNREADABLE = "unreadable"
    UNAVAILABLE = "unavailable"


FACE_RESULT_LABELS = {
    FaceResult.MATCH: gettext_noop("一致"),
    FaceResult.MISMATCH: gettext_noop("不一致"),
    FaceResult.UNREADABLE: gettext_noop("照片无法识别"),
    FaceResult.UNAVAILABLE: gettext_noop("核验服务没有回应"),
}


@dataclass(frozen=True, slots=True)
class FaceFacts:
    """The last match of person and card: no picture, only what was found (standards §1.5)."""

    result: FaceResult
    score: int | None
    at: datetime
    provider: str
    request_id: str
