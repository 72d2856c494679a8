"""The district that the page benchmarks share: the bulk loader's rows in a database of one fixed name, kept between
runs, and the people who look at them."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from anxin.accounts.models import Appointment, Person
from anxin.agencies.models import Agency
from anxin.kit import clock
from anxin.kit.crypto import Tampered
from anxin.orders.models import Assignment, Order
from anxin.simulation.bulk import load
from benchmarks import _ground as ground
from tests import cast

WHOLE = {"workers": 3758, "agencies": 429, "orders": 20_000}
WARM = 3


@dataclass
class Measured:
    """Milliseconds of each call on the clock, and of the mean call on a processor.

    cpu: this process and its database backend together: what the call takes where a core is free for it. A machine
    that does other work at the same time stretches the clock, not this.
    """

    wall: list[float] = field(default_factory=list)
    cpu: float = 0.0
    queries: int = 0


def measure(act: Callable[[], Any], count: int) -> Measured:
    """Time `count` calls after three to warm up; count the queries of one."""
    for _ in range(WARM):
        act()
    found = Measured()
    with CaptureQueriesContext(connection) as queries:
        act()
    found.queries = len(queries)  # the next request empties the list
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    worked = ground.worked(backend)
    for _ in range(count):
        begun = time.perf_counter()
        act()
        found.wall.append((time.perf_counter() - begun) * 1000)
    found.cpu = (ground.worked(backend) - worked) / count
    return found


def asking(client: Client, path: str, **headers: str) -> Callable[[], Any]:
    """A request that must succeed."""

    def ask() -> None:
        answer = client.get(path, headers=headers)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def size(percent: int) -> dict[str, int]:
    return {what: many * percent // 100 for what, many in WHOLE.items()}


def fill(percent: int) -> None:
    """Load the district unless an earlier run did. Loading stops half-way leave nothing: it is one transaction."""
    settings.ALLOWED_HOSTS = ["*"]
    try:
        there = Person.objects.first() is not None
    except Tampered:
        name = connection.settings_dict["NAME"]
        raise SystemExit(
            f"{name} was loaded under another key ring (ANXIN_HOME): use that, or drop it"
        ) from None
    if not there:
        begun = time.perf_counter()
        load(**size(percent), seed=20230705, told=lambda what, many: None)
        print(f"district loaded in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


@dataclass(frozen=True)
class Browsers:
    """Who looks, and at what. `agency` has `accepted` to dispatch, `second` has `signed`."""

    accepted: Order
    signed: Order
    waiting: Order
    customer: Client
    asker: Client
    worker: Client
    worker_number: str
    agency: Client
    second: Client
    operator: Client
    reviews: Client
    association: Client
    visitor: Client
    numbers: tuple[str, str]
    token: str


def browsers() -> Browsers:
    """Sign everybody in."""
    now = clock.now()
    coming = Order.objects.select_related("customer", "provider").order_by("starts_at", "id")
    coming = coming.filter(starts_at__gt=now)
    accepted, signed = coming.filter(state="accepted")[0], coming.filter(state="signed")[0]
    waiting = coming.filter(state="submitted")[0]
    helper = Assignment.objects.select_related("worker").get(order=signed, state="agreed").worker
    numbers = [Agency.objects.get(organisation=o.provider_id).number for o in (accepted, signed)]
    return Browsers(
        accepted=accepted, signed=signed, waiting=waiting,
        customer=_person(signed.customer.person_id), asker=_person(waiting.customer.person_id),
        worker=_person(helper.person_id), worker_number=helper.number,
        agency=_post("agency.head", accepted.provider_id), second=_post("agency.head", signed.provider_id),
        operator=_post("operator.operations"), reviews=_post("operator.reviews"),
        association=_post("association.codes"), visitor=Client(),
        numbers=(numbers[0], numbers[1]), token=_token("agency.head", accepted.provider_id),
    )  # fmt: skip


def bare(count: int, order: Order) -> Measured:
    """The peer: an empty Django view behind the same middleware, session and person, with one query of its own."""
    client = _person(order.customer.person_id)
    with override_settings(ROOT_URLCONF="benchmarks._bare"):
        return measure(asking(client, f"/bare/{order.number}/"), count)


def _person(person_id: Any) -> Client:
    return cast.signed_in(Person.objects.get(pk=person_id))


def _appointment(post: str, organisation: Any = None) -> Appointment:
    found = Appointment.objects.select_related("person").order_by("created_at", "id")
    held = found.filter(post=post, organisation=organisation) if organisation else found.filter(post=post)
    row = held.first() or found.filter(post__startswith=post.split(".")[0] + ".").first()
    assert row is not None, post
    return row


def _post(post: str, organisation: Any = None) -> Client:
    row = _appointment(post, organisation)
    return cast.signed_in(row.person, row)


def _token(post: str, organisation: Any) -> str:
    row = _appointment(post, organisation)
    return cast.token_of(row.person, row)["Authorization"]
