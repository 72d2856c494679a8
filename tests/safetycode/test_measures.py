"""Issuing by the bureau's leave, and what is done about a code afterwards: each with its reason, notice and effect."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from anxin.accounts.models import Organisation
from anxin.audit.models import Entry
from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.notices.models import Notice
from anxin.safetycode import actions
from anxin.safetycode import public as codes
from anxin.safetycode.actions.measures import TooLong, UntilPast, WhyNeeded
from anxin.safetycode.models import Delegation, Issue, Measure, SafetyCode
from anxin.safetycode.queries.past import past_of
from anxin.safetycode.rules.past import changes
from anxin.safetycode.values.care import Ending, Ground, MeasureKind, Task
from tests.safetycode.care_world import DAY, Care, bureau, make_care, official
from tests.safetycode.entrusting import entrust, entrusted
from tests.tape import taped
from tests.workers.world import NOW, TODAY, World, make_worker, self_of


@taped
def care(world: World) -> Care:
    return make_care(world)


@pytest.mark.requirement("D-9")
def test_an_association_issues_only_where_and_while_it_is_entrusted(world: World) -> None:
    body = entrusted(name="没有受托的协会")
    Delegation.objects.all().delete()
    carer = official(body, "association.codes", "码管")
    with pytest.raises(codes.NotEntrusted):
        codes.issue(worker_id=world.worker.pk, by=carer, at=NOW)
    entrust(body, "3301", until=NOW + DAY)
    with pytest.raises(codes.NotEntrusted):
        codes.issue(worker_id=world.worker.pk, by=carer, at=NOW + DAY)
    assert not SafetyCode.objects.exists()
    assert codes.issue(worker_id=world.worker.pk, by=carer, at=NOW).issuer_id == body.pk


@pytest.mark.requirement("D-9")
def test_an_association_of_another_city_or_county_issues_nothing_here(world: World) -> None:
    for area in ("3302", "330122"):
        other = official(entrusted(area, name=f"协会{area}"), "association.codes", "码管")
        with pytest.raises(codes.NotEntrusted):
            codes.issue(worker_id=world.worker.pk, by=other, at=NOW)
    here = official(entrusted("330112", name="临安协会"), "association.codes", "码管")
    assert codes.issue(worker_id=world.worker.pk, by=here, at=NOW).number.startswith("ZJ-3301-2026-")


@pytest.mark.requirement("D-9")
def test_the_database_itself_refuses_an_issue_without_leave(care: Care) -> None:
    other = entrusted("3302", name="宁波协会")
    given = {
        "code": care.code,
        "city_code": "3301",
        "issued_at": NOW,
        "ended_at": NOW,
        "ended_how": Ending.EXPIRED,
    }
    theirs, ours = Delegation.objects.get(issuer=other), Delegation.objects.get(issuer=care.body)
    for wrong in (
        {"issuer": care.body},
        {"issuer": other, "delegation": theirs},
        {"issuer": other, "delegation": ours},
        {"issuer": care.body, "delegation": ours, "issued_at": ours.starts_at - DAY},
        {"issuer": None, "delegation": ours},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Issue.objects.create(**(given | {"handle": b"123456789"} | wrong))
    assert Issue.objects.count() == 1


@pytest.mark.requirement("D-9")
def test_a_bureau_entrusts_and_takes_back_within_its_region_and_both_are_on_record(world: World) -> None:
    head = official(bureau(), "bureau.head", "局长")
    body = entrusted("330112", name="协会")
    Delegation.objects.all().delete()
    given = {
        "issuer_id": body.pk, "area": "330112", "tasks": list(Task), "starts_at": NOW, "ends_at": NOW + 365 * DAY,
        "document": "杭商〔2026〕1号", "reason": "委托", "at": NOW,
    }  # fmt: skip
    far = official(bureau("3302", "宁波市商务主管部门"), "bureau.head", "外地")
    for by, more in (
        (far, {}), (self_of(world.worker), {}), (world.head, {}),
        (official(head_body(head), "bureau.supervisor", "员"), {}),
        (head, {"area": "3302"}), (head, {"area": "33"}), (head, {"issuer_id": world.agency.pk}),
        (head, {"ends_at": NOW}), (head, {"starts_at": NOW - DAY}), (head, {"document": " "}), (head, {"tasks": []}),
    ):  # fmt: skip
        with pytest.raises(Refusal):
            codes.entrust(**(given | more), by=by)
    assert not Delegation.objects.exists()
    row = codes.entrust(**given, by=head)
    with pytest.raises(actions.AlreadyEntrusted):
        codes.entrust(**given, by=head)
    carer = official(body, "association.codes", "码管")
    codes.issue(worker_id=world.worker.pk, by=carer, at=NOW)
    with pytest.raises(actions.MayNotDelegate):
        codes.revoke_delegation(delegation_id=row.pk, why="不给了", by=far, at=NOW)
    codes.revoke_delegation(delegation_id=row.pk, why="改由市协会办理", by=head, at=NOW + DAY)
    with pytest.raises(codes.NotEntrusted):
        codes.suspend(worker_id=world.worker.pk, why="投诉", by=carer, at=NOW + DAY)
    assert SafetyCode.objects.get().state == "issued"
    acts = Entry.objects.filter(
        action__in=["safetycode.entrust", "safetycode.revoke_delegation"], subject_id=row.pk
    )
    assert acts.count() == 2


def head_body(head: Actor) -> Organisation:
    found: Organisation = Organisation.objects.get(pk=head.organisation_id)
    return found


@pytest.mark.requirement("D-6a")
def test_each_measure_keeps_ground_words_and_evidence_and_tells_the_worker(care: Care) -> None:
    who = care.world.worker
    Notice.objects.all().delete()
    codes.suspend(
        worker_id=who.pk, why="客户投诉，正在核查", ground=Ground.COMPLAINT, until=TODAY + 5 * DAY,
        evidence="投诉单 T-1", by=care.carer, at=NOW,
    )  # fmt: skip
    row = Measure.objects.get()
    assert (row.kind, row.ground, row.until, row.evidence) == (
        "suspend",
        "complaint",
        TODAY + 5 * DAY,
        "投诉单 T-1",
    )
    assert row.appeal_until == TODAY + 15 * DAY
    told = Notice.objects.filter(kind="safetycode.measure")
    assert set(told.values_list("person_id", flat=True)) >= {who.person_id}
    assert told[0].params["appeal"] == (TODAY + 15 * DAY).isoformat()
    assert codes.judge(who.pk, NOW).colour == "red"


@pytest.mark.requirement("D-6a")
def test_a_suspension_ends_by_itself_after_its_last_day_and_not_before(care: Care) -> None:
    who = care.world.worker.pk
    codes.suspend(worker_id=who, why="核查", until=TODAY + DAY, by=care.carer, at=NOW)
    assert actions.resume_due(at=NOW + DAY) == 0
    assert SafetyCode.objects.get().state == "suspended"
    assert actions.resume_due(at=NOW + 2 * DAY) == 1
    assert actions.resume_due(at=NOW + 2 * DAY) == 0
    assert SafetyCode.objects.get().state == "issued"
    assert codes.judge(who, NOW + 2 * DAY).is_green


@pytest.mark.requirement("D-6a")
@pytest.mark.parametrize(
    ("kind", "how"), [(MeasureKind.RECALL, Ending.RECALLED), (MeasureKind.CANCEL, Ending.CANCELLED)]
)
def test_recalled_and_cancelled_codes_end_their_issue_and_come_back_by_a_new_one(
    care: Care, kind: MeasureKind, how: Ending
) -> None:
    who = care.world.worker.pk
    printed = codes.printed_token(who)
    codes.revoke(worker_id=who, why="不再从业", kind=kind, by=care.carer, at=NOW)
    assert Issue.objects.get().ended_how == how
    assert codes.judge(who, NOW).colour == "red"
    codes.issue(worker_id=who, by=care.carer, at=NOW + DAY)
    assert Issue.objects.filter(ended_at=None).count() == 1
    assert not Measure.objects.filter(ended_at=None).exists()
    with pytest.raises(codes.TokenForged):
        codes.read_token(printed, NOW + DAY)


@pytest.mark.requirement("D-6a")
def test_superseding_kills_every_old_token_and_never_shows_red(care: Care) -> None:
    who = care.world.worker.pk
    old = (codes.printed_token(who), codes.display_token(who, NOW))
    codes.supersede(worker_id=who, why="手机被盗", by=care.carer, at=NOW + timedelta(minutes=1))
    code = SafetyCode.objects.get()
    assert (code.pk, code.number, code.state, code.valid_to) == (
        care.code.pk, care.code.number, "issued", care.code.valid_to,
    )  # fmt: skip
    for token in old:
        with pytest.raises(codes.TokenForged):
            codes.read_token(token, NOW)
    assert codes.read_token(codes.printed_token(who), NOW).pk == code.pk
    shown = [row.judgement.colour for row in changes(past_of(who), NOW + DAY)]
    assert shown == ["green"]
    assert list(Issue.objects.order_by("issued_at").values_list("ended_how", flat=True)) == ["superseded", ""]


@pytest.mark.requirement("D-6a")
def test_an_update_verifies_and_may_move_the_last_day_within_a_year(care: Care) -> None:
    who, later = care.world.worker.pk, NOW + 100 * DAY
    until = TODAY + 300 * DAY
    for wrong in (TODAY, TODAY + 900 * DAY):
        with pytest.raises(TooLong):
            codes.update_code(
                worker_id=who, ground=Ground.CHANGED, why="换证", valid_to=wrong, by=care.carer, at=later
            )
    codes.update_code(
        worker_id=who, ground=Ground.CHANGED, why="换证", valid_to=until, by=care.carer, at=later
    )
    code = SafetyCode.objects.get()
    assert (code.valid_to, code.last_verified_at) == (until, later)


@pytest.mark.requirement("D-6a")
def test_who_does_not_issue_manages_nothing_and_words_are_needed(care: Care) -> None:
    who = care.world.worker
    other = official(entrusted("3302", name="宁波协会"), "association.codes", "外地码管")
    history = Measure.objects.count()
    for by in (care.world.head, self_of(who), care.world.stranger, care.head, other):
        for act in (codes.suspend, codes.revoke, codes.supersede):
            with pytest.raises(Refusal):
                act(worker_id=who.pk, why="试试", by=by, at=NOW)
    with pytest.raises(WhyNeeded), transaction.atomic():
        codes.suspend(worker_id=who.pk, why="  ", by=care.carer, at=NOW)
    with pytest.raises(UntilPast):
        codes.suspend(worker_id=who.pk, why="核查", until=TODAY - DAY, by=care.carer, at=NOW)
    assert (Measure.objects.count(), SafetyCode.objects.get().state) == (history, "issued")


@pytest.mark.requirement("D-6a")
def test_an_appeal_that_is_upheld_undoes_the_measure(care: Care) -> None:
    who = care.world.worker.pk
    for kind in (MeasureKind.SUSPEND, MeasureKind.RECALL):
        if kind is MeasureKind.SUSPEND:
            codes.suspend(worker_id=who, why="核查", by=care.carer, at=NOW)
        else:
            codes.revoke(worker_id=who, why="证件不实", by=care.carer, at=NOW)
        row = Measure.objects.get(kind=kind)
        codes.note_appeal(measure_id=row.pk, appeal_ref=row.pk, at=NOW)
        with pytest.raises(actions.Appealed):
            codes.note_appeal(measure_id=row.pk, appeal_ref=row.pk, at=NOW)
        codes.lift(measure_id=row.pk, why="申诉成立", by=care.carer, at=NOW)
        assert codes.judge(who, NOW).is_green
        with pytest.raises(actions.NoSuchMeasure):
            codes.lift(measure_id=row.pk, why="再来", by=care.carer, at=NOW)


def test_delegations_show_to_their_sides_alone(care: Care) -> None:
    worker = make_worker(None, name="旁人")
    seen = {
        name: Delegation.objects.visible_to(actor).count()
        for name, actor in {
            "carer": care.carer, "head": care.head, "far": care.far, "agency": care.world.head,
            "worker": self_of(worker), "stranger": care.world.stranger,
        }.items()
    }  # fmt: skip
    assert seen == {"carer": 1, "head": 1, "far": 0, "agency": 0, "worker": 0, "stranger": 0}
