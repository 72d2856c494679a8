"""An agency applies, brings its papers, is verified, goes live, is verified again, and leaves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from anxin.accounts import public as accounts
from anxin.accounts.actions.posts import NameUnprintable
from anxin.agencies import actions
from anxin.agencies import public as agencies
from anxin.agencies.models import Agency, AgencyHistory, Document
from anxin.agencies.states import AGENCY, AgencyState
from anxin.audit import public as audit
from anxin.kit.errors import Forbidden, NotFound, RealNameNeeded
from anxin.kit.models import Moved, NotAllowed
from anxin.notices.models import Notice
from tests.agencies import made
from tests.cast import NOON, uscc

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("E-22")
def test_a_verified_person_joins_and_the_agency_goes_live_and_back_off(stranger, operations):
    row = agencies.apply(
        name="临安安顺家政服务部", uscc=uscc(777), profile=made.profile(), by=stranger.actor, at=NOON
    )
    assert row.state == AgencyState.APPLIED
    post = accounts.appointments_of(stranger.id, NOON).get()
    assert (post.post, post.organisation.uscc) == ("agency.head", uscc(777))

    head = accounts.actor_for(stranger.person, post)
    document = made.with_licence(row, head, NOON)
    agencies.submit(agency_id=row.pk, agreed=True, by=head, at=NOON)
    agencies.verify_document(
        document_id=document.pk, passed=True, how="公示系统查询", by=operations.actor, at=NOON
    )
    live = agencies.approve(agency_id=row.pk, by=operations.actor, at=NOON)
    assert live.state == AgencyState.LIVE
    assert live.reverify_due_at.date() == date(2026, 9, 18)

    agencies.leave(agency_id=row.pk, why="负责人退休，不再经营", by=head, at=NOON)
    agencies.tick(at=NOON + timedelta(days=29))
    assert Agency.objects.get(pk=row.pk).state == AgencyState.LEAVING
    agencies.tick(at=NOON + timedelta(days=30))
    assert Agency.objects.get(pk=row.pk).state == AgencyState.LEFT
    states = AgencyHistory.objects.filter(row=row).order_by("id").values_list("to_state", flat=True)
    assert list(states) == ["applied", "verifying", "live", "leaving", "left"]
    told = [entry.action for entry in audit.of_subject("agency", row.pk)]
    assert {"agencies.apply", "agencies.approve", "agencies.leave", "agencies.left"} <= set(told)


def test_an_unverified_person_cannot_apply(newcomer):
    with pytest.raises(RealNameNeeded):
        agencies.apply(name="某家政", uscc=uscc(1), profile=made.profile(), by=newcomer.actor, at=NOON)
    assert not Agency.objects.exists()


@pytest.mark.requirement("B-7.1.1")
@pytest.mark.parametrize(
    "code", ["", "91330199MATE5T0179", "9133019", "91330199MATE5T01I8", "11010519491231002X"]
)
def test_a_wrong_credit_code_is_refused_and_nothing_is_kept(stranger, code):
    before = accounts.Organisation.objects.count()
    with pytest.raises(accounts.UsccInvalid) as refusal:
        agencies.apply(name="某家政", uscc=code, profile=made.profile(), by=stranger.actor, at=NOON)
    assert refusal.value.field == "uscc"
    assert accounts.Organisation.objects.count() == before


def test_a_name_that_no_font_prints_is_refused_before_it_holds_contracts_up(stranger):
    """It stands on every contract and in the seal; found out there, a customer waits."""
    with pytest.raises(NameUnprintable) as refusal:
        agencies.apply(
            name="某\U00031350家政", uscc=uscc(1), profile=made.profile(), by=stranger.actor, at=NOON
        )
    assert (refusal.value.field, refusal.value.params["characters"]) == ("name", "\U00031350")
    assert not Agency.objects.exists()


def test_a_credit_code_joins_only_once(stranger, chen_jing):
    agencies.apply(name="某家政", uscc=uscc(5), profile=made.profile(), by=stranger.actor, at=NOON)
    with pytest.raises(accounts.UsccTaken):
        agencies.apply(name="冒名家政", uscc=uscc(5), profile=made.profile(), by=chen_jing.actor, at=NOON)
    assert Agency.objects.count() == 1
    assert not accounts.appointments_of(chen_jing.id, NOON).exists()


def test_an_organisation_joins_only_once(jia_head):
    made.applied(jia_head, NOON)
    with pytest.raises(actions.AlreadyJoined):
        made.applied(jia_head, NOON)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "family"),
        ("legal_representative", "钱"),
        ("phone", "12345"),
        ("town_code", "330112999"),
        ("town_code", "330112006001"),
        ("address", "临安"),
    ],
)
def test_an_incomplete_profile_is_refused_by_its_field(jia_head, field, value):
    with pytest.raises(actions.Unfit) as refusal:
        agencies.apply(
            name="", uscc="", profile=made.profile(**{field: value}),
            organisation_id=jia_head.actor.organisation_id, by=jia_head.actor, at=NOON,
        )  # fmt: skip
    assert refusal.value.field == field


def test_the_legal_representative_is_stored_sealed(jia_head, django_db_blocker):
    from django.db import connection

    row = made.applied(jia_head, NOON)
    with connection.cursor() as cursor:
        cursor.execute("SELECT legal_representative FROM agencies_agency WHERE id = %s", [row.pk])
        stored = bytes(cursor.fetchone()[0])
    assert "钱丽".encode() not in stored
    assert agencies.party_of(row.organisation_id).legal_representative == "钱丽"


def test_submission_needs_agreement_and_licence(jia_head):
    row = made.applied(jia_head, NOON)
    with pytest.raises(actions.LicenceMissing):
        agencies.submit(agency_id=row.pk, agreed=True, by=jia_head.actor, at=NOON)
    made.with_licence(row, jia_head.actor, NOON, valid_to=date(2026, 3, 17))
    with pytest.raises(actions.LicenceExpired):
        agencies.submit(agency_id=row.pk, agreed=True, by=jia_head.actor, at=NOON)
    made.with_licence(row, jia_head.actor, NOON)
    with pytest.raises(actions.AgreementMissing):
        agencies.submit(agency_id=row.pk, agreed=False, by=jia_head.actor, at=NOON)
    assert Agency.objects.get(pk=row.pk).state == AgencyState.APPLIED


def test_nobody_goes_live_on_an_unverified_or_expired_licence(jia_head, operations):
    row = made.applied(jia_head, NOON)
    document = made.with_licence(row, jia_head.actor, NOON, valid_to=date(2026, 3, 18))
    agencies.submit(agency_id=row.pk, agreed=True, by=jia_head.actor, at=NOON)
    with pytest.raises(actions.LicenceNotVerified):
        agencies.approve(agency_id=row.pk, by=operations.actor, at=NOON)
    agencies.verify_document(document_id=document.pk, passed=True, how="查询", by=operations.actor, at=NOON)
    with pytest.raises(actions.LicenceNotVerified):
        agencies.approve(agency_id=row.pk, by=operations.actor, at=NOON + timedelta(days=1))
    assert Agency.objects.get(pk=row.pk).state == AgencyState.VERIFYING


def test_a_return_says_what_is_missing_and_a_rejection_can_be_appealed(jia_head, operations):
    row = made.applied(jia_head, NOON)
    made.with_licence(row, jia_head.actor, NOON)
    agencies.submit(agency_id=row.pk, agreed=True, by=jia_head.actor, at=NOON)
    with pytest.raises(actions.ReasonMissing):
        agencies.send_back(agency_id=row.pk, why="  ", by=operations.actor, at=NOON)
    agencies.send_back(agency_id=row.pk, why="执照照片模糊，请重新拍摄", by=operations.actor, at=NOON)
    assert Notice.objects.filter(person=jia_head.person, kind="agencies.returned").exists()
    agencies.submit(agency_id=row.pk, agreed=True, by=jia_head.actor, at=NOON)
    agencies.reject(agency_id=row.pk, why="经营范围不含家庭服务", by=operations.actor, at=NOON)
    actions.appeal(agency_id=row.pk, why="已办理变更登记，附新执照", by=jia_head.actor, at=NOON)
    assert Agency.objects.get(pk=row.pk).state == AgencyState.VERIFYING


def test_other_agencies_and_strangers_reach_nothing(jia_agency, yi_head, stranger, jia_dispatcher):
    licence = Document.objects.get(agency=jia_agency)
    for call in (
        lambda by: actions.change_profile(agency_id=jia_agency.pk, profile=made.profile(), by=by, at=NOON),
        lambda by: agencies.leave(agency_id=jia_agency.pk, why="不想做了吧", by=by, at=NOON),
        lambda by: actions.remove_document(document_id=licence.pk, by=by, at=NOON),
        lambda by: agencies.add_document(
            agency_id=jia_agency.pk, paper=made.licence(), file_id=None, by=by, at=NOON
        ),
    ):
        with pytest.raises(NotFound):
            call(yi_head.actor)
        with pytest.raises(Forbidden):
            call(stranger.actor)
        with pytest.raises(Forbidden):
            call(jia_dispatcher.actor)
    with pytest.raises(Forbidden):
        agencies.approve(agency_id=jia_agency.pk, by=yi_head.actor, at=NOON)
    assert Agency.objects.get(pk=jia_agency.pk).state == AgencyState.LIVE
    assert not Agency.objects.visible_to(yi_head.actor).filter(pk=jia_agency.pk).exists()
    assert not Document.objects.visible_to(stranger.actor).exists()


def test_an_upload_of_somebody_else_cannot_be_handed_in(jia_head, yi_head):
    row = made.applied(jia_head, NOON)
    foreign = made.upload(yi_head.actor, NOON)
    with pytest.raises(NotFound):
        agencies.add_document(
            agency_id=row.pk, paper=made.licence(), file_id=foreign, by=jia_head.actor, at=NOON
        )
    assert not Document.objects.exists()


def test_a_new_licence_replaces_the_old_and_is_unverified(jia_agency, jia_head):
    made.with_licence(jia_agency, jia_head.actor, NOON, number="新号")
    standing = Document.objects.standing().get(agency=jia_agency)
    assert (standing.number, standing.is_verified) == ("新号", False)
    with pytest.raises(NotFound):
        old = Document.objects.exclude(pk=standing.pk).get(agency=jia_agency)
        actions.remove_document(document_id=old.pk, by=jia_head.actor, at=NOON)


@pytest.mark.requirement("E-22")
def test_six_months_later_verification_is_due_and_after_the_grace_the_agency_is_suspended(
    jia_agency, jia_head, operations
):
    due = jia_agency.reverify_due_at
    agencies.tick(at=due - timedelta(days=10))
    agencies.tick(at=due - timedelta(days=9))
    assert Notice.objects.filter(person=jia_head.person, kind="agencies.reverify_due").count() == 1
    agencies.tick(at=due + timedelta(days=29))
    assert Agency.objects.get(pk=jia_agency.pk).state == AgencyState.LIVE
    late = due + timedelta(days=30)
    agencies.tick(at=late)
    assert Agency.objects.get(pk=jia_agency.pk).state == AgencyState.SUSPENDED
    with pytest.raises(actions.ReverifyFirst):
        agencies.reinstate(agency_id=jia_agency.pk, by=operations.actor, at=late)
    agencies.reverify(agency_id=jia_agency.pk, how="现场核查", by=operations.actor, at=late)
    agencies.reinstate(agency_id=jia_agency.pk, by=operations.actor, at=late)
    assert Agency.objects.get(pk=jia_agency.pk).state == AgencyState.LIVE


def test_an_expiring_paper_is_warned_of_once_and_an_expired_licence_suspends(jia_head):
    row = made.live(jia_head, NOON, valid_to=date(2026, 4, 10))
    agencies.tick(at=NOON)
    agencies.tick(at=NOON + timedelta(days=1))
    assert Notice.objects.filter(kind="agencies.document_expiring").count() == 1
    agencies.tick(at=NOON + timedelta(days=25))
    assert Agency.objects.get(pk=row.pk).state == AgencyState.SUSPENDED


def test_leaving_and_staying_does_not_undo_a_suspension(jia_agency, jia_head, operations):
    agencies.suspend(agency_id=jia_agency.pk, why="多起投诉未处理", by=operations.actor, at=NOON)
    agencies.leave(agency_id=jia_agency.pk, why="准备停业整顿", by=jia_head.actor, at=NOON)
    actions.stay(agency_id=jia_agency.pk, by=jia_head.actor, at=NOON)
    assert Agency.objects.get(pk=jia_agency.pk).state == AgencyState.SUSPENDED


VERBS = {
    "submit": lambda row, head, op: agencies.submit(agency_id=row.pk, agreed=True, by=head, at=NOON),
    "approve": lambda row, head, op: agencies.approve(agency_id=row.pk, by=op, at=NOON),
    "return": lambda row, head, op: agencies.send_back(agency_id=row.pk, why="请补正资料", by=op, at=NOON),
    "reject": lambda row, head, op: agencies.reject(agency_id=row.pk, why="不符合条件", by=op, at=NOON),
    "appeal": lambda row, head, op: actions.appeal(agency_id=row.pk, why="请再看一次", by=head, at=NOON),
    "suspend": lambda row, head, op: agencies.suspend(agency_id=row.pk, why="投诉未处理", by=op, at=NOON),
    "reinstate": lambda row, head, op: agencies.reinstate(agency_id=row.pk, by=op, at=NOON),
    "leave": lambda row, head, op: agencies.leave(agency_id=row.pk, why="不再经营了", by=head, at=NOON),
    "stay": lambda row, head, op: actions.stay(agency_id=row.pk, by=head, at=NOON),
}


def test_every_verb_in_every_state_does_what_the_table_says(jia_agency, jia_head, operations):
    for state in AgencyState:
        for verb, call in VERBS.items():
            Agency.objects.filter(pk=jia_agency.pk).update(state=state)
            if verb in AGENCY.verbs(state):
                with transaction.atomic():
                    call(jia_agency, jia_head.actor, operations.actor)
                assert Agency.objects.get(pk=jia_agency.pk).state in AGENCY.next(state)
            else:
                with pytest.raises((NotAllowed, Moved)):
                    call(jia_agency, jia_head.actor, operations.actor)
                assert Agency.objects.get(pk=jia_agency.pk).state == state


def test_the_history_cannot_be_rewritten(jia_agency):
    with pytest.raises(DatabaseError), transaction.atomic():
        AgencyHistory.objects.filter(row=jia_agency).update(why="改写")
