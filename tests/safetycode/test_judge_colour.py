"""The colour rule D-3a, over every combination of its facts and against a second wording of the source."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.rules import colour, credit_grade, turning_days
from anxin.safetycode.values import CodeFacts, CodeState, Colour, ReasonCode, Remedy
from anxin.workers import public as workers
from anxin.workers.values import Conclusion, CredentialFacts, Papers, PaperState
from tests.workers.world import NOW, TODAY, World, add_paper, make_worker

H, I, B = CredentialKind.HEALTH_CHECK, CredentialKind.INSURANCE, CredentialKind.BACKGROUND_CHECK
DAYS = st.integers(-3, 3).map(lambda n: TODAY + timedelta(days=n))


@st.composite
def papers(draw: st.DrawFn) -> CredentialFacts:
    start = draw(DAYS)
    return CredentialFacts(
        kind=draw(st.sampled_from([H, I, B])),
        valid_from=start,
        valid_to=start + timedelta(days=draw(st.integers(0, 3))),
        conclusion=draw(st.sampled_from(list(Conclusion))),
        verified=draw(st.booleans()),
    )


CODES = st.builds(
    CodeFacts,
    state=st.none() | st.sampled_from(list(CodeState)),
    valid_to=st.none() | DAYS,
    papers=st.lists(papers(), max_size=6).map(lambda rows: Papers(tuple(rows))),
)


def passed(facts: CodeFacts, kind: CredentialKind, day: date) -> bool:
    """A verified pass covers the day, and no verified failure known by then is as new."""
    return any(
        c.kind == kind and c.verified and c.conclusion == "passed" and c.valid_from <= day <= c.valid_to
        and not any(
            f.kind == kind and f.verified and f.conclusion == "failed" and c.valid_from <= f.valid_from <= day
            for f in facts.papers.credentials
        )
        for c in facts.papers.credentials
    )  # fmt: skip


def by_the_notice(facts: CodeFacts, day: date) -> Colour:
    """浙商务发〔2020〕21号 §3 in its own order: red first, then yellow, else green."""
    issued = facts.state == "issued" and facts.valid_to is not None and day <= facts.valid_to
    h, i, b = (passed(facts, kind, day) for kind in (H, I, B))
    if not issued or not b or (not h and not i):
        return Colour.RED
    if h != i:
        return Colour.YELLOW
    return Colour.GREEN


@pytest.mark.requirement("D-3a")
@given(CODES, DAYS)
def test_the_colour_is_the_notice_s(facts: CodeFacts, day: date) -> None:
    assert colour(facts, day).colour is by_the_notice(facts, day)


@pytest.mark.requirement("D-3a")
@given(CODES, DAYS)
def test_every_colour_but_green_says_why_and_what_to_do(facts: CodeFacts, day: date) -> None:
    judgement = colour(facts, day)
    assert bool(judgement.reasons) is not judgement.is_green
    assert len(judgement.reasons) == len(judgement.would_turn_green) == len(set(judgement.would_turn_green))
    assert judgement.rule_set == "ZJ-2020"


@pytest.mark.requirement("D-3a")
@given(CODES, DAYS)
def test_what_would_turn_it_green_does(facts: CodeFacts, day: date) -> None:
    mended = CodeFacts(facts.state, facts.valid_to, facts.papers)
    for remedy in colour(facts, day).would_turn_green:
        new = {Remedy.RENEW_HEALTH: H, Remedy.RENEW_INSURANCE: I, Remedy.PASS_BACKGROUND: B}.get(remedy)
        if new is None:
            mended = CodeFacts(CodeState.ISSUED, day, mended.papers)
        else:
            later = max((c.valid_from for c in mended.papers.of(new)), default=day)
            kept = tuple(c for c in mended.papers.credentials if c.kind != new or c.valid_from < day)
            paper = CredentialFacts(new, day, max(day, later), Conclusion.PASSED, True)
            mended = CodeFacts(mended.state, mended.valid_to, Papers((*kept, paper)))
    assert colour(mended, day).is_green


@given(CODES, DAYS, DAYS)
def test_between_turning_days_the_colour_stands_still(facts: CodeFacts, a: date, b: date) -> None:
    first, last = min(a, b), max(a, b)
    every = {first + timedelta(days=n) for n in range((last - first).days + 1)}
    green_on_all = all(colour(facts, day).is_green for day in every)
    assert green_on_all == all(colour(facts, day).is_green for day in turning_days(facts, first, last))


PASS = {
    kind: CredentialFacts(kind, TODAY - timedelta(days=9), TODAY, Conclusion.PASSED, True)
    for kind in (H, I, B)
}


@pytest.mark.requirement("D-3a")
@pytest.mark.parametrize("state", [None, *CodeState])
@pytest.mark.parametrize("held", [frozenset(k for k, on in zip((H, I, B), bits, strict=True) if on) for bits in
                                  [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)]])  # fmt: skip
def test_the_table(state: CodeState | None, held: frozenset[CredentialKind]) -> None:
    facts = CodeFacts(state, TODAY, Papers(tuple(PASS[kind] for kind in held)))
    both, one = {H, I} <= held, bool({H, I} & held)
    want = Colour.RED
    if state == "issued" and B in held and one:
        want = Colour.GREEN if both else Colour.YELLOW
    assert colour(facts, TODAY).colour is want


@pytest.mark.requirement("D-3a")
def test_valid_until_a_day_includes_that_day() -> None:
    facts = CodeFacts(CodeState.ISSUED, TODAY, Papers(tuple(PASS.values())))
    assert colour(facts, TODAY).is_green
    tomorrow = colour(facts, TODAY + timedelta(days=1))
    assert tomorrow.colour is Colour.RED
    assert {r.code for r in tomorrow.reasons} == {
        ReasonCode.CODE_EXPIRED, ReasonCode.HEALTH_EXPIRED, ReasonCode.INSURANCE_EXPIRED,
        ReasonCode.BACKGROUND_EXPIRED,
    }  # fmt: skip
    assert {r.day for r in tomorrow.reasons} == {TODAY}


@pytest.mark.parametrize(
    ("paper", "state"),
    [
        ({}, PaperState.VALID),
        ({"verified": False}, PaperState.PENDING),
        ({"conclusion": Conclusion.PENDING}, PaperState.PENDING),
        ({"conclusion": Conclusion.FAILED}, PaperState.FAILED),
        ({"valid_to": TODAY - timedelta(days=1)}, PaperState.EXPIRED),
        (
            {"valid_from": TODAY + timedelta(days=1), "valid_to": TODAY + timedelta(days=9)},
            PaperState.NOT_YET,
        ),
    ],
)
def test_what_a_paper_is_worth(paper: dict[str, object], state: PaperState) -> None:
    facts: dict[str, object] = {
        "kind": H, "valid_from": TODAY - timedelta(days=9), "valid_to": TODAY,
        "conclusion": Conclusion.PASSED, "verified": True,
    } | paper  # fmt: skip
    assert Papers((CredentialFacts(**facts),)).on(H, TODAY)[0] is state  # type: ignore[arg-type]
    assert Papers().on(H, TODAY) == (PaperState.MISSING, None)


@pytest.mark.requirement("D-3a")
def test_the_day_is_that_of_lin_an(world: World) -> None:
    """23:59 here on the last day is 15:59 UTC; a minute later it is over."""
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW, valid_to=date(2026, 3, 20))
    last_minute = datetime(2026, 3, 20, 15, 59, tzinfo=UTC)
    assert codes.judge(world.worker.pk, last_minute).is_green
    assert codes.judge(world.worker.pk, last_minute + timedelta(minutes=1)).colour is Colour.RED


def test_many_are_judged_in_two_queries(world: World, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    ids = [world.worker.pk, *(make_worker(world.agency, name=f"服务员{n}").pk for n in range(4))]
    for worker_id in ids[:3]:
        codes.issue(worker_id=worker_id, by=SYSTEM, at=NOW)
    with django_assert_num_queries(2):
        judged = codes.judge_many(ids, NOW)
    assert [judged[i].colour for i in ids] == [Colour.GREEN] * 3 + [Colour.RED] * 2
    with django_assert_num_queries(2):
        assert codes.green_ids(ids, TODAY, TODAY + timedelta(days=30)) == set(ids[:3])
    assert codes.green_ids(ids, TODAY, date(2027, 1, 1)) == set()


@pytest.mark.requirement("C-5.3.8")
def test_a_colour_follows_its_papers_at_once_and_the_list_knows(world: World) -> None:
    worker = make_worker(world.agency, name="周八", papers=False)
    codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOW)
    worker.standing.refresh_from_db()
    assert worker.standing.colour == "red"
    for kind, then in ((B, "red"), (H, "yellow"), (I, "green")):
        add_paper(worker, kind)
        worker.standing.refresh_from_db()
        assert worker.standing.colour == then
    paper = worker.credentials.get(kind=str(H))
    workers.withdraw_credential(credential_id=paper.pk, why="作废", by=SYSTEM, at=NOW)
    worker.standing.refresh_from_db()
    assert worker.standing.colour == "yellow"
    told = Notice.objects.filter(kind="safetycode.colour", person_id=worker.person_id).order_by("id")
    assert [n.params["colour"] for n in told] == ["黄码", "绿码", "黄码"]


def test_the_night_job_ends_codes_and_judges_everybody(world: World) -> None:
    from anxin.safetycode.tasks import nightly

    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW, valid_to=TODAY)
    nightly(at=datetime(2026, 3, 18, 16, 5, tzinfo=UTC))
    code = codes.code_of(world.worker.pk)
    assert code is not None
    assert code.state == "expired"
    world.worker.standing.refresh_from_db()
    assert world.worker.standing.colour == "red"


@pytest.mark.parametrize(
    ("score", "grade"), [(100, "A"), (90, "A"), (89, "B"), (70, "C"), (60, "D"), (59, "E")]
)
def test_credit_grades(score: int, grade: str) -> None:
    assert credit_grade(score) == grade
