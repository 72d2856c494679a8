"""An order of the town (`tests/town.py`) that was served and paid some days ago. `python -m tests.past` plays it.

It is played ahead of the clock, as every order is, and then laid back: nobody may ask for help in the past.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

DAYS = 5


def served(at: datetime) -> str:
    """陈静's order, served by 王芳. Returns its number."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from anxin.kit.geo import Point
    from anxin.matching import public as matching
    from anxin.orders import public as orders
    from anxin.orders.models import Order, Step
    from anxin.safetycode import public as safetycode
    from anxin.workers import public as workers
    from tests.stage import picture
    from tests.town import LENGTH

    customer, worker, head = actor(1), actor(32), actor(11, at)
    starts = at + timedelta(days=1)
    order = accepted(starts, customer=customer, head=head, at=at)
    own = workers.worker_of(worker.person_id)
    assert own is not None
    proposal = matching.propose(order=order, worker_id=own.pk, by=head, at=at)
    orders.confirm_assignment(proposal, by=worker, at=at)
    orders.agree(proposal, by=customer, at=at)
    orders.mark_signed(order_id=order.pk, by=head, at=at)
    order = Order.objects.select_related("customer", "customer__person").get(pk=order.pk)
    visit, door = order.visits.select_related("order__customer").get(), Point(order.lat, order.lng)
    orders.contact(visit, how="phone", note="", by=worker, at=starts - timedelta(hours=3))
    orders.depart(visit, by=worker, at=starts - timedelta(minutes=30))
    orders.arrive(visit, point=door, by=worker, at=starts)
    token = safetycode.display_token(own.pk, starts)
    orders.confirm_entry(visit, token=token, point=door, by=customer, at=starts)
    for step in Step.objects.filter(visit=visit):
        upload = SimpleUploadedFile("kitchen.jpg", picture("JPEG"), "image/jpeg")
        orders.add_photo(step, upload=upload, by=worker, at=starts)
        orders.tick_step(step, done=True, note="", by=worker, at=starts)
    orders.finish(visit, note="", by=worker, at=starts + LENGTH)
    orders.confirm(visit, by=customer, at=starts + LENGTH)
    orders.mark_billed(order_id=order.pk, total_fen=10000, by=head, at=starts + LENGTH)
    orders.mark_paid(order_id=order.pk, at=starts + LENGTH)
    _lay_back(order.pk, proposal.pk, timedelta(days=DAYS + 1))
    return str(order.number)


def accepted(starts: datetime, *, customer: Any, head: Any, at: datetime) -> Any:
    """Two hours of cleaning that this customer asked for and the agency accepted; nobody sees it open in between."""
    from django.db import transaction

    from anxin.agencies import public as agencies
    from anxin.customers import public as customers
    from anxin.kit.ids import new_id
    from anxin.orders import public as orders
    from anxin.orders.models import Order
    from tests.town import LENGTH

    organisation = head.organisation_id
    [version] = [one.id for one in agencies.own_versions(organisation).values()]
    with transaction.atomic():
        order = orders.submit_demand(
            orders.Demand(
                item_code="0101", mode="hourly", quantity=Decimal(2), starts_at=starts, ends_at=starts + LENGTH,
                address_id=customers.addresses_of(customer)[0].id, version_id=version, scope={"area": 90, "hours": 2},
            ),
            order_id=new_id(), by=customer, at=at,
        )  # fmt: skip
        orders.offer_to(order, organisation_id=organisation, version_id=version, by=head, at=at)
        orders.accept(order, organisation_id=organisation, by=head, at=at)
    return Order.objects.select_related("customer", "customer__person").get(pk=order.pk)


def actor(sequence: int, in_post: datetime | None = None) -> Any:
    """Who a person of the town is to an action; in the post that they hold at a moment, if one is given."""
    from anxin.accounts import public as accounts
    from tests import cast

    person = accounts.person_by_phone(cast.phone(sequence))
    assert person is not None, sequence
    return cast.actor_of(person, accounts.appointments_of(person.pk, in_post).get() if in_post else None)


def _lay_back(order: Any, reference: Any, by: timedelta) -> None:
    """The order and the time held for it; and who belongs to the agency did so then."""
    from django.db import connection

    moved = "SET starts_at = starts_at - %(by)s, ends_at = ends_at - %(by)s"
    statements = (
        f"UPDATE orders_order {moved} WHERE id = %(order)s",
        f"UPDATE orders_visit {moved} WHERE order_id = %(order)s",
        "UPDATE workers_booking SET span = tstzrange(lower(span) - %(by)s, upper(span) - %(by)s),"
        " buffered = tstzrange(lower(buffered) - %(by)s, upper(buffered) - %(by)s) WHERE ref = %(reference)s",
        "UPDATE workers_affiliation SET period = tstzrange(lower(period) - 2 * %(by)s, upper(period))",
    )
    values: Any = {"by": by, "order": order, "reference": reference}
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, values)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    import django

    django.setup()
    from anxin.kit import clock

    print(served(clock.now()))
