"""Standing in for a colleague, asking for rights, and rights that lapse when nobody uses them."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from anxin.accounts import actions, queries
from anxin.accounts.api.schemas import post_shape
from anxin.accounts.models import Appointment, RightRequest
from anxin.audit.models import Entry
from anxin.notices.models import Notice
from tests import cast
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d"), pytest.mark.requirement("A-7.4.4")]
DAY = timedelta(days=1)


def entrust(by, colleague, *permissions, days=7, at=NOON):
    return actions.name_stand_in(
        colleague_id=colleague.id, permissions=permissions, begins=at, ends=at + days * DAY, why="出差", by=by.actor,
        at=at,
    )  # fmt: skip


# ── standing in ──────────────────────────────────────────────────────────────────────────────────────
def test_a_stand_in_may_do_what_was_entrusted_and_the_trail_says_for_whom(jia_head, jia_finance):
    row = entrust(jia_head, jia_finance, "orders.accept", "orders.read")
    actor = cast.actor_of(jia_finance.person, row)
    assert actor.permissions == {"orders.accept", "orders.read"} and actor.on_behalf == jia_head.id
    assert post_shape(row)["permissions"] == ["orders.accept", "orders.read"]
    actions.change_settings(language="en", by=actor, at=NOON)
    actions.end_stand_in(appointment_id=row.pk, by=actor, at=NOON + DAY)
    entry = Entry.objects.get(action="accounts.end_stand_in")
    assert entry.by_post == "agency.head" and entry.detail["for"] == str(jia_head.id)
    told = set(Notice.objects.filter(kind="accounts.stand_in").values_list("person_id", flat=True))
    assert told == {jia_head.id, jia_finance.id}


def test_it_ends_by_itself(jia_head, jia_finance):
    row = entrust(jia_head, jia_finance, "orders.accept", days=2)
    held = queries.appointments_of(jia_finance.id, NOON + DAY)
    assert row in held
    assert row not in queries.appointments_of(jia_finance.id, NOON + 2 * DAY)


def test_it_ends_with_the_post_it_stands_for(jia_head, jia_dispatcher, jia_finance):
    row = entrust(jia_dispatcher, jia_finance, "orders.accept")
    actions.dismiss(appointment_id=jia_dispatcher.appointment.pk, by=jia_head.actor, at=NOON + DAY)
    row.refresh_from_db()
    assert not row.covers(NOON + DAY)


def test_only_what_one_holds_to_a_colleague_and_not_passed_on(jia_head, jia_dispatcher, jia_finance, yi_head):
    with pytest.raises(actions.NotHeld):
        entrust(jia_dispatcher, jia_finance, "contracts.seal")
    with pytest.raises(actions.NotAColleague):
        entrust(jia_dispatcher, yi_head, "orders.accept")
    with pytest.raises(actions.NotAColleague):
        entrust(jia_dispatcher, jia_dispatcher, "orders.accept")
    with pytest.raises(actions.SpanWrong):
        entrust(jia_dispatcher, jia_finance, "orders.accept", days=91)
    with pytest.raises(actions.SpanWrong):
        entrust(jia_dispatcher, jia_finance, "orders.accept", days=0)
    row = entrust(jia_head, jia_finance, "orders.accept")
    standing = cast.Member(jia_finance.person, row)
    with pytest.raises(actions.CannotPassOn):
        entrust(standing, jia_dispatcher, "orders.accept")
    assert Appointment.objects.exclude(stands_in_for=None).count() == 1


def test_a_stand_in_is_no_head_that_could_be_the_last(jia_head, jia_finance):
    entrust(jia_head, jia_finance, "accounts.appoint", "orders.read")
    with pytest.raises(actions.LastHead):
        actions.dismiss(appointment_id=jia_head.appointment.pk, by=jia_head.actor, at=NOON)


def test_no_administrator_stands_in_for_another(auditor, operator):
    security = cast.in_post(cast.new_person(701, "安全员"), operator, "operator.security")
    with pytest.raises(actions.OneAdministrator):
        entrust(security, auditor, "rights.read")
    assert not Appointment.objects.exclude(stands_in_for=None).exists()


def test_others_cannot_end_it(jia_head, jia_dispatcher, jia_finance, yi_head):
    row = entrust(jia_head, jia_finance, "orders.accept")
    for nosy in (yi_head, jia_dispatcher):
        with pytest.raises(actions.posts.NotFound):
            actions.end_stand_in(appointment_id=row.pk, by=nosy.actor, at=NOON)
    row.refresh_from_db()
    assert row.covers(NOON + DAY)


# ── asking ───────────────────────────────────────────────────────────────────────────────────────────
def ask(member, post="agency.dispatcher", **more):
    return actions.ask_for_post(
        organisation_id=member.organisation.pk,
        post=post,
        why="节前订单多，需要派单",
        by=member.actor,
        at=NOON,
        **more,
    )


def test_the_head_approves_and_the_post_ends_when_it_was_asked_to(jia_head, jia_finance):
    row = ask(jia_finance, until=NOON + 10 * DAY)
    assert Notice.objects.filter(person_id=jia_head.id, kind="accounts.request").exists()
    actions.decide_request(request_id=row.pk, approve=True, by=jia_head.actor, at=NOON)
    posts = {one.post for one in queries.appointments_of(jia_finance.id, NOON + DAY)}
    assert posts == {"agency.finance", "agency.dispatcher"}
    assert {one.post for one in queries.appointments_of(jia_finance.id, NOON + 10 * DAY)} == {
        "agency.finance"
    }


def test_nobody_decides_their_own_nor_through_a_stand_in(jia_head, jia_finance):
    row = ask(jia_finance, post="agency.head")
    own = actions.ask_for_post(
        organisation_id=jia_head.organisation.pk,
        post="agency.service",
        why="代班客服一周",
        by=jia_head.actor,
        at=NOON,
    )
    with pytest.raises(actions.NotYourOwn):
        actions.decide_request(request_id=own.pk, approve=True, by=jia_head.actor, at=NOON)
    standing = entrust(jia_head, jia_finance, "accounts.appoint")
    deputy = cast.actor_of(jia_finance.person, standing)
    for one in (row, own):  # their own, and that of whom they stand in for
        with pytest.raises(actions.NotYourOwn):
            actions.decide_request(request_id=one.pk, approve=True, by=deputy, at=NOON)
    assert set(RightRequest.objects.values_list("state", flat=True)) == {"open"}


def test_another_organisations_head_sees_and_decides_nothing(jia_head, jia_finance, yi_head):
    row = ask(jia_finance)
    assert not RightRequest.objects.visible_to(yi_head.actor).exists()
    with pytest.raises(actions.posts.NotFound):
        actions.decide_request(request_id=row.pk, approve=True, by=yi_head.actor, at=NOON)


def test_a_refusal_needs_a_reason_and_is_told(jia_head, jia_finance):
    row = ask(jia_finance)
    with pytest.raises(actions.WhyMissing):
        actions.decide_request(request_id=row.pk, approve=False, by=jia_head.actor, at=NOON)
    actions.decide_request(
        request_id=row.pk, approve=False, answer="已有两位派单员", by=jia_head.actor, at=NOON
    )
    assert Notice.objects.filter(person_id=jia_finance.id, kind="accounts.request").exists()
    with pytest.raises(Exception, match="."):
        actions.decide_request(request_id=row.pk, approve=True, by=jia_head.actor, at=NOON)
    assert {one.post for one in queries.appointments_of(jia_finance.id, NOON)} == {"agency.finance"}


def test_what_cannot_be_asked_for(jia_finance, stranger, jia):
    with pytest.raises(actions.AlreadyAppointed):
        ask(jia_finance, post="agency.finance")
    with pytest.raises(actions.PostUnknown):
        ask(jia_finance, post="operator.security")
    with pytest.raises(actions.UntilWrong):
        ask(jia_finance, until=NOON)
    with pytest.raises(actions.posts.NotFound):
        actions.ask_for_post(
            organisation_id=jia.pk, post="agency.head", why="我想当店长", by=stranger.actor, at=NOON
        )
    ask(jia_finance)
    with pytest.raises(actions.AlreadyAsked):
        ask(jia_finance)


# ── lapsing ──────────────────────────────────────────────────────────────────────────────────────────
def used(member, at):
    Appointment.objects.filter(pk=member.appointment.pk).update(used_at=at)
    Appointment.objects.exclude(pk=member.appointment.pk).update(used_at=NOON + 999 * DAY)


def test_a_post_unused_for_ninety_days_is_warned_of_then_suspended_and_comes_back(jia_head, jia_finance):
    used(jia_finance, NOON)
    assert actions.lapse_unused(at=NOON + 82 * DAY) == (0, 0)
    assert actions.lapse_unused(at=NOON + 83 * DAY) == (1, 0)
    assert actions.lapse_unused(at=NOON + 84 * DAY) == (0, 0)
    assert actions.lapse_unused(at=NOON + 90 * DAY) == (0, 1)
    later = NOON + 91 * DAY
    assert Notice.objects.filter(person_id=jia_finance.id, kind="accounts.lapse").count() == 2
    assert not queries.appointments_of(jia_finance.id, later).exists()
    assert Entry.objects.filter(action="accounts.suspend_post").count() == 1
    row = actions.ask_for_return(
        appointment_id=jia_finance.appointment.pk,
        why="休完产假回来了",
        by=cast.actor_of(jia_finance.person),
        at=later,
    )
    actions.decide_request(request_id=row.pk, approve=True, by=jia_head.actor, at=later)
    assert queries.appointments_of(jia_finance.id, later).exists()
    assert actions.lapse_unused(at=later + DAY) == (0, 0)


def test_one_use_after_the_warning_keeps_it(jia_finance, jia_head):
    used(jia_finance, NOON)
    actions.lapse_unused(at=NOON + 83 * DAY)
    row = Appointment.objects.get(pk=jia_finance.appointment.pk)
    actions.note_use(row, NOON + 85 * DAY)
    assert actions.lapse_unused(at=NOON + 90 * DAY) == (0, 0)
    assert actions.lapse_unused(at=NOON + (85 + 83) * DAY) == (1, 0)


def test_whoever_was_not_warned_in_time_still_has_a_week(jia_finance, jia_head):
    used(jia_finance, NOON)
    assert actions.lapse_unused(at=NOON + 200 * DAY) == (1, 0)
    assert actions.lapse_unused(at=NOON + 206 * DAY) == (0, 0)
    assert actions.lapse_unused(at=NOON + 207 * DAY) == (0, 1)


def test_the_last_security_administrator_stays(operator, auditor):
    security = cast.in_post(cast.new_person(702, "安全员"), operator, "operator.security")
    used(security, NOON)
    actions.lapse_unused(at=NOON + 100 * DAY)
    assert actions.lapse_unused(at=NOON + 120 * DAY) == (0, 0)
    assert queries.appointments_of(security.id, NOON + 120 * DAY).exists()


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────
def test_the_page_carries_it_through(client_of, jia_head, jia_finance):
    finance, head = client_of(jia_finance), client_of(jia_head)
    wanted = f"post:{jia_finance.organisation.pk}:agency.service"
    answer = finance.post("/rights/requests/", {"wanted": wanted, "why": "下月轮岗做客服"})
    assert answer.status_code == 303
    assert "下月轮岗做客服" in head.get("/rights/").content.decode()
    row = RightRequest.objects.get()
    assert finance.post(f"/rights/requests/{row.pk}/decision/", {"verdict": "approve"}).status_code == 403
    assert head.post(f"/rights/requests/{row.pk}/decision/", {"verdict": "approve"}).status_code == 303
    row.refresh_from_db()
    assert row.state == "approved"


def test_naming_a_stand_in_on_the_page(client_of, jia_head, jia_finance):
    head = client_of(jia_head)
    from anxin.kit import clock

    day = clock.local_date(clock.now())
    form = {
        "colleague": str(jia_finance.id), "permissions": ["orders.read"], "begins": day.isoformat(),
        "ends": (day + DAY).isoformat(), "why": "开会",
    }  # fmt: skip
    assert head.post("/rights/stand-ins/", form).status_code == 303
    row = Appointment.objects.exclude(stands_in_for=None).get()
    page = client_of(jia_finance.person, row).get("/rights/").content.decode()
    assert "代理" in page and "钱" in page
    # Where one chooses the post, and in the list of one's own.
    assert client_of(jia_finance).get("/me/").content.decode().count("店长（代理 ") == 2
    assert head.post(f"/rights/stand-ins/{row.pk}/end/").status_code == 303
    row.refresh_from_db()
    assert not row.covers(clock.now())


def test_naming_a_stand_in_and_deciding_ask_for_a_fresh_proof(client_of, jia_head, jia_finance):
    form = {
        "colleague": str(jia_finance.id), "permissions": ["orders.read"], "begins": "2026-03-18",
        "ends": "2026-03-20", "why": "外出",
    }  # fmt: skip
    with time_machine.travel(NOON, tick=False) as moment:
        row = actions.ask_for_post(
            organisation_id=jia_head.organisation.pk, post="agency.dispatcher", why="派单人手不够", until=None,
            by=jia_finance.actor, at=NOON,
        )  # fmt: skip
        head = client_of(jia_head)
        moment.shift(timedelta(minutes=6))
        for path, sent in (
            ("/rights/stand-ins/", form), (f"/rights/requests/{row.pk}/decision/", {"verdict": "approve"}),
        ):  # fmt: skip
            asked = head.post(path, sent)
            assert asked.status_code == 403 and dict(asked.context["kept"]).keys() <= sent.keys()
        assert head.get("/rights/").status_code == 200
    row.refresh_from_db()
    assert row.state == "open"
    assert not Appointment.objects.filter(stands_in_for__isnull=False).exists()
