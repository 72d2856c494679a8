"""What changed a colour, and when. Plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from anxin.kit.text import gettext_noop
from anxin.safetycode.states import CodeState
from anxin.safetycode.values.colour import Judgement, Part


class CauseKind(StrEnum):
    """What brings a judgement about."""

    CODE_MOVED = "code_moved"
    CODE_ENDED = "code_ended"
    PAPER_ADDED = "paper_added"
    PAPER_VERIFIED = "paper_verified"
    PAPER_WITHDRAWN = "paper_withdrawn"
    PAPER_BEGAN = "paper_began"
    PAPER_ENDED = "paper_ended"
    CREDIT_SAID = "credit_said"
    BREACH_OVER = "breach_over"
    RULES_CHANGED = "rules_changed"
    DAY_BEGAN = "day_began"


CAUSE_LABELS = {
    CauseKind.CODE_MOVED: gettext_noop("安心码：%(what)s"),
    CauseKind.CODE_ENDED: gettext_noop("安心码有效期结束"),
    CauseKind.PAPER_ADDED: gettext_noop("登记了%(what)s"),
    CauseKind.PAPER_VERIFIED: gettext_noop("核验了%(what)s"),
    CauseKind.PAPER_WITHDRAWN: gettext_noop("撤回了%(what)s"),
    CauseKind.PAPER_BEGAN: gettext_noop("%(what)s开始生效"),
    CauseKind.PAPER_ENDED: gettext_noop("%(what)s有效期结束"),
    CauseKind.CREDIT_SAID: gettext_noop("信用信息有变"),
    CauseKind.BREACH_OVER: gettext_noop("失信记录期满"),
    CauseKind.RULES_CHANGED: gettext_noop("赋码规则变更"),
    CauseKind.DAY_BEGAN: gettext_noop("日期更替"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened, to which part, and for a code into which state."""

    kind: CauseKind
    part: Part | None = None
    state: CodeState | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """From a moment on a code was judged like this, because of these."""

    at: datetime
    judgement: Judgement
    causes: tuple[Cause, ...]
