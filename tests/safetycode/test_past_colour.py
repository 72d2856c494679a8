"""The colour at any past moment is the one that was shown then, whatever became known later."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from anxin.accounts.models import Organisation
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import at_local, local_date
from anxin.kit.jobs import drain
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.actions import NotAhead, SameRules, UnknownRuleSet
from anxin.safetycode.models import RuleChoice, SafetyCode
from anxin.safetycode.queries import past_of
from anxin.safetycode.rules import colour
from anxin.safetycode.rules.past import Made, Move, Past, Said, changes, facts_at, judged_at
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import CauseKind, Chosen, Credit, Judgement, Part
from anxin.workers import public as workers
from anxin.workers.public import Worker
from anxin.workers.values import PaperPast
from tests.cast import NOON, signed_in
from tests.safetycode.combinations import B, H, I, a_paper
from tests.safetycode.entrusting import entrusted
from tests.stage import Stage
from tests.workers.world import NOW, TODAY, World, make_agency, make_person, make_worker, self_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def paper(worker: Any, kind: Any, since: date, until: date, at: datetime) -> Any:
    details: dict[Any, dict[str, Any]] = {H: {"health_tier": 2}, I: {"occupation_class": 3}}
    found = workers.add_credential(
        worker_id=worker.pk, kind=kind, title=str(kind), issuer="医院", valid_from=since, valid_to=until,
        by=SYSTEM, at=at, **details.get(kind, {}),
    )  # fmt: skip
    workers.verify_credential(credential_id=found.pk, how="查验原件", by=SYSTEM, at=at)
    return found


def story(worker: Worker, issuer: Organisation) -> dict[int, Any]:
    """What happens in ten days, by the hour: each takes the moment."""
    papers: dict[str, Any] = {}

    def issue(at: datetime, until: date = TODAY + 8 * DAY) -> None:
        codes.issue(worker_id=worker.pk, issuer_id=issuer.pk, by=SYSTEM, at=at, valid_to=until)

    def choose(at: datetime) -> None:
        codes.choose_rules(
            issuer_id=issuer.pk, rule_set="NB-2020", credit=True, valid_from=TODAY + 6 * DAY, reason="试行",
            by=SYSTEM, at=at,
        )  # fmt: skip

    def credit(score: int, at: datetime) -> None:
        codes.set_credit_overlay(
            worker_id=worker.pk, score=score, breach_on=None, barred=False, by=SYSTEM, at=at
        )

    def withdraw(at: datetime) -> None:
        workers.withdraw_credential(credential_id=papers["i"].pk, why="作废", by=SYSTEM, at=at)

    return {
        1: issue,
        20: lambda at: papers.update(b=paper(worker, B, TODAY, TODAY + 300 * DAY, at)),
        30: lambda at: papers.update(h=paper(worker, H, TODAY + 2 * DAY, TODAY + 4 * DAY, at)),
        40: lambda at: papers.update(i=paper(worker, I, TODAY, TODAY + 300 * DAY, at)),
        65: choose,
        70: lambda at: codes.suspend(worker_id=worker.pk, why="核查", by=SYSTEM, at=at),
        80: lambda at: codes.restore(worker_id=worker.pk, why="无事", by=SYSTEM, at=at),
        130: lambda at: credit(40, at),
        150: lambda at: credit(90, at),
        160: withdraw,
        220: lambda at: codes.revoke(worker_id=worker.pk, why="离开", by=SYSTEM, at=at),
        230: lambda at: codes.issue(worker_id=worker.pk, by=SYSTEM, at=at, valid_to=TODAY + 300 * DAY),
    }


@pytest.mark.requirement("D-3a")
def test_each_past_moment_shows_what_was_shown_then(world: World) -> None:
    """A story of ten days; every three hours the colour is noted, and asked for again at the end."""
    worker = make_worker(world.agency, name="吴九", papers=False)
    deeds = story(worker, entrusted())
    noted: list[tuple[datetime, Judgement]] = []
    for hour in range(240):
        at = NOW + hour * HOUR
        if hour in deeds:
            deeds[hour](at)
        if hour % 3 == 2:
            noted.append((at, codes.judge(worker.pk, at)))
    past = past_of(worker.pk)
    for at, then in noted:
        assert judged_at(past, at) == then, at
    assert len({(j.colour, j.rule_set) for _, j in noted}) >= 5
    rows = changes(past, NOW + 240 * HOUR)
    for at, then in noted[1:]:
        last = [row for row in rows if row.at <= at][-1].judgement
        assert (last.colour, last.reasons, last.rule_set) == (then.colour, then.reasons, then.rule_set), at
    causes = [cause for row in rows for cause in row.causes]
    assert {cause.kind for cause in causes} >= {
        CauseKind.CODE_MOVED, CauseKind.CODE_ENDED, CauseKind.PAPER_VERIFIED, CauseKind.PAPER_BEGAN,
        CauseKind.PAPER_ENDED, CauseKind.PAPER_WITHDRAWN, CauseKind.CREDIT_SAID, CauseKind.RULES_CHANGED,
    }  # fmt: skip
    ended = next(row for row in rows if any(c.kind is CauseKind.PAPER_ENDED for c in row.causes))
    assert ended.at == at_local(TODAY + 5 * DAY, 0)
    assert ended.causes[0].part is Part.HEALTH


STATES = st.sampled_from([CodeState.ISSUED, *CodeState])
TIMES = st.integers(-96, 96).map(lambda n: NOW + timedelta(hours=n))


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    moves = sorted(draw(st.lists(TIMES, max_size=4, unique=True)))
    issuer = make_id(1)
    papers = []
    for facts in draw(st.lists(a_paper(), max_size=5)):
        made = draw(TIMES)
        times = sorted(made + timedelta(hours=draw(st.integers(0, 60))) for _ in range(2))
        papers.append(
            PaperPast(facts, made, times[0] if facts.verified else None, times[1] if draw(st.booleans()) else None)
        )  # fmt: skip
    made_ = sorted(draw(st.lists(TIMES, max_size=2, unique=True)))
    said = draw(st.none() | TIMES)
    return Past(
        tuple(
            Move(at, draw(STATES), TODAY + DAY * draw(st.integers(-3, 4)), issuer) for at in moves
        ),
        tuple(papers),
        {issuer: tuple(Made(at, Chosen(local_date(at) + DAY, "JX-2020", True)) for at in made_)},
        (Said(said, None, Credit(30, None, False)),) if said else (),
    )  # fmt: skip


def make_id(n: int) -> Any:
    return UUID(int=n)


@given(pasts(), TIMES, TIMES)
def test_what_becomes_known_later_changes_nothing_before(past: Past, a: datetime, b: datetime) -> None:
    at, until = min(a, b), max(a, b)
    known = Past(
        tuple(one for one in past.moves if one.at <= at),
        tuple(
            PaperPast(
                one.facts, one.created_at, one.verified_at if one.verified_at and one.verified_at <= at else None,
                one.withdrawn_at if one.withdrawn_at and one.withdrawn_at <= at else None,
            )
            for one in past.papers
            if one.created_at <= at
        ),
        {key: tuple(one for one in made if one.at <= at) for key, made in past.made.items()},
        tuple(one for one in past.said if one.since <= at),
    )  # fmt: skip
    assert judged_at(past, at) == judged_at(known, at) == colour(facts_at(past, at), local_date(at))
    before = [(row.at, row.judgement) for row in changes(past, until) if row.at <= at]
    assert before == [(row.at, row.judgement) for row in changes(known, at)]


@given(pasts(), TIMES)
def test_between_two_changes_every_moment_shows_the_same(past: Past, at: datetime) -> None:
    rows = [row for row in changes(past, NOW + 200 * HOUR) if row.at <= at]
    now = judged_at(past, at)
    if rows:
        last = rows[-1].judgement
        assert (now.colour, now.reasons, now.rule_set) == (last.colour, last.reasons, last.rule_set)
        assert all(row.causes for row in rows)
    else:
        assert not past.moves or at < past.moves[0].at


def test_midnight_here_is_when_the_day_turns() -> None:
    move = Move(NOW - 40 * DAY, CodeState.ISSUED, date(2026, 3, 20), None)
    last = datetime(2026, 3, 20, 15, 59, 59, tzinfo=UTC)
    papers = Past((move,))
    for at, ended in ((last, False), (last + timedelta(seconds=1), True)):
        reasons = {str(one.code) for one in judged_at(papers, at).reasons}
        assert ("code_expired" in reasons) is ended


def test_an_issuer_chooses_for_itself_ahead_and_with_a_reason(world: World) -> None:
    issuer, other = entrusted(), make_agency("别家")
    by = Actor(
        make_person("管理员").pk,
        issuer.pk,
        "association.codes",
        frozenset({"safetycode.issue"}),
        verified=True,
    )
    given_: dict[str, Any] = {"issuer_id": issuer.pk, "rule_set": "NB-2020", "credit": False,
                              "valid_from": TODAY + DAY, "reason": "试行", "by": by, "at": NOW}  # fmt: skip
    for wrong, refusal in (
        ({"rule_set": "XX"}, UnknownRuleSet), ({"valid_from": TODAY}, NotAhead), ({"rule_set": "ZJ-2020"}, SameRules),
        ({"issuer_id": other.pk}, Exception), ({"by": self_of(world.worker)}, Exception), ({"reason": " "}, Exception),
    ):  # fmt: skip
        with pytest.raises(refusal):
            codes.choose_rules(**given_ | wrong)
    assert not RuleChoice.objects.exists()
    row = codes.choose_rules(**given_)
    assert (row.rule_set, row.issuer_id) == ("NB-2020", issuer.pk)
    codes.issue(worker_id=world.worker.pk, issuer_id=issuer.pk, by=SYSTEM, at=NOW)
    assert codes.judge(world.worker.pk, NOW).rule_set == "ZJ-2020"
    assert codes.judge(world.worker.pk, NOW + DAY).rule_set == "NB-2020"


def test_agencies_are_told_of_a_coming_rule_and_anybody_can_read_it(stage: Stage) -> None:
    assert stage.workers
    issuer = entrusted()
    SafetyCode.objects.update(issuer=issuer)
    at = NOON
    day = local_date(at) + DAY
    codes.choose_rules(
        issuer_id=issuer.pk, rule_set="JX-2020", credit=True, valid_from=day, reason="市里统一口径", by=SYSTEM, at=at
    )  # fmt: skip
    drain(at)
    told = Notice.objects.filter(kind="safetycode.rules")
    assert told.exists()
    assert {n.params["day"] for n in told} == {day.isoformat()}
    with time_machine.travel(at, tick=False):
        shown = Client().get("/code/rules/").content.decode()
    for words in (
        "家政行业协会",
        "嘉兴口径 + 信用加码",
        "尚未生效",
        "市里统一口径",
        "浙江省通知（ZJ-2020 第 1 版）",
    ):
        assert words in shown


def test_the_page_of_the_past_is_for_who_may_see_the_worker(world: World) -> None:
    codes.issue(worker_id=world.worker.pk, by=SYSTEM, at=NOW)
    codes.suspend(worker_id=world.worker.pk, why="核查", by=SYSTEM, at=NOW + HOUR)
    address = f"/desk/codes/{world.worker.number}/past/"
    with time_machine.travel(NOW + DAY, tick=False):
        own = signed_in(world.worker.person).get("/code/past/?day=2026-03-18&time=10:30")
        assert own.status_code == 200
        assert "绿码" in own.content.decode()
        assert "安心码：已暂停" in own.content.decode()
        assert own.headers["Cache-Control"] == "no-store"
        assert signed_in(make_person("路人")).get("/code/past/").status_code == 404
        assert signed_in(make_person("路人")).get(address).status_code in (403, 404)
