"""Lists ask the database the same number of times with two rows and with six."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.accounts.public import Person
from anxin.agencies import public as agencies
from anxin.kit import clock, ids
from anxin.kit.geo import Point
from anxin.notices.models import Notice
from anxin.orders.actions import offer
from anxin.orders.models import Assignment, Offer, Order, Visit, Warning
from anxin.orders.states import AssignmentState
from anxin.orders.values import OrderState
from anxin.reviews.models import Review
from tests import cast
from tests.cast import Member
from tests.stage import Stage, green_worker, publish
from tests.tape import taped

At = Callable[..., Client]
DAY = timedelta(days=1)


@taped
def accepted(stage: Stage) -> Order:
    """陈静's order at 甲, waiting for a worker."""
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=cast.NOON)
    order.refresh_from_db()
    return order


def copies(order: Order, count: int, **changes: Any) -> list[Order]:
    """Rows like this order, each a day later, with their visits."""
    plain = {f.attname: getattr(order, f.attname) for f in Order._meta.concrete_fields}
    rows, visits = [], []
    for n in range(1, count + 1):
        times = {"starts_at": order.starts_at + n * DAY, "ends_at": order.ends_at + n * DAY}
        row = Order(**{**plain, "id": ids.new_id(), "number": ids.number("O", cast.NOON), **times, **changes})
        rows.append(row)
        visits.append(Visit(order=row, state="planned", state_at=cast.NOON, **times))
    Order.objects.bulk_create(rows)
    Visit.objects.bulk_create(visits)
    return rows


def queries_of(client: Client, path: str) -> int:
    """How often a page asks."""
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def same_with_four_more(client: Client, path: str, more: Callable[[int], object]) -> None:
    """The page asks as often with two rows as with six."""
    more(1)
    # The first time things are also remembered in the session.
    assert client.get(path).status_code == 200
    two = queries_of(client, path)
    more(4)
    assert queries_of(client, path) == two


@pytest.mark.parametrize("path", ["/desk/orders/", "/desk/dispatch/", "/desk/"])
def test_an_agencys_lists_of_orders(path: str, accepted: Order, stage: Stage, client_of: At) -> None:
    def more(count: int) -> None:
        Warning.objects.bulk_create(
            Warning(order=row, visit=row.visits.get(), kind="late_arrival", raised_at=cast.NOON)
            for row in copies(accepted, count)
        )

    same_with_four_more(client_of(stage.head), path, more)


def test_the_list_of_warnings(accepted: Order, stage: Stage, client_of: At) -> None:
    def more(count: int) -> None:
        Warning.objects.bulk_create(
            Warning(order=row, visit=row.visits.get(), kind="late_arrival", raised_at=cast.NOON)
            for row in copies(accepted, count)
        )

    same_with_four_more(client_of(stage.head), "/desk/warnings/", more)


@pytest.mark.parametrize("which", ["running", "ended"])
def test_a_customers_orders(which: str, accepted: Order, stage: Stage, client_of: At) -> None:
    state = OrderState.ACCEPTED if which == "running" else OrderState.CLOSED
    copies(accepted, 1, state=state)
    same_with_four_more(
        client_of(stage.customer), f"/orders/?which={which}", lambda n: copies(accepted, n, state=state)
    )


@pytest.mark.parametrize("who", ["agency", "worker"])
def test_the_hall(who: str, accepted: Order, stage: Stage, client_of: At) -> None:
    now = clock.now()

    def more(count: int) -> None:
        rows = copies(
            accepted, count, state=OrderState.SUBMITTED, provider_id=None, version_id=None, way="open"
        )
        Offer.objects.bulk_create(
            Offer(order=row, state="open", state_at=now, opens_at=now - DAY, expires_at=now + DAY)
            for row in rows
        )

    client = client_of(stage.head if who == "agency" else stage.people[0])
    more(1)
    same_with_four_more(client, "/hall/", more)
    assert client.get("/hall/").context["count"] == 6


def test_the_candidates_of_an_order(accepted: Order, stage: Stage, client_of: At) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            number = 200 + Person.objects.count()
            helper = Member(cast.new_person(number, "李㛃"))
            green_worker(helper, stage.head.organisation, home=Point(30.24, 119.72))

    same_with_four_more(client_of(stage.head), f"/orders/{accepted.number}/candidates/", more)


@pytest.mark.parametrize("path", ["/desk/workers/", "/desk/codes/"])
def test_an_agencys_lists_of_workers(path: str, stage: Stage, client_of: At) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            helper = Member(cast.new_person(200 + Person.objects.count(), "李㛃"))
            green_worker(helper, stage.head.organisation, home=Point(30.24, 119.72))

    same_with_four_more(client_of(stage.head), path, more)


def test_a_workers_day(accepted: Order, stage: Stage, client_of: At) -> None:
    now, worker = clock.now(), stage.workers[0]

    def more(count: int) -> None:
        times = {"starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=2)}
        for row in copies(accepted, count, state=OrderState.SIGNED):
            visit = row.visits.get()
            Visit.objects.filter(pk=visit.pk).update(**times)
            Assignment.objects.create(
                order=row,
                visit=visit,
                worker=worker,
                state=AssignmentState.AGREED,
                state_at=now,
                created_at=now,
            )

    client = client_of(stage.people[0])
    more(1)
    same_with_four_more(client, "/today/", more)
    assert len(client.get("/today/").context["visits"]) == 6


def test_the_inbox(stage: Stage, client_of: At) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            Notice.objects.create(
                person=stage.customer.person, kind="orders.accepted", title="机构已接单", at=cast.NOON
            )

    more(1)
    same_with_four_more(client_of(stage.customer), "/inbox/", more)


@pytest.mark.parametrize("path", ["/operator/reviews/", "/desk/reviews/"])
def test_lists_of_reviews(
    path: str, accepted: Order, stage: Stage, client_of: At, operations: Member
) -> None:
    agency = agencies.agency_of(stage.head.organisation.pk)
    assert agency is not None

    def more(count: int) -> None:
        Review.objects.bulk_create(
            Review(
                order=row, target="agency", agency_id=agency.id, item_code=row.item_code, anonymous=False,
                author=stage.customer.person, content=5, scope=5, quality=5, fee=5, words="很好",
                created_at=cast.NOON, state="shown", state_at=cast.NOON,
            )
            for row in copies(accepted, count)
        )  # fmt: skip

    manager = cast.in_post(cast.new_person(180, "蒋平台"), operations.organisation, "operator.reviews")
    more(1)
    same_with_four_more(client_of(stage.head if path.startswith("/desk") else manager), path, more)


@pytest.mark.parametrize("path", ["/agencies/", "/services/0101/offers/"])
def test_the_directory_of_agencies(path: str, stage: Stage, client: Client, operations: Member) -> None:
    def more(count: int) -> None:
        for _ in range(count):
            number = 300 + Person.objects.count()
            house = cast.new_organisation("agency", f"临安{number}家政", number)
            head = cast.in_post(cast.new_person(number, "钱丽"), house, "agency.head")
            publish(head, operations.actor, f"第{number}家政")

    same_with_four_more(client, path, more)
