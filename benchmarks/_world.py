"""A small world for races: agencies that are live, workers who may grab, and a demand that can be copied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from anxin.customers import public as customers
from anxin.kit import ids
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.geo import Point
from anxin.orders import public as orders
from anxin.orders.models import Offer, Order, Visit
from anxin.workers.models import Booking, Worker
from tests import cast, stage

AT = cast.NOON
BIRTH = date(1950, 1, 1)


@dataclass
class World:
    """`heads` may accept for their agencies; `workers` may grab."""

    template: Order
    heads: list[Actor]
    workers: list[Actor]
    turn: dict[UUID, int]
    worker_ids: list[UUID]

    def settle(self) -> None:
        """Let the server know how its tables look, as it would after a while."""
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")

    def orders(self, count: int, *, spread: bool = False) -> list[Order]:
        """Open copies of the demand. spread: at times at which one worker can do them all, one after the other."""
        plain = {f.attname: getattr(self.template, f.attname) for f in Order._meta.concrete_fields}
        plain["place"], plain["wishes"] = {}, ""
        made, visits, offers = [], [], []
        for number in range(count):
            later = timedelta(days=number // len(self.workers)) if spread else timedelta()
            row = Order(**{**plain, "id": ids.new_id(), "number": ids.number("O", AT), "version_id": None,
                           "way": "open", "starts_at": self.template.starts_at + later,
                           "ends_at": self.template.ends_at + later})  # fmt: skip
            row.customer = self.template.customer  # in hand, as where the hall is grabbed from
            made.append(row)
            self.turn[row.pk] = number % len(self.workers)
            visits.append(
                Visit(order=row, starts_at=row.starts_at, ends_at=row.ends_at, state="planned", state_at=AT)
            )
            offers.append(
                Offer(order=row, state="open", state_at=AT, opens_at=AT, expires_at=AT + timedelta(hours=2))
            )
        Order.objects.bulk_create(made, batch_size=500)
        Visit.objects.bulk_create(visits, batch_size=1000)
        Offer.objects.bulk_create(offers, batch_size=1000)
        return made

    def worker_for(self, order: Order) -> Actor:
        return self.workers[self.turn[order.pk]]


def build(*, agencies: int, workers: int = 16) -> World:
    """All of it through the actions, but for the copies."""
    person = cast.Member(cast.new_person(1, "王䶮", birth=BIRTH))
    customers.add_address(
        contact_name="王䶮", contact_phone=cast.phone(1), town_code=cast.JINCHENG, detail="临天路 100 号",
        label="家", lat=30.2337, lng=119.7205, by=person.actor, at=cast.BEGIN,
    )  # fmt: skip
    operator = cast.new_organisation("operator", "平台运营", 3)
    clerk = cast.in_post(cast.new_person(4, "蒋平台", birth=BIRTH), operator, "operator.operations")
    heads, organisations, version = [], [], None
    for number in range(agencies):
        organisation = cast.new_organisation("agency", f"临安基准家政{number + 1}店", 10 + number)
        head = cast.in_post(cast.new_person(10 + number, "钱丽", birth=BIRTH), organisation, "agency.head")
        version = stage.publish(head, clerk.actor, organisation.name) if version is None else (
            stage.publish(head, clerk.actor, organisation.name) and version)  # fmt: skip
        heads.append(head.actor)
        organisations.append(organisation)
    found: list[Any] = []
    for number in range(workers):
        helper = cast.Member(cast.new_person(100 + number, "李㛃", birth=BIRTH))
        stage.green_worker(helper, organisations[number % agencies], home=Point(30.24, 119.72))
        found.append(helper.actor)
    demand = orders.Demand(
        item_code="0101", mode="hourly", quantity=Decimal(3), starts_at=stage.START,
        ends_at=stage.START + timedelta(hours=3), address_id=customers.addresses_of(person.actor)[0].id,
        version_id=None, wishes="", scope={"area": 90, "hours": 3},
    )  # fmt: skip
    template = orders.submit_demand(demand, order_id=ids.new_id(), by=person.actor, at=AT)
    ids_of = [Worker.objects.get(person_id=actor.person_id).pk for actor in found]
    _past(ids_of)
    return World(template, heads, found, {}, ids_of)


def _past(worker_ids: list[UUID]) -> None:
    """A year of visits behind each worker, one every other day."""
    Booking.objects.bulk_create(
        [
            Booking(worker_id=worker_id, kind="visit", state="firm", span=(start, start + timedelta(hours=2)),
                    buffered=(start, start + timedelta(hours=2, minutes=30)), ref=ids.new_id(), lat=30.24, lng=119.72,
                    city_code="3301", note="history", created_at=start)
            for worker_id in worker_ids
            for start in (AT - timedelta(days=2 * day) for day in range(1, 180))
        ],
        batch_size=2000,
    )  # fmt: skip


__all__ = ["AT", "SYSTEM", "World", "build"]
