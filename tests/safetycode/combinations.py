"""Every combination of what a colour is decided from, as facts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import product

from hypothesis import strategies as st

from anxin.catalogue.values import CredentialKind
from anxin.safetycode.rules import SHIPPED
from anxin.safetycode.rules.sets import Book, RuleSet, read_set
from anxin.safetycode.values import Chosen, CodeFacts, CodeState, Colour, Credit, Part
from anxin.workers.values import Conclusion, CredentialFacts, Papers, PaperState

DAY = date(2026, 3, 18)
H, I, B = CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE, CredentialKind.BACKGROUND_CHECK
KINDS = (H, I, B)
ORDER = (Colour.GREEN, Colour.YELLOW, Colour.RED)


def days(n: int) -> timedelta:
    return timedelta(days=n)


def paper(kind: CredentialKind, state: PaperState, day: date = DAY) -> tuple[CredentialFacts, ...]:
    """Papers of one kind that are in this state on a day."""
    passed, failed = Conclusion.PASSED, Conclusion.FAILED
    return {
        PaperState.VALID: (CredentialFacts(kind, day - days(9), day, passed, True),),
        PaperState.MISSING: (),
        PaperState.EXPIRED: (CredentialFacts(kind, day - days(9), day - days(1), passed, True),),
        PaperState.NOT_YET: (CredentialFacts(kind, day + days(1), day + days(9), passed, True),),
        PaperState.FAILED: (
            CredentialFacts(kind, day - days(9), day + days(9), passed, True),
            CredentialFacts(kind, day - days(5), day + days(9), failed, True),
        ),
        PaperState.PENDING: (CredentialFacts(kind, day - days(9), day + days(9), passed, False),),
    }[state]


CODES: tuple[tuple[CodeState | None, date | None], ...] = (
    (CodeState.ISSUED, DAY),
    (CodeState.ISSUED, DAY - days(1)),
    *((state, DAY + days(9)) for state in CodeState if state is not CodeState.ISSUED),
)
CREDITS = (
    Credit(), Credit(score=60, breach_on=DAY - days(365)), Credit(score=59), Credit(breach_on=DAY - days(364)),
    Credit(barred=True), Credit(0, DAY, True),
)  # fmt: skip


def choices(book: Book = SHIPPED) -> Iterator[tuple[Chosen, Credit]]:
    """Credit is laid over any rule set in the same way, so all of its combinations go with one."""
    for name in book.choices:
        yield Chosen(date.min, name, False), CREDITS[-1]
        for credit in CREDITS if name == book.choices[0] else CREDITS[3:4]:
            yield Chosen(date.min, name, True), credit


def every() -> Iterator[CodeFacts]:
    """All combinations: some 14,000."""
    for (state, until), worth, (chosen, credit) in product(
        CODES, product(PaperState, repeat=3), tuple(choices())
    ):
        papers = Papers(
            tuple(one for kind, how in zip(KINDS, worth, strict=True) for one in paper(kind, how))
        )
        yield CodeFacts(state, until, papers, (chosen,), credit)


NEAR = st.integers(-4, 4).map(lambda n: DAY + days(n))


@st.composite
def a_paper(draw: st.DrawFn) -> CredentialFacts:
    start = draw(NEAR)
    return CredentialFacts(
        kind=draw(st.sampled_from(KINDS)), valid_from=start, valid_to=start + days(draw(st.integers(0, 4))),
        conclusion=draw(st.sampled_from([Conclusion.PASSED, *Conclusion])),
        verified=draw(st.sampled_from([True, True, False])),
    )  # fmt: skip


NAMES = (*SHIPPED.choices, "NO-SUCH-SET")
CHOSEN = st.builds(Chosen, st.just(date.min) | NEAR, st.sampled_from(NAMES), st.booleans())
CREDIT = st.builds(
    Credit, st.none() | st.sampled_from([0, 59, 60, 100]),
    st.none() | NEAR | NEAR.map(lambda day: day - days(365)), st.booleans(),
)  # fmt: skip
FACTS = st.builds(
    CodeFacts,
    state=st.sampled_from([CodeState.ISSUED, CodeState.ISSUED, *CodeState]),
    valid_to=NEAR,
    papers=st.lists(a_paper(), max_size=8).map(lambda rows: Papers(tuple(rows))),
    chosen=st.lists(CHOSEN, max_size=3).map(tuple),
    credit=CREDIT,
)


@st.composite
def rule_sets(draw: st.DrawFn, name: str) -> RuleSet:
    """Any rule set that may be shipped: which papers decide, how, and with how much grace."""
    parts = draw(st.lists(st.sampled_from(["health_check", "insurance", "background_check"]), unique=True))
    states = ["failed", "failed|expired", "failed|missing|pending"]
    red: list[list[str]] = [["code"]]
    yellow: list[list[str]] = []
    for part in parts:
        (red if draw(st.booleans()) else yellow).append([part])
        if draw(st.booleans()):
            red.append([f"{part}:{draw(st.sampled_from(states))}"])
    if len(parts) > 1 and draw(st.booleans()):
        red.append(parts[:2])
    grace = {part: draw(st.integers(0, 3)) for part in parts if draw(st.booleans())}
    return read_set(
        {"id": name, "version": 1, "valid_from": "2020-07-05", "name": name, "source": "made up", "red": red,
         "yellow": yellow, "grace_days": grace}
    )  # fmt: skip


@st.composite
def books(draw: st.DrawFn) -> Book:
    """The overlay that is shipped over rule sets of any kind."""
    credit = tuple(one for one in SHIPPED.sets if one.overlay)
    return Book((*credit, *(draw(rule_sets(name)) for name in SHIPPED.choices)))


def mended(facts: CodeFacts, day: date, parts: set[Part]) -> CodeFacts:
    """The facts with these parts put in order."""
    papers = facts.papers.credentials
    for kind in KINDS:
        if Part(str(kind)) in parts:
            kept = tuple(c for c in papers if c.kind != kind or c.conclusion is not Conclusion.FAILED)
            papers = (*kept, CredentialFacts(kind, day, day, Conclusion.PASSED, True))
    whole = Part.CODE in parts
    credit = facts.credit
    return CodeFacts(
        CodeState.ISSUED if whole else facts.state, day if whole else facts.valid_to, Papers(papers), facts.chosen,
        Credit(
            None if Part.SCORE in parts else credit.score, None if Part.BREACH in parts else credit.breach_on,
            credit.barred and Part.BARRED not in parts,
        ),
    )  # fmt: skip
