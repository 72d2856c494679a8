"""A liability policy from filing to its end: whom it insures has a paper, and whom it does not has none, at once."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest

from anxin.kit import sheets
from anxin.kit.errors import Refusal
from anxin.safetycode import actions
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import InsurancePolicy, InsuredWorker
from anxin.safetycode.queries import filings as queries
from anxin.safetycode.rules.filing import findings
from anxin.safetycode.values import Colour
from anxin.safetycode.values.filings import Cover, Finding, Limit, Product, RowFault, Terms
from anxin.workers import public as workers
from anxin.workers.models import Credential, Standing
from anxin.workers.queries.people import papers_of
from anxin.workers.values import CredentialKind, PaperState
from tests import cast
from tests.cast import NOON
from tests.safetycode.exam_world import insurer
from tests.tape import taped

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-5a")]
TODAY = date(2026, 3, 18)
LIMITS = {
    Limit.DEATH: 50_000_000,
    Limit.MEDICAL: 3_000_000,
    Limit.THIRD_PARTY: 30_000_000,
    Limit.PROPERTY: 5_000_000,
}
TERMS = Terms("PZ2026-0001", Product.COMBINED, 2, TODAY, date(2027, 3, 17), LIMITS)
LEAST = {
    Limit.DEATH: 30_000_000,
    Limit.MEDICAL: 1_000_000,
    Limit.THIRD_PARTY: 10_000_000,
    Limit.PROPERTY: 1_000_000,
}


@taped
def clerk(db):
    return insurer()


@taped
def filed(stage, clerk):
    Credential.objects.filter(kind="insurance").update(valid_to=TODAY - timedelta(days=1))
    row = safetycode.file_policy(
        terms=TERMS, insurer_name=clerk.organisation.name, by=stage.head.actor, at=NOON
    )
    safetycode.add_insured(
        policy_id=row.pk, worker_ids=[one.pk for one in stage.workers], by=stage.head.actor, at=NOON
    )
    return row


@taped
def confirmed(filed, clerk):
    return safetycode.confirm_policy(policy_id=filed.pk, by=clerk.actor, at=NOON)


def colours(stage, at):
    return [str(safetycode.judge(one.pk, at).colour) for one in stage.workers]


def insured(worker, day):
    return papers_of([worker.pk])[worker.pk].on(CredentialKind.INSURANCE, day)[0] is PaperState.VALID


def test_filed_insures_nobody_and_confirmed_insures_all_at_once(stage, filed, clerk):
    assert colours(stage, NOON) == ["yellow", "yellow"]
    safetycode.confirm_policy(policy_id=filed.pk, by=clerk.actor, at=NOON)
    assert colours(stage, NOON) == ["green", "green"]
    paper = Credential.objects.get(worker=stage.workers[0], number=TERMS.number)
    assert (paper.issuer, paper.occupation_class, paper.valid_to) == (
        clerk.organisation.name,
        2,
        TERMS.valid_to,
    )
    assert paper.verified_by == clerk.id


def test_the_association_confirms_and_the_holder_does_not(stage, filed, association_staff):
    with pytest.raises(actions.MayNotConfirm):
        safetycode.confirm_policy(policy_id=filed.pk, by=stage.head.actor, at=NOON)
    other = insurer(512, "另一家保险公司")
    with pytest.raises(actions.NoSuchPolicy):
        safetycode.confirm_policy(policy_id=filed.pk, by=other.actor, at=NOON)
    assert not InsuredWorker.objects.exclude(confirmed_at=None).exists()
    assert (
        safetycode.confirm_policy(policy_id=filed.pk, by=association_staff.actor, at=NOON).state
        == "confirmed"
    )


def test_struck_off_the_roster_the_colour_turns_within_a_second(stage, confirmed):
    # Of our own work: what else the machine does is no part of it.
    began = time.thread_time()
    actions.strike_insured(
        policy_id=confirmed.pk, worker_id=stage.workers[0].pk, why="离职", by=stage.head.actor, at=NOON
    )
    # What lists and matching read is what was judged, not what would be.
    kept = dict(Standing.objects.values_list("worker", "colour"))
    assert [kept[one.pk] for one in stage.workers] == ["yellow", "green"] == colours(stage, NOON)
    assert time.thread_time() - began < 1


def test_ending_a_policy_ends_every_paper_of_it(stage, confirmed, clerk):
    actions.end_policy(
        policy_id=confirmed.pk, last_day=TODAY - timedelta(days=1), why="退保", by=clerk.actor, at=NOON
    )
    assert colours(stage, NOON) == ["yellow", "yellow"]
    assert safetycode.judge(stage.workers[0].pk, NOON).colour is Colour.YELLOW
    with pytest.raises(Refusal):
        actions.end_policy(policy_id=confirmed.pk, last_day=TODAY, why="再来", by=clerk.actor, at=NOON)


def test_a_policy_may_end_on_a_day_to_come(stage, confirmed):
    last = TODAY + timedelta(days=9)
    actions.end_policy(policy_id=confirmed.pk, last_day=last, why="换保险公司", by=stage.head.actor, at=NOON)
    assert colours(stage, NOON) == ["green", "green"]
    assert insured(stage.workers[0], last) and not insured(stage.workers[0], last + timedelta(days=1))


def test_who_leaves_the_agency_is_insured_by_it_no_more(stage, confirmed):
    workers.leave_agency(worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON)
    assert not insured(stage.workers[0], TODAY) and insured(stage.workers[1], TODAY)
    assert InsuredWorker.objects.get(worker=stage.workers[0]).struck_why == "离开机构"


def test_who_is_added_later_is_insured_once_that_is_confirmed_too(stage, clerk, filed):
    InsuredWorker.objects.filter(worker=stage.workers[1]).delete()
    safetycode.confirm_policy(policy_id=filed.pk, by=clerk.actor, at=NOON)
    safetycode.add_insured(policy_id=filed.pk, worker_ids=[stage.workers[1].pk], by=stage.head.actor, at=NOON)
    assert not insured(stage.workers[1], TODAY)
    safetycode.confirm_policy(policy_id=filed.pk, by=clerk.actor, at=NOON)
    assert insured(stage.workers[1], TODAY)
    assert Credential.objects.filter(number=TERMS.number).count() == 2


def test_a_policy_is_filed_once(stage, filed, clerk):
    with pytest.raises(actions.PolicyThere):
        safetycode.file_policy(
            terms=TERMS, insurer_name=clerk.organisation.name, by=stage.rival.actor, at=NOON
        )
    actions.drop_policy(policy_id=filed.pk, by=stage.head.actor, at=NOON)
    assert safetycode.file_policy(
        terms=TERMS, insurer_name=clerk.organisation.name, by=stage.rival.actor, at=NOON
    )


def test_sent_back_it_is_put_right_and_filed_again(stage, filed, clerk):
    actions.send_back_policy(policy_id=filed.pk, why="职业类别不对", by=clerk.actor, at=NOON)
    with pytest.raises(Refusal):
        safetycode.confirm_policy(policy_id=filed.pk, by=clerk.actor, at=NOON)
    right = replace(TERMS, occupation_class=3)
    actions.file_again(policy_id=filed.pk, terms=right, by=stage.head.actor, at=NOON)
    filed.refresh_from_db()
    assert (filed.state, filed.occupation_class) == ("filed", 3)


@pytest.mark.parametrize(
    "changes",
    [{"number": " "}, {"occupation_class": 5}, {"valid_to": TODAY - timedelta(days=1)},
     {"valid_to": date(2036, 1, 1)}, {"limits": {Limit.DEATH: 0}}],
)  # fmt: skip
def test_what_is_no_policy_is_not_filed(stage, changes):
    with pytest.raises(actions.PolicyUnfit):
        safetycode.file_policy(
            terms=replace(TERMS, **changes), insurer_name="某公司", by=stage.head.actor, at=NOON
        )
    assert not InsurancePolicy.objects.exists()


def test_the_roster_is_all_or_nothing(stage, filed):
    InsuredWorker.objects.filter(worker=stage.workers[1]).delete()
    with pytest.raises(actions.RosterFaulty):
        safetycode.add_insured(
            policy_id=filed.pk,
            worker_ids=[stage.workers[1].pk, stage.workers[0].pk],
            by=stage.head.actor,
            at=NOON,
        )
    assert InsuredWorker.objects.count() == 1


def test_each_row_of_an_uploaded_roster_is_matched_or_told(stage, filed, zhao_qiang):
    InsuredWorker.objects.filter(worker=stage.workers[1]).delete()
    first, second = stage.workers
    theirs = workers.worker_of(zhao_qiang.id)
    rows = [
        ("李梅", second.number, ""),
        ("李梅", "", cast.id_number(34, birth=date(1982, 9, 12))),
        ("王芳", first.number.lower(), ""),
        ("赵强", theirs.number, ""),
        ("李美", second.number, ""),
        ("李梅", "", ""),
        ("", second.number, ""),
    ]
    heading = (queries.NAME, queries.NUMBER, queries.IDENTITY)
    for content in (
        sheets.write_xlsx(heading, rows),
        "\n".join(",".join(row) for row in [heading, *rows]).encode("gb18030"),
    ):
        lines = sheets.read(content, columns=(queries.NAME,), optional=heading[1:])
        told = queries.read_roster(filed, lines)
        assert [(row.line, row.worker_id, row.fault) for row in told] == [
            (2, second.pk, None),
            (3, None, RowFault.TWICE),
            (4, None, RowFault.INSURED),
            (5, None, RowFault.UNKNOWN),
            (6, None, RowFault.OTHER_NAME),
            (7, None, RowFault.NAMELESS),
            (8, None, RowFault.NAMELESS),
        ]
        assert told[1].params == {"row": 2}


def told_of(terms, covers=(), insured=1, today=TODAY):
    return {
        (one.finding, one.params.get("what") or one.params.get("n"))
        for one in findings(terms, least=LEAST, covers=covers, insured=insured, today=today, soon=30)
    }


def test_limits_below_the_least_are_told_and_equal_ones_are_not():
    assert told_of(TERMS) == set()
    low = replace(TERMS, limits={**LEAST, Limit.MEDICAL: 999_999})
    assert told_of(low) == {(Finding.LIMIT_LOW, "医疗费用")}
    assert told_of(replace(TERMS, limits={})) == {
        (Finding.LIMIT_MISSING, what) for what in ("死亡伤残", "医疗费用", "第三者人身", "第三者财产")
    }
    assert told_of(replace(TERMS, product=Product.ACCIDENT, limits=LIMITS)) == set()


@pytest.mark.parametrize(
    ("since", "until", "occupation", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 18), 2, {(Finding.OVERLAP, 1)}),
        (date(2026, 1, 1), date(2026, 3, 18), 1, set()),
        (date(2026, 1, 1), date(2026, 3, 17), 2, set()),
        (date(2026, 1, 1), date(2026, 3, 16), 2, {(Finding.GAP, 1)}),
        (date(2027, 3, 17), date(2028, 3, 17), 4, {(Finding.OVERLAP, 1)}),
    ],
)
def test_overlaps_and_gaps_are_told_to_the_day(stage, since, until, occupation, expected):
    cover = Cover(stage.workers[0].pk, "PZ2025", occupation, since, until)
    assert told_of(TERMS, [cover]) == expected


def test_each_sees_their_own_policies_and_a_stranger_none(
    stage, confirmed, clerk, stranger, association_staff, supervisor
):
    other = insurer(512, "另一家保险公司")
    seen = {who: (queries.policies(actor).count(), queries.roster(actor, confirmed.pk).count()) for who, actor in {
        "holder": stage.head.actor, "insurer": clerk.actor, "association": association_staff.actor,
        "bureau": supervisor.actor, "worker": stage.worker, "rival": stage.rival.actor,
        "other insurer": other.actor, "stranger": stranger.actor, "customer": stage.customer.actor,
    }.items()}  # fmt: skip
    assert seen == {
        "holder": (1, 2), "insurer": (1, 2), "association": (1, 2), "bureau": (1, 2), "worker": (1, 1),
        "rival": (0, 0), "other insurer": (0, 0), "stranger": (0, 0), "customer": (0, 0),
    }  # fmt: skip
