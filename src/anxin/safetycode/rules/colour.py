"""The colour of a code on a day: one evaluator, the issuer's rule set as data (D-3a). Plain: no ORM, no clock."""

from __future__ import annotations

from datetime import date, timedelta

from anxin.safetycode.rules.sets import SHIPPED, Book, RuleSet, in_force
from anxin.safetycode.values import (
    PAPER_PARTS,
    CodeFacts,
    CodeState,
    Colour,
    Credit,
    Judgement,
    Part,
    Reason,
    ReasonCode,
    Remedy,
)
from anxin.workers.values import CREDIT_GRADES, CredentialKind, PaperState

DECIDING = tuple(CredentialKind(str(part)) for part in PAPER_PARTS)
_NOT_IN_FORCE = {
    None: ReasonCode.NOT_ISSUED,
    CodeState.SUSPENDED: ReasonCode.CODE_SUSPENDED,
    CodeState.EXPIRED: ReasonCode.CODE_EXPIRED,
    CodeState.REVOKED: ReasonCode.CODE_REVOKED,
    CodeState.SUPERSEDED: ReasonCode.CODE_SUPERSEDED,
}
_REMEDY_OF_CODE = {
    ReasonCode.NOT_ISSUED: Remedy.ISSUE_CODE,
    ReasonCode.CODE_SUSPENDED: Remedy.RESTORE_CODE,
    ReasonCode.CODE_EXPIRED: Remedy.RENEW_CODE,
    ReasonCode.CODE_REVOKED: Remedy.ISSUE_CODE,
    ReasonCode.CODE_SUPERSEDED: Remedy.ISSUE_CODE,
}
_REMEDY = {
    Part.HEALTH: Remedy.RENEW_HEALTH,
    Part.INSURANCE: Remedy.RENEW_INSURANCE,
    Part.BACKGROUND: Remedy.PASS_BACKGROUND,
    Part.BARRED: Remedy.LIFT_BAR,
    Part.BREACH: Remedy.MEND_BREACH,
    Part.SCORE: Remedy.RAISE_SCORE,
}


def colour(facts: CodeFacts, day: date, book: Book = SHIPPED) -> Judgement:
    """Judge a code on a calendar day in Asia/Shanghai, by the rule set that its issuer had chosen for that day.

    By ZJ-2020, RED: not issued, expired, suspended or revoked; or background check not passed; or neither health
    check nor insurance valid. YELLOW: exactly one of health check and insurance not valid. GREEN: all valid. Missing
    counts as expired; "valid until D" includes D. Every reason is named, also those that do not decide.
    """
    rules = in_force(book, facts.chosen_on(day), day)
    found: dict[Part, Reason] = {}
    if out_of_force := _code(facts, day):
        found[Part.CODE] = out_of_force
    for paper in rules.papers:
        state, when = facts.papers.on(paper.kind, day)
        spared = state is PaperState.EXPIRED and when is not None and day <= when + paper.grace
        if state is not PaperState.VALID and not spared:
            found[paper.part] = Reason(paper.reasons[state], when)
    if rules.credit:
        found |= _credit(facts.credit, day, rules.credit)
    if not found:
        return Judgement(Colour.GREEN, day, rule_set=rules.name, rule_version=rules.version)
    return Judgement(
        rules.shade({part: reason.code for part, reason in found.items()}), day, tuple(found.values()),
        tuple(_remedy(part, reason) for part, reason in found.items()), rules.name, rules.version,
    )  # fmt: skip


def _credit(credit: Credit, day: date, overlay: RuleSet) -> dict[Part, Reason]:
    found = {}
    if credit.barred:
        found[Part.BARRED] = Reason(ReasonCode.CREDIT_BARRED)
    if (since := credit.breach_on) and since <= day < since + timedelta(days=overlay.breach_days):
        found[Part.BREACH] = Reason(ReasonCode.CREDIT_BREACH, since)
    if credit.score is not None and credit.score < overlay.least_score:
        found[Part.SCORE] = Reason(ReasonCode.CREDIT_LOW)
    return found


def _code(facts: CodeFacts, day: date) -> Reason | None:
    if facts.state is CodeState.ISSUED:
        over = facts.valid_to is None or facts.valid_to < day
        return Reason(ReasonCode.CODE_EXPIRED, facts.valid_to) if over else None
    expired = facts.state is CodeState.EXPIRED
    return Reason(_NOT_IN_FORCE[facts.state], facts.valid_to if expired else None)


def _remedy(part: Part, reason: Reason) -> Remedy:
    return _REMEDY_OF_CODE[reason.code] if part is Part.CODE else _REMEDY[part]


def marks(facts: CodeFacts, book: Book = SHIPPED) -> set[date]:
    """The days on which something that decides begins or ends; between two of them a judgement stands still."""
    one = timedelta(days=1)
    found = {choice.valid_from for choice in facts.chosen} | {each.valid_from for each in book.sets}
    for paper in facts.papers.credentials:
        if paper.kind in DECIDING:
            found.add(paper.valid_from)
            found |= {paper.valid_to + one * (days + 1) for days in book.graces(Part(str(paper.kind)))}
    if facts.valid_to:
        found.add(facts.valid_to + one)
    if since := facts.credit.breach_on:
        found |= {since, *(since + one * days for days in book.breach_days)}
    return found


def turns_on(facts: CodeFacts, day: date, book: Book = SHIPPED) -> date | None:
    """The next day on which a judgement made on `day` has to be made anew although no fact changed."""
    return min((mark for mark in marks(facts, book) if mark > day), default=None)


def turning_days(facts: CodeFacts, first: date, last: date) -> list[date]:
    """The days of a period on which the colour can change: the first, and those on which a date begins or ends."""
    if first == last:
        return [first]
    return sorted(day for day in {first, last} | marks(facts) if first <= day <= last)


def credit_grade(score: int) -> str:
    """A ≥ 90, B 80–89, C 70–79, D 60–69, E < 60."""
    return next(grade for grade, least in CREDIT_GRADES if score >= least)
