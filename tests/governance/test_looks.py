"""Staff see persons masked; whole only for a reason, one record, some minutes, and not without end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from anxin.audit import public as audit
from anxin.governance.actions.looks import ReasonNeeded, TooManyLooks, look
from anxin.governance.models import Look
from anxin.governance.values.looks import LISTS_UNUSUAL, LOOKS_A_DAY, LOOKS_UNUSUAL, LookKind
from anxin.kit.errors import NotFound
from anxin.notices.models import Notice
from anxin.reviews.models import LookBehind
from tests import cast
from tests.cast import NOON, Member
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3")]
At = Callable[..., Client]
WORDS = "客户要求改时间，电话确认"


def see(order: Any, who: Member, **changes: Any) -> Look:
    given: dict[str, Any] = {
        "kind": LookKind.ORDER, "record_id": order.pk, "reason": "contact", "words": WORDS, "by": who.actor, "at": NOON,
    }  # fmt: skip
    return look(**{**given, **changes})


def test_the_order_is_masked_for_the_agency_until_somebody_says_why(
    order: Any, stage: Stage, client_of: At
) -> None:
    phone, door = order.place["phone"], order.place["detail"]
    desk = client_of(stage.head)
    page = desk.get(f"/orders/{order.number}/").content.decode()
    assert phone not in page and door not in page and f"/look/order/{order.pk}/" in page
    before = desk.get(f"/look/order/{order.pk}/").content.decode()
    assert phone not in before and door not in before
    answer = desk.post(f"/look/order/{order.pk}/", {"reason": "contact", "words": WORDS})
    assert answer.status_code == 303
    whole = desk.get(f"/look/order/{order.pk}/")
    assert phone in whole.content.decode() and door in whole.content.decode()
    assert whole.headers["Cache-Control"] == "no-store"
    # Another colleague has not said why.
    assert phone not in client_of(stage.customer).get(f"/look/order/{order.pk}/").content.decode()


def test_after_some_minutes_it_is_masked_again(order: Any, stage: Stage, client_of: At) -> None:
    phone = order.place["phone"]
    with time_machine.travel(NOON, tick=False) as moved:
        desk = client_of(stage.head)
        desk.post(f"/look/order/{order.pk}/", {"reason": "contact", "words": WORDS})
        assert phone in desk.get(f"/look/order/{order.pk}/").content.decode()
        moved.shift(timedelta(minutes=5))
        assert phone not in desk.get(f"/look/order/{order.pk}/").content.decode()


def test_without_a_reason_nothing_is_shown_and_nothing_kept(order: Any, stage: Stage) -> None:
    for changes in ({"reason": ""}, {"reason": "manage"}, {"words": " 看看 "}):
        with pytest.raises(ReasonNeeded):
            see(order, stage.head, **changes)
    assert not Look.objects.exists()


def test_who_may_not_see_the_record_masked_may_not_see_it_whole(
    order: Any, stage: Stage, stranger: Member, operations: Member
) -> None:
    for who in (stranger, stage.rival, stage.customer):
        with pytest.raises(NotFound):
            see(order, who)
    worker = stage.workers[0]
    with pytest.raises(NotFound):
        see(order, stage.rival, kind=LookKind.WORKER, record_id=worker.pk)
    with pytest.raises(NotFound):
        see(order, stage.rival, kind=LookKind.CUSTOMER, record_id=order.customer_id)
    assert not Look.objects.exists()
    assert see(order, operations, kind=LookKind.WORKER, record_id=worker.pk).person_id == worker.person_id


def test_each_look_is_audited_without_what_was_seen(order: Any, stage: Stage) -> None:
    row = see(order, stage.head)
    entry = audit.Entry.objects.get(action="governance.look")
    assert entry.detail == {"look": str(row.pk), "reason": "contact", "today": 1}
    assert entry.by_post == "agency.head" and entry.subject_id == str(order.pk)


def test_a_days_number_is_limited_and_an_unusual_one_is_told_to_the_guards(
    order: Any, stage: Stage, jia_dispatcher: Member, auditor: Member
) -> None:
    colleague = cast.in_post(cast.new_person(77, "何派单"), stage.head.organisation, "agency.dispatcher")
    for _ in range(LOOKS_UNUSUAL.default):
        see(order, colleague)
    told = Notice.objects.filter(kind="governance.unusual_looks")
    assert {row.person_id for row in told} >= {stage.head.id}
    assert all("何*单" in str(row.params) and "何派单" not in str(row.params) for row in told)
    for _ in range(LOOKS_A_DAY.default - LOOKS_UNUSUAL.default):
        see(order, colleague)
    with pytest.raises(TooManyLooks):
        see(order, colleague)
    assert Look.objects.filter(by_person=colleague.id).count() == LOOKS_A_DAY.default
    assert see(order, colleague, at=NOON + timedelta(days=1))


@time_machine.travel(NOON, tick=False)
def test_who_takes_many_lists_along_in_a_day_is_told_to_the_guards(stage: Stage, client_of: At) -> None:
    colleague = cast.in_post(cast.new_person(77, "何派单"), stage.head.organisation, "agency.dispatcher")
    client = client_of(colleague)
    told = Notice.objects.filter(kind="governance.unusual_lists")
    for _ in range(LISTS_UNUSUAL.default - 1):
        assert client.get("/desk/orders/?format=csv").status_code == 200
    assert not told.exists()
    assert client.get("/desk/orders/?format=csv").status_code == 200
    assert {row.person_id for row in told} == {stage.head.id}
    assert {str(row.params["who"]) for row in told} == {"何*单"}
    entries = audit.Entry.objects.filter(action="audit.take_list", by_person=colleague.id)
    assert entries.count() == LISTS_UNUSUAL.default
    assert {(one.subject_id, one.detail["rows"]) for one in entries} == {("orders", 0)}


def test_the_person_reads_which_post_looked_when_and_why(
    order: Any, stage: Stage, client_of: At, stranger: Member
) -> None:
    see(order, stage.head)
    told = client_of(stage.customer).get("/me/privacy/looks/").content.decode()
    assert WORDS in told and stage.head.organisation.name in told and "店长" in told
    assert WORDS not in client_of(stranger).get("/me/privacy/looks/").content.decode()


def test_heads_watch_their_own_organisation_and_the_auditor_all(
    order: Any, stage: Stage, client_of: At, auditor: Member
) -> None:
    see(order, stage.head)
    assert WORDS in client_of(stage.head).get("/desk/looks/").content.decode()
    assert WORDS in client_of(auditor).get("/desk/looks/").content.decode()
    assert WORDS not in client_of(stage.rival).get("/desk/looks/").content.decode()
    assert client_of(stage.customer).get("/desk/looks/").status_code == 403


def test_the_list_asks_the_same_number_of_questions_at_one_look_and_at_ten(
    order: Any, stage: Stage, client_of: At, auditor: Member, django_assert_max_num_queries: Any
) -> None:
    desk = client_of(auditor)
    for _ in range(9):
        see(order, stage.head)
    with django_assert_max_num_queries(12):
        desk.get("/desk/looks/")


@pytest.mark.requirement("B-7.7.2")
def test_the_look_behind_an_anonymous_review_takes_the_same_path(
    order: Any, stage: Stage, reviews_admin: Member, client_of: At
) -> None:
    from anxin.reviews import actions
    from anxin.reviews.models import Review

    review = Review(
        order=order, target="worker", worker=stage.workers[0], item_code="0101", author_id=stage.customer.id,
        anonymous=True, content=5, scope=5, quality=5, fee=5, words="很好", created_at=NOON, state="shown",
        state_at=NOON,
    )  # fmt: skip
    review.save(force_insert=True)
    for _ in range(LOOKS_A_DAY.default):
        actions.look_behind(review, reason="机构申诉", by=reviews_admin.actor, at=NOON)
    rows = Look.objects.filter(person_id=stage.customer.id, kind="review", record=review.pk)
    assert rows.count() == LookBehind.objects.count() == LOOKS_A_DAY.default
    with pytest.raises(TooManyLooks):
        actions.look_behind(review, reason="机构申诉", by=reviews_admin.actor, at=NOON)
    assert LookBehind.objects.count() == LOOKS_A_DAY.default
    told = client_of(stage.customer).get("/me/privacy/looks/").content.decode()
    assert "匿名评价的作者" in told and "评价管理员" in told
