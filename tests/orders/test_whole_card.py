"""The whole card: for the customer to whom this worker comes, for ten minutes, recorded; for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from anxin.audit.models import Entry
from tests.cast import NOON, Member, signed_in
from tests.orders import played
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("D-2")]


def nothing(client: Client, where: str) -> bool:
    answer = client.get(where)
    return (answer.status_code, answer.content) == (204, b"")


@pytest.mark.usefixtures("at_noon")
def test_the_customer_of_a_running_order_sees_the_whole_card(
    stage: Stage, client_of, stranger: Member
) -> None:  # type: ignore[no-untyped-def]
    worker = stage.workers[0]
    where = f"/orders/workers/{worker.number}/card/"
    played.carded(stage)
    # As for a worker whom nobody knows.
    assert nothing(client_of(stage.customer), where) and nothing(
        client_of(stage.customer), "/orders/workers/W0/card/"
    )
    from anxin.orders.actions import assign
    from anxin.orders.models import Assignment

    proposal = Assignment.objects.select_related("order__customer", "visit").get()
    assign.agree(proposal, by=stage.customer.actor, at=NOON)
    client = client_of(stage.customer)
    [address] = re.findall(r'href="(/whole/[^"]+)"', client.get(where).content.decode())
    page = client.get(address)
    assert worker.person.name in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    for secret in (worker.person.phone, worker.person.id_number):
        assert secret not in page.content.decode()
    assert Entry.objects.filter(action="safetycode.show_whole").count() == 1
    for who in (stranger, stage.people[1], stage.rival):
        assert nothing(client_of(who), where)
        assert client_of(who).get(address).status_code == 404
    assert Client().get(address).status_code == 302
    with time_machine.travel(NOON + timedelta(minutes=11), tick=False):
        assert signed_in(stage.customer.person).get(address).status_code == 404
