"""A request for another time, taken back by the side that asked, before it is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from anxin.audit.models import Entry
from anxin.kit import jobs
from anxin.messaging.models import SmsMessage
from anxin.notices.models import Notice
from anxin.orders.actions import assign, change, refusals
from anxin.orders.models import Assignment, Change, Note, Order, Visit
from anxin.orders.states import AssignmentState, ChangeState
from anxin.workers.models import Booking
from tests.cast import NOON, Member
from tests.orders.pairs import halves
from tests.orders.steps import accepted, assert_time_is_held_for_the_live_alone, proposed, signed
from tests.orders.test_both import both, confirmed
from tests.orders.test_pair_cancel import signed as signed_pair
from tests.stage import START, Stage

At = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.3.2")]
LATER = START + timedelta(days=1)


def asked(visit: Visit, by: Member) -> Change:
    made = change.ask_change(visit, starts_at=LATER, reason="要去医院", by=by.actor, at=NOON)
    assert made is not None
    jobs.drain(NOON)
    return fresh(made)


def fresh(made: Change) -> Change:
    found: Change = Change.objects.select_related("order__customer", "visit").get(pk=made.pk)
    return found


def told(kind: str) -> set[object]:
    jobs.drain(NOON)
    return set(Notice.objects.filter(kind=f"orders.{kind}").values_list("person_id", flat=True))


@pytest.mark.parametrize("of_customer", [True, False])
def test_who_asked_takes_it_back_and_the_others_are_told(stage: Stage, of_customer: bool) -> None:
    order, visit = signed(stage)
    asker, other = (stage.customer, stage.head) if of_customer else (stage.head, stage.customer)
    wish = asked(visit, asker)
    change.take_back(wish, by=asker.actor, at=NOON)
    assert (wish.state, wish.answered_at) == (ChangeState.WITHDRAWN, NOON)
    visit.refresh_from_db()
    assert visit.starts_at == START
    assert told("change_taken_back") == {other.id, stage.people[0].id}
    assert Note.objects.filter(order=order, kind="change_taken_back").count() == 1
    assert Entry.objects.filter(action="orders.take_back_change").count() == 1
    # Nothing stands in the way of another.
    assert asked(visit, asker).state == ChangeState.ASKED
    assert_time_is_held_for_the_live_alone()


def test_nobody_but_the_side_that_asked_takes_it_back(stage: Stage, stranger: Member) -> None:
    _order, visit = signed(stage)
    wish = asked(visit, stage.customer)
    with pytest.raises(refusals.NotYourRequest):
        change.take_back(wish, by=stage.head.actor, at=NOON)
    for who in (stage.people[0], stage.rival, stranger):
        with pytest.raises(refusals.OrderUnknown):
            change.take_back(wish, by=who.actor, at=NOON)
    assert fresh(wish).state == ChangeState.ASKED
    assert told("change_taken_back") == set()
    assert not Entry.objects.filter(action="orders.take_back_change").exists()


@pytest.mark.parametrize("how", ["agreed", "refused", "taken back"])
def test_what_is_over_is_not_taken_back(stage: Stage, how: str) -> None:
    _order, visit = signed(stage)
    wish = asked(visit, stage.customer)
    if how == "taken back":
        change.take_back(fresh(wish), by=stage.customer.actor, at=NOON)
    else:
        change.answer_change(fresh(wish), agreed=how == "agreed", by=stage.head.actor, at=NOON)
    state, notes = fresh(wish).state, Note.objects.count()
    with pytest.raises(refusals.ChangeEnded):
        change.take_back(wish, by=stage.customer.actor, at=NOON)
    assert (fresh(wish).state, Note.objects.count()) == (state, notes)


def test_what_was_taken_back_is_not_answered(stage: Stage) -> None:
    _order, visit = signed(stage)
    wish = asked(visit, stage.customer)
    change.take_back(fresh(wish), by=stage.customer.actor, at=NOON)
    for agreed in (True, False):
        with pytest.raises(refusals.ChangeEnded):
            change.answer_change(wish, agreed=agreed, by=stage.head.actor, at=NOON)
    visit.refresh_from_db()
    assert (visit.starts_at, fresh(wish).state) == (START, ChangeState.WITHDRAWN)


@pytest.mark.parametrize("which", [0, 1])
def test_of_a_pair_both_halves_are_taken_back_and_each_is_told_once(stage: Stage, which: int) -> None:
    pair = signed_pair(stage)
    visits = [Visit.objects.select_related("order__customer").get(order=half) for half in pair]
    asked(visits[0], stage.customer)
    wish = Change.objects.select_related("order__customer", "visit").get(order=pair[which])
    change.take_back(wish, by=stage.customer.actor, at=NOON)
    assert set(Change.objects.values_list("state", flat=True)) == {ChangeState.WITHDRAWN}
    assert {half.starts_at for half in halves(pair[0])} == {START}
    jobs.drain(NOON)
    notices = Notice.objects.filter(kind="orders.change_taken_back")
    assert sorted(notices.values_list("person_id", flat=True)) == sorted(
        [stage.head.id, stage.people[0].id, stage.people[1].id]
    )
    assert Entry.objects.filter(action="orders.take_back_change").count() == 2


@pytest.mark.requirement("B-7.5.2")
@pytest.mark.parametrize("carded", [True, False])
def test_a_worker_who_was_asked_for_with_it_is_free_again(stage: Stage, carded: bool) -> None:
    order, _visit = signed(stage)
    made = confirmed(stage, order) if carded else both(stage, order)
    wish = Change.objects.select_related("order__customer", "visit").get(order=order)
    change.take_back(wish, by=stage.head.actor, at=NOON)
    made.refresh_from_db()
    assert (made.state, wish.state) == (AssignmentState.WITHDRAWN, ChangeState.WITHDRAWN)
    assert [one.worker_id for one in Booking.objects.all()] == [stage.workers[0].pk]
    # The customer hears of it only if they were asked.
    assert told("change_taken_back") == {stage.people[1].id} | ({stage.customer.id} if carded else set())


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("E-15")
@pytest.mark.parametrize("with_worker", [False, True])
def test_answered_and_taken_back_at_once_is_exactly_one(stage: Stage, with_worker: bool) -> None:
    order, visit = signed(stage)
    if with_worker:
        confirmed(stage, order)
        wish = Change.objects.get(order=order)
    else:
        wish = asked(visit, stage.head)
    gate, done = threading.Barrier(2), []

    def act(name: str) -> None:
        mine = fresh(wish)
        gate.wait()
        try:
            if name == "answer":
                change.answer_change(mine, agreed=True, by=stage.customer.actor, at=NOON)
            else:
                change.take_back(mine, by=stage.head.actor, at=NOON)
            done.append(name)
        except refusals.Conflict:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=(name,)) for name in ("answer", "take back")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    visit.refresh_from_db()
    moved = done == ["answer"]
    new = Change.objects.get(pk=wish.pk).starts_at
    assert (visit.starts_at == new, visit.starts_at == START) == (moved, not moved)
    assert fresh(wish).state == (ChangeState.AGREED if moved else ChangeState.WITHDRAWN)
    assert Assignment.objects.live().count() == 1
    assert_time_is_held_for_the_live_alone()


@pytest.mark.usefixtures("at_noon")
def test_the_page_offers_it_to_who_asked_alone(stage: Stage, client_of: At, jia_finance: Member) -> None:
    order, visit = signed(stage)
    wish = asked(visit, stage.customer)
    path, where = f"/orders/{order.number}/", f"/changes/{wish.pk}/withdrawal/"
    own = client_of(stage.customer).get(path).content.decode()
    assert where in own and stage.head.organisation.name in own and "最晚" in own
    for who in (stage.head, stage.people[0], jia_finance):
        assert where not in client_of(who).get(path).content.decode()
    assert client_of(stage.head).post(where).status_code == 403
    assert client_of(stage.people[0]).post(where).status_code == 404
    assert client_of(stage.customer).post("/changes/none/withdrawal/").status_code == 404
    answer = client_of(stage.customer).post(where, follow=True)
    assert answer.redirect_chain == [(path, 303)] and "已收回改期请求" in answer.content.decode()
    again = client_of(stage.customer).post(where, follow=True)
    assert "已经收回" in again.content.decode() and fresh(wish).state == ChangeState.WITHDRAWN


@pytest.mark.usefixtures("at_noon")
def test_the_agency_takes_its_own_back_and_reads_whom_it_asked(stage: Stage, client_of: At) -> None:
    order, visit = signed(stage)
    wish = asked(visit, stage.head)
    path, where = f"/orders/{order.number}/", f"/changes/{wish.pk}/withdrawal/"
    page = client_of(stage.head).get(path).content.decode()
    name = stage.customer.person.name
    assert where in page and f"发给客户 {name[0]}" in page and name not in page
    assert client_of(stage.head).post(where).status_code == 303
    assert where not in client_of(stage.head).get(path).content.decode()


def test_what_nobody_can_agree_to_any_more_is_said_to_be_too_late(
    stage: Stage, client_of: At, at_noon
) -> None:
    order, visit = signed(stage)
    soon = NOON + timedelta(hours=3)
    change.ask_change(visit, starts_at=soon, reason="早一点", by=stage.customer.actor, at=NOON)
    Change.objects.update(starts_at=NOON + timedelta(minutes=5))
    page = client_of(stage.customer).get(f"/orders/{order.number}/").content.decode()
    assert "来不及同意" in page and "收回请求" in page


def test_the_notices_say_both_times_in_the_readers_language(stage: Stage, client_of: At, at_noon) -> None:
    order, visit = signed(stage)
    wish = asked(visit, stage.customer)
    rows = SmsMessage.objects.all()
    bodies = [row.params["body"] for row in rows if row.phone == stage.head.person.phone and row.params]
    assert any("由 3月20日 周五 14:00 改到 3月21日 周六 14:00：要去医院" in body for body in bodies)
    change.answer_change(wish, agreed=True, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    inbox = client_of(stage.customer)
    assert "上门时间由 3月20日 周五 14:00 改到 3月21日 周六 14:00" in inbox.get("/inbox/").content.decode()
    head = client_of(stage.head)
    head.post("/preferences/", {"language": "en"})
    english = head.get("/inbox/").content.decode()
    assert "from 20 Mar Fri 14:00 to 21 Mar Sat 14:00" in english
    shown = inbox.get(f"/orders/{order.number}/").content.decode()
    assert "由 3月20日 周五 14:00 改到 3月21日 周六 14:00：要去医院" in shown


@pytest.mark.usefixtures("at_noon")
def test_the_agency_reads_who_has_not_answered_since_when_and_until_when(stage: Stage, client_of: At) -> None:
    order = accepted(stage)
    made = proposed(stage, order)
    path = f"/orders/{order.number}/"
    page = client_of(stage.head).get(path).content.decode()
    assert f"等服务员 {stage.people[0].person.name} 答复" in page
    assert "10:00</time> 发出" in page and "最晚" in page and "data-until" in page
    assign.confirm(made, by=stage.people[0].actor, at=NOON)
    page = client_of(stage.head).get(path).content.decode()
    assert f"等客户 {stage.customer.person.name[0]}" in page and stage.customer.person.name not in page
    assert "最晚" in page
    assign.agree(made, by=stage.customer.actor, at=NOON)
    assert "最晚" not in client_of(stage.head).get(path).content.decode()
    for who in (stage.customer, stage.people[0]):
        assert "等服务员" not in client_of(who).get(path).content.decode()
    assert Order.objects.get(pk=order.pk).state == "contracting"
