"""The colour of a code on a day, as 浙商务发〔2020〕21号 §3 has it (D-3a). Plain: no ORM, no clock."""

from __future__ import annotations

from datetime import date

from anxin.safetycode.values import CodeFacts, CodeState, Colour, Judgement, Reason, ReasonCode, Remedy
from anxin.workers.values import CredentialKind, PaperState

HEALTH, INSURANCE, BACKGROUND = (
    CredentialKind.HEALTH_CHECK,
    CredentialKind.INSURANCE,
    CredentialKind.BACKGROUND_CHECK,
)
DECIDING = (HEALTH, INSURANCE, BACKGROUND)
_NOT_IN_FORCE: dict[CodeState, tuple[ReasonCode, Remedy]] = {
    CodeState.SUSPENDED: (ReasonCode.CODE_SUSPENDED, Remedy.RESTORE_CODE),
    CodeState.EXPIRED: (ReasonCode.CODE_EXPIRED, Remedy.RENEW_CODE),
    CodeState.REVOKED: (ReasonCode.CODE_REVOKED, Remedy.ISSUE_CODE),
    CodeState.SUPERSEDED: (ReasonCode.CODE_SUPERSEDED, Remedy.ISSUE_CODE),
}
_REMEDY = {
    HEALTH: Remedy.RENEW_HEALTH,
    INSURANCE: Remedy.RENEW_INSURANCE,
    BACKGROUND: Remedy.PASS_BACKGROUND,
}


def colour(facts: CodeFacts, day: date) -> Judgement:
    """Judge a code on a calendar day in Asia/Shanghai.

    RED: not issued, expired, suspended or revoked; or background check not passed; or neither health check nor
    insurance valid. YELLOW: exactly one of health check and insurance not valid. GREEN: all of them valid. Missing
    counts as expired; "valid until D" includes D. Every reason is named, also those that do not decide.
    """
    in_force, reasons, remedies = _code(facts, day)
    valid: dict[CredentialKind, bool] = {}
    for kind in (BACKGROUND, HEALTH, INSURANCE):
        state, when = facts.papers.on(kind, day)
        valid[kind] = state is PaperState.VALID
        if not valid[kind]:
            reasons.append(Reason(ReasonCode(f"{kind}_{state}"), when))
            remedies.append(_REMEDY[kind])
    if not in_force or not valid[BACKGROUND] or not (valid[HEALTH] or valid[INSURANCE]):
        shade = Colour.RED
    elif valid[HEALTH] and valid[INSURANCE]:
        shade = Colour.GREEN
    else:
        shade = Colour.YELLOW
    return Judgement(shade, day, tuple(reasons), tuple(remedies))


def _code(facts: CodeFacts, day: date) -> tuple[bool, list[Reason], list[Remedy]]:
    if facts.state is None:
        return False, [Reason(ReasonCode.NOT_ISSUED)], [Remedy.ISSUE_CODE]
    if facts.state is not CodeState.ISSUED:
        reason, remedy = _NOT_IN_FORCE[facts.state]
        shown = facts.valid_to if facts.state is CodeState.EXPIRED else None
        return False, [Reason(reason, shown)], [remedy]
    if facts.valid_to is None or facts.valid_to < day:
        return False, [Reason(ReasonCode.CODE_EXPIRED, facts.valid_to)], [Remedy.RENEW_CODE]
    return True, [], []


def credit_grade(score: int) -> str:
    """A ≥ 90, B 80–89, C 70–79, D 60–69, E < 60 (standards §3.3, a default of ours)."""
    return next(
        (grade for least, grade in ((90, "A"), (80, "B"), (70, "C"), (60, "D")) if score >= least), "E"
    )
