"""The way to a code in eight steps: each desk in its turn, everything told by facts, nobody beside their desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.catalogue.values import CredentialKind, HealthTier
from anxin.kit.actor import Actor
from anxin.kit.models import NotAllowed
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.refusals import NoAgency, NoApplication, OwnCase
from anxin.safetycode.models import Application, ApplicationMoved, FaceMatch, SafetyCode
from anxin.safetycode.queries.applications import conditions
from anxin.safetycode.rules.applying import unmet
from anxin.safetycode.states import APPLICATION, ApplicationState
from anxin.safetycode.values.applying import DESK_OF, Need
from anxin.workers.models import AuthorisedItem
from anxin.workers.public import leave_agency
from tests.safetycode.applying import STEPS_TO, Cast, brought_to, opened, world
from tests.workers.world import NOW, add_paper, make_worker, self_of

__all__ = ["world"]

LATER = NOW + timedelta(days=1)
VERBS = {
    "submit": lambda w, row: applying.submit(application_id=row.pk, declared=True, by=w.own, at=LATER),
    "forward": lambda w, row: applying.forward(application_id=row.pk, by=w.head, at=LATER),
    "pass": lambda w, row: applying.pass_on(application_id=row.pk, by=w.association, at=LATER),
    "clear": lambda w, row: applying.clear(application_id=row.pk, by=w.bureau, at=LATER),
    "issue": lambda w, row: applying.issue_applied(application_id=row.pk, by=w.association, at=LATER),
    "hand_down": lambda w, row: applying.hand_down(application_id=row.pk, by=w.head, at=LATER),
    "withdraw": lambda w, row: applying.withdraw(application_id=row.pk, by=w.own, at=LATER),
    "resubmit": lambda w, row: applying.resubmit(application_id=row.pk, by=w.own, at=LATER),
}


def told_to(world: Cast) -> list[str]:
    """The reasons that the worker was told, as they were written."""
    rows = Notice.objects.filter(person=world.worker.person_id, kind="safetycode.application")
    return [row.params.get("why", "") for row in rows]


@pytest.mark.requirement("D-5a")
@pytest.mark.requirement("D-4")
def test_a_stranger_to_the_code_gets_one_in_eight_steps(world: Cast) -> None:
    row = brought_to(world, "delivered")
    code = SafetyCode.objects.get(worker=world.worker)
    assert (row.code_id, code.issuer_id) == (code.pk, world.association.organisation_id)
    assert codes.judge(world.worker.pk, NOW).colour == "green"
    moves = ApplicationMoved.objects.filter(row=row).order_by("id")
    assert [one.to_state for one in moves] == list(STEPS_TO)
    desks = [one.by_organisation for one in moves]
    assert desks[2:5] == [
        world.head.organisation_id, world.association.organisation_id, world.bureau.organisation_id
    ]  # fmt: skip
    told = Notice.objects.filter(person=world.worker.person_id, kind="safetycode.application").count()
    assert told == 8


@pytest.mark.parametrize("state", list(STEPS_TO))
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(world: Cast, state: str) -> None:
    row = brought_to(world, state)
    for verb, act in VERBS.items():
        if verb in APPLICATION.verbs(state):
            continue
        history = ApplicationMoved.objects.count()
        # A draft does not exist yet for those to whom it was not handed in.
        with pytest.raises((NotAllowed, NoApplication)):
            act(world, row)
        assert Application.objects.get().state == state
        assert ApplicationMoved.objects.count() == history


def test_every_state_that_waits_for_somebody_says_for_whom() -> None:
    waiting = {s for s in ApplicationState if APPLICATION.next(s) and s is not ApplicationState.REJECTED}
    assert set(DESK_OF) == waiting


def at_desk(world: Cast, state: str) -> Actor:
    """Who sits where it is the turn of this state: one association is entrusted with both its tasks."""
    people = {"agency": world.head, "association": world.association, "bureau": world.bureau}
    return (people | {"issuer": world.association})[DESK_OF[ApplicationState(state)]]


@pytest.mark.parametrize(
    "state", ["agency_review", "association_review", "bureau_review", "approved", "issued"]
)
def test_only_the_desk_whose_turn_it_is_may_act(world: Cast, state: str) -> None:
    row = brought_to(world, state)
    forward = {
        "agency_review": applying.forward, "association_review": applying.pass_on, "bureau_review": applying.clear,
        "approved": applying.issue_applied, "issued": applying.hand_down,
    }[state]  # fmt: skip
    mine = at_desk(world, state)
    for other in (world.head, world.association, world.bureau, world.own, world.rival, world.stranger):
        if other is mine:
            continue
        with pytest.raises((applying.NotYourTurn, NoApplication)):
            forward(application_id=row.pk, by=other, at=LATER)
    assert Application.objects.get().state == state


@pytest.mark.requirement("D-4")
def test_an_issue_needs_every_condition_and_says_which_are_missing(world: Cast) -> None:
    row = brought_to(world, "approved")
    health = world.worker.credentials.get(kind="health_check")
    codes_before = SafetyCode.objects.count()
    from anxin.kit.actor import SYSTEM
    from anxin.workers.public import withdraw_credential

    withdraw_credential(credential_id=health.pk, why="误录", by=SYSTEM, at=NOW)
    with pytest.raises(applying.NeedsMissing) as refused:
        applying.issue_applied(application_id=row.pk, by=world.association, at=LATER)
    assert refused.value.needs == (Need.HEALTH,)
    assert "健康体检" in str(refused.value)
    assert SafetyCode.objects.count() == codes_before
    assert unmet(conditions(row, LATER), row.state) == [Need.HEALTH]


def test_a_laxer_health_check_than_applied_for_is_none(world: Cast) -> None:
    row = applying.open_application(worker_id=world.worker.pk, tier=HealthTier.MATERNAL, by=world.own, at=NOW)
    add_paper(world.worker, CredentialKind.HEALTH_CHECK)
    met = {one.need: one.met for one in conditions(row, NOW)}
    assert not met[Need.HEALTH] and met[Need.TRAINING]


def test_papers_that_are_valid_already_are_not_asked_for_again(world: Cast) -> None:
    add_paper(world.worker, CredentialKind.HEALTH_CHECK)
    add_paper(world.worker, CredentialKind.INSURANCE)
    assert brought_to(world, "exam_pending").state == "approved"


def test_nobody_else_declares_for_the_worker(world: Cast) -> None:
    row = applying.open_application(worker_id=world.worker.pk, tier=HealthTier.GENERAL, by=world.head, at=NOW)
    with pytest.raises(applying.NotYourTurn):
        applying.submit(application_id=row.pk, declared=True, by=world.head, at=NOW)
    with pytest.raises(applying.NotDeclared):
        applying.submit(application_id=row.pk, declared=False, by=world.own, at=NOW)
    row.refresh_from_db()
    assert (row.state, row.submitted_at) == ("draft", None)


def test_one_open_application_and_none_beside_a_code_in_force(world: Cast) -> None:
    opened(world)
    with pytest.raises(applying.AlreadyApplied):
        opened(world)
    Application.objects.update(state="withdrawn")
    code = codes.issue(worker_id=world.worker.pk, by=world.association, at=NOW)
    with pytest.raises(applying.CodeInForce):
        opened(world)
    SafetyCode.objects.filter(pk=code.pk).update(valid_to=(NOW + timedelta(days=40)).date())
    assert opened(world).state == "draft"


def test_a_code_that_ends_soon_is_replaced_under_its_number(world: Cast) -> None:
    first = codes.issue(worker_id=world.worker.pk, by=world.association, at=NOW - timedelta(days=350))
    row = brought_to(world, "issued")
    again = SafetyCode.objects.get(pk=row.code_id)
    assert (again.number, again.state) == (first.number, "issued")
    assert again.valid_to > first.valid_to and bytes(again.handle) != bytes(first.handle)


def test_without_an_agency_nobody_applies(world: Cast) -> None:
    alone = make_worker(None, papers=False)
    with pytest.raises(NoAgency):
        applying.open_application(worker_id=alone.pk, tier=HealthTier.GENERAL, by=self_of(alone), at=NOW)


def test_whoever_leaves_the_agency_gets_no_code_through_it(world: Cast) -> None:
    row = brought_to(world, "association_review")
    leave_agency(worker_id=world.worker.pk, by=world.own, at=LATER)
    row.refresh_from_db()
    assert row.state == "withdrawn"
    with pytest.raises(NotAllowed):
        applying.pass_on(application_id=row.pk, by=world.association, at=LATER)


def test_without_the_signed_authorisation_nothing_is_handed_in(world: Cast) -> None:
    row = opened(world)
    AuthorisedItem.objects.filter(item="health").update(withdrawn_at=NOW)
    with pytest.raises(applying.NeedsMissing) as refused:
        applying.submit(application_id=row.pk, declared=True, by=world.own, at=NOW)
    assert refused.value.needs == (Need.AUTHORISATION,)


def test_a_face_that_is_another_stops_it_at_the_association(world: Cast) -> None:
    row = brought_to(world, "association_review")
    FaceMatch.objects.update(result="mismatch")
    with pytest.raises(applying.NeedsMissing) as refused:
        applying.pass_on(application_id=row.pk, by=world.association, at=LATER)
    assert refused.value.needs == (Need.FACE,)


def test_nobody_decides_for_themself(world: Cast) -> None:
    row = brought_to(world, "agency_review")
    from dataclasses import replace

    with pytest.raises(OwnCase):
        applying.forward(
            application_id=row.pk, by=replace(world.head, person_id=world.worker.person_id), at=LATER
        )


@pytest.mark.parametrize(
    "state", ["agency_review", "association_review", "bureau_review", "exam_pending", "approved"]
)
def test_what_is_returned_comes_back_to_the_desk_that_returned_it(world: Cast, state: str) -> None:
    row = brought_to(world, state)
    desk = at_desk(world, state)
    with pytest.raises(applying.WhyMissing):
        applying.send_back(application_id=row.pk, why=" ", by=desk, at=LATER)
    applying.send_back(application_id=row.pk, why="照片不清楚", by=desk, at=LATER)
    assert "照片不清楚" in told_to(world)
    back = applying.resubmit(application_id=row.pk, by=world.own, at=LATER + timedelta(hours=1))
    assert (back.state, back.sent_from) == (state, "")


def test_a_refusal_tells_why_and_ends_it(world: Cast) -> None:
    row = brought_to(world, "bureau_review")
    applying.reject(application_id=row.pk, why="信用信息不符", by=world.bureau, at=LATER)
    assert Application.objects.get().state == "rejected"
    assert told_to(world).count("信用信息不符") == 1
    assert opened(world, LATER).state == "draft"


def test_while_a_check_is_arranged_only_the_association_refuses(world: Cast) -> None:
    row = brought_to(world, "exam_pending")
    with pytest.raises(applying.NotYourTurn):
        applying.reject(application_id=row.pk, why="不想要了", by=world.head, at=LATER)
    assert (
        applying.reject(application_id=row.pk, why="体检不合格", by=world.association, at=LATER).state
        == "rejected"
    )


def test_who_sees_what(world: Cast) -> None:
    row = opened(world)
    seen = {
        name: Application.objects.visible_to(getattr(world, name)).exists()
        for name in ("own", "head", "association", "bureau", "rival", "stranger")
    }
    assert seen == {
        "own": True, "head": True, "association": False, "bureau": False, "rival": False, "stranger": False
    }  # fmt: skip
    applying.submit(application_id=row.pk, declared=True, by=world.own, at=NOW)
    from dataclasses import replace

    for desk in (world.association, world.bureau):
        assert Application.objects.visible_to(desk).exists()
        assert not Application.objects.visible_to(replace(desk, region="330114")).exists()
    assert not Application.objects.visible_to(world.rival).exists()
