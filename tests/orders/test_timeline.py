"""Who reads which line of an order's story."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.kit import jobs
from anxin.notices.models import Notice
from anxin.orders import queries
from anxin.orders.actions import assign, notify, offer, visit
from anxin.orders.models import Note, Offer, Order
from anxin.orders.values import Side
from tests import cast
from tests.cast import NOON
from tests.orders import played
from tests.orders.steps import carded
from tests.stage import START, Stage
from tests.tape import taped

At = Callable[..., Client]
pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.5.2")]


@taped
def order(stage: Stage) -> Order:
    """乙 declined it; 甲 took it; the first worker was rejected; the second is asked."""
    order = stage.ask()
    mine = Offer.objects.get(order=order)
    offer.decline(mine, reason="那天人手不够", by=stage.rival.actor, at=NOON)
    jobs.drain(NOON)
    Order.objects.filter(pk=order.pk).update(state="submitted", version=stage.version)
    order.refresh_from_db()
    offer.accept(
        order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON, check_offer=False
    )
    order = Order.objects.select_related("customer").get(pk=order.pk)
    assign.reject(carded(stage, order, 0), reason="想要话少一点的", by=stage.customer.actor, at=NOON)
    order.refresh_from_db()
    later = NOON.replace(minute=30)
    assign.agree(carded(stage, order, 1, at=later), by=stage.customer.actor, at=later)
    return order


def kinds(order: Order, side: Side, actor: object) -> set[str]:
    return {note.kind for note in queries.timeline(order, side, actor)}  # type: ignore[arg-type]


def test_a_worker_reads_nothing_of_the_one_before_nor_of_who_declined(stage: Stage, order: Order) -> None:
    read = kinds(order, Side.WORKER, stage.people[1].actor)
    assert not read & {"rejected", "declined", "lapsed", "offered", "opened"}
    assert {"submitted", "accepted", "proposed", "agreed"} <= read
    notes = queries.timeline(order, Side.WORKER, stage.people[1].actor)
    assert not any(note.kind in ("proposed", "agreed") and note.at == NOON for note in notes)


def test_the_agency_reads_the_customers_reason_but_not_who_declined_before(
    stage: Stage, order: Order
) -> None:
    read = kinds(order, Side.AGENCY, stage.head.actor)
    assert "rejected" in read
    assert not read & {"declined", "lapsed", "offered", "opened"}


def test_the_customer_reads_their_own_words_and_the_answers_to_them(stage: Stage, order: Order) -> None:
    read = kinds(order, Side.CUSTOMER, stage.customer.actor)
    assert {"rejected", "declined", "accepted", "agreed"} <= read
    assert "worker_declined" not in read


@pytest.mark.usefixtures("at_noon")
def test_page_and_api_tell_each_side_the_same(
    stage: Stage, order: Order, client_of: At, client: Client
) -> None:
    where = f"/orders/{order.number}/"
    assert "想要话少一点的" not in client_of(stage.people[1]).get(where).content.decode()
    assert "想要话少一点的" in client_of(stage.customer).get(where).content.decode()
    assert "人手不够" not in client_of(stage.head).get(where).content.decode()
    bearer = cast.token_of(stage.people[1].person, None, "read")
    answer = client.get(f"/api/v1{where}timeline/", headers=bearer)
    assert answer.status_code == 200
    assert "想要话少一点的" not in answer.content.decode()


@pytest.mark.usefixtures("at_noon")
def test_lists_say_where_the_worker_is(stage: Stage, client_of: At) -> None:
    order, day = played.signed(stage)
    assert "等待上门" in client_of(stage.customer).get("/orders/").content.decode()
    visit.depart(day, by=stage.worker, at=START)
    for who, where in ((stage.customer, "/orders/"), (stage.head, "/desk/orders/")):
        words = client_of(who).get(where).content.decode()
        assert "已出发" in words and order.number
    visit.arrive(day, point=played.door(order), by=stage.worker, at=START)
    assert "已到门口" in client_of(stage.customer).get("/orders/").content.decode()


def test_nobody_is_asked_for_what_is_the_customers_to_do(stage: Stage) -> None:
    """The agency read of a new demand that it waits for an answer, and was invited to check and to review."""
    order, _day = played.paid(stage)
    for line in Note.objects.filter(order=order):
        notify.deliver(note_id=line.pk, sms=False, at=START + timedelta(hours=4))
    words: dict[str, set[str]] = {}
    for who in (stage.customer, stage.head, stage.people[0]):
        for one in Notice.objects.filter(person=who.id, url__startswith=f"/orders/{order.number}/"):
            words.setdefault(one.kind, set()).add(
                one.body if who is not stage.customer else f"客：{one.body}"
            )
    assert words["orders.offered"] == {"有客户的新需求，请在时限内答复"}
    assert words["orders.done"] == {"客：服务已完成，请验收确认", "服务已完成，等客户验收确认"}
    assert words["orders.paid"] == {"客：已付款，欢迎评价这次服务", "客户已付款"}
    read = {
        side: {note.kind: note.text for note in queries.timeline(order, side, who.actor)}
        for side, who in (
            (Side.CUSTOMER, stage.customer),
            (Side.AGENCY, stage.head),
            (Side.WORKER, stage.people[0]),
        )
    }
    assert read[Side.CUSTOMER]["done"] == "服务已完成，请验收确认"
    assert read[Side.AGENCY]["done"] == read[Side.WORKER]["done"] == "服务已完成，等客户验收确认"
