"""What is past its time is listed, then destroyed; what is not stays; the times are the operator's rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from anxin.governance.actions import retention
from anxin.governance.models import Look, Sweep
from anxin.governance.queries.retention import due
from anxin.governance.values import KEEPS
from anxin.kit.actor import SYSTEM
from anxin.orders.models import Order
from anxin.policies import public as policies
from anxin.workers.models import Credential
from tests.cast import BEGIN, NOON, Member
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3", "A-4.3")]
At = Callable[..., Client]
YEARS = timedelta(days=1097)


@pytest.fixture
def closed(order: Any) -> Order:
    Order.objects.filter(pk=order.pk).update(state="closed", state_at=NOON)
    found: Order = Order.objects.get(pk=order.pk)
    return found


def test_a_deal_keeps_its_time_and_then_loses_the_person(closed: Order) -> None:
    assert retention.sweep(by=SYSTEM, at=NOON + timedelta(days=1095)).get("orders.Order:deal") is None
    assert Order.objects.get(pk=closed.pk).place["detail"]
    assert retention.sweep(by=SYSTEM, at=NOON + YEARS)["orders.Order:deal"] == 1
    row = Order.objects.get(pk=closed.pk)
    assert (
        row.place == {}
        and row.wishes == ""
        and row.number == closed.number
        and row.lat == round(closed.lat, 2)
    )
    assert row.estimate == closed.estimate


def test_an_order_that_is_not_ended_has_no_end_of_its_time(order: Any) -> None:
    assert "orders.Order:deal" not in retention.sweep(by=SYSTEM, at=NOON + YEARS * 3)


def test_what_was_destroyed_is_not_listed_again(closed: Order) -> None:
    retention.sweep(by=SYSTEM, at=NOON + YEARS)
    assert "orders.Order:deal" not in {one.key for one in due(NOON + YEARS)}
    assert Sweep.objects.filter(holding="orders.Order:deal").get().count == 1


def test_the_operators_rule_sets_the_time(closed: Order, operations: Member) -> None:
    keep = KEEPS["deal"]
    assert keep.days is not None
    policies.change(
        policy=keep.days, value=2000, valid_from=NOON, reason="地方要求", by=operations.actor, at=NOON
    )
    assert "orders.Order:deal" not in {one.key for one in due(NOON + YEARS)}
    assert "orders.Order:deal" in {one.key for one in due(NOON + timedelta(days=2001))}


def test_the_original_of_a_health_check_goes_and_its_conclusion_stays(stage: Stage) -> None:
    from anxin.files import public as files
    from tests.stage import picture

    paper = Credential.objects.filter(worker=stage.workers[0], kind="health_check").get()
    stored = files.store_bytes(picture(), name="a.png", kind=files.FileKind.SERVICE_PHOTO, by=SYSTEM, at=BEGIN,
                               person_id=stage.people[0].id)  # fmt: skip
    Credential.objects.filter(pk=paper.pk).update(file=stored.pk)
    end = NOON.replace(year=paper.valid_to.year, month=paper.valid_to.month, day=paper.valid_to.day)
    assert "workers.Credential:health_original" not in retention.sweep(by=SYSTEM, at=end + timedelta(days=89))
    retention.sweep(by=SYSTEM, at=end + timedelta(days=92))
    paper.refresh_from_db()
    assert paper.file_id is None and paper.health_tier is not None and paper.valid_to
    assert not files.StoredFile.objects.filter(pk=stored.pk).exists()


def test_records_of_looks_end_as_whole_rows(order: Any, stage: Stage) -> None:
    Look.objects.create(person=stage.customer.person, by_person=stage.head.id, kind="order", record=order.pk,
                        reason="contact", words="核对地址", at=NOON, until=NOON)  # fmt: skip
    assert retention.sweep(by=SYSTEM, at=NOON + YEARS)["governance.Look:privacy"] == 1
    assert not Look.objects.exists()


def test_the_list_comes_before_anything_is_destroyed(closed: Order, security: Member, client_of: At) -> None:
    with time_machine.travel(NOON + YEARS, tick=False):
        page = client_of(security).get("/operator/retention/").content.decode()
        out = StringIO()
        call_command("retention", stdout=out)
    assert "orders.Order" in page and "交易与服务记录" in page
    assert "orders.Order:deal" in out.getvalue()
    assert Order.objects.get(pk=closed.pk).place["detail"]
    assert not Sweep.objects.exists()
