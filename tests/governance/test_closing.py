"""An account ends: refused while something is open, then erased by the register; what the law keeps has no name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from anxin.accounts.models import Person, SignIn
from anxin.governance.actions import closing
from anxin.governance.models import Closing
from anxin.governance.queries.copy import plain
from anxin.governance.queries.register import ours
from anxin.kit.actor import SYSTEM
from anxin.kit.fields import EncryptedField, blinds
from anxin.messaging import public as messaging
from anxin.messaging.models import SmsMessage
from anxin.messaging.values import NOTICE
from anxin.orders.models import Order
from anxin.reviews.models import Review
from anxin.safetycode import public as safetycode
from tests import cast
from tests.cast import NOON, Member
from tests.stage import Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-6.2.3", "A-4.3")]
At = Callable[..., Client]
WEEK = timedelta(days=7)


def ended(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(state="closed")


def everything() -> str:
    """Every column of every row of every table, opened."""
    told = []
    for model in ours():
        for row in model._base_manager.all():
            for field in row._meta.concrete_fields:
                if isinstance(field, EncryptedField) or field.get_internal_type() != "BinaryField":
                    told.append(json.dumps(plain(getattr(row, field.attname)), ensure_ascii=False))
    return "\n".join(told)


def test_it_is_refused_while_an_order_or_a_post_is_open_and_says_which(order: Any, stage: Stage) -> None:
    with pytest.raises(closing.StillOpen, match=order.number):
        closing.ask(by=stage.customer.actor, at=NOON)
    with pytest.raises(closing.StillOpen, match="店长"):
        closing.ask(by=stage.head.actor, at=NOON)
    assert not Closing.objects.exists()


def test_there_are_days_to_think_and_it_can_be_taken_back(stage: Stage) -> None:
    closing.ask(by=stage.customer.actor, at=NOON)
    with pytest.raises(closing.ClosingAsked):
        closing.ask(by=stage.customer.actor, at=NOON)
    assert closing.close_due(at=NOON + WEEK - timedelta(minutes=1)) == 0
    closing.withdraw(by=stage.customer.actor, at=NOON)
    assert closing.close_due(at=NOON + WEEK) == 0
    stage.customer.person.refresh_from_db()
    assert stage.customer.person.is_active


def test_who_has_something_open_again_when_the_days_are_over_stays(stage: Stage) -> None:
    closing.ask(by=stage.customer.actor, at=NOON)
    stage.ask()
    assert closing.close_due(at=NOON + WEEK) == 0
    assert Closing.objects.get().state == "withdrawn"
    assert Person.objects.get(pk=stage.customer.id).name


def test_after_it_nothing_in_the_whole_database_names_the_customer(order: Any, stage: Stage) -> None:
    person = stage.customer.person
    secrets = {
        person.name,
        person.phone,
        person.id_number,
        order.place["detail"],
        order.place["contact"],
        "家里有一只猫",
    }
    cast.token_of(person)
    messaging.send_sms(person.phone, NOTICE, {"title": "给您", "body": "一句话"}, at=NOON)
    Review(
        order=order, target="worker", worker=stage.workers[0], item_code="0101", author=person, anonymous=False,
        content=5, scope=5, quality=5, fee=5, words="很好", created_at=NOON, state="shown", state_at=NOON,
    ).save(force_insert=True)  # fmt: skip
    ended(order)
    before = everything()
    assert all(secret in before for secret in secrets)
    closing.ask(by=stage.customer.actor, at=NOON)
    assert closing.close_due(at=NOON + WEEK) == 1
    told = everything()
    assert [secret for secret in secrets if secret and secret in told] == []
    # What the law keeps is still there, under somebody without a name.
    kept = Order.objects.get(pk=order.pk)
    assert kept.number == order.number and kept.customer.person.name == "已注销用户"
    assert kept.place["town"] == order.place["town"] and kept.place["contact"] == "已注销用户"
    review = Review.objects.get()
    assert review.words == "很好" and review.anonymous
    assert not SmsMessage.objects.filter(phone_masked="199****0001").exists()


def test_nobody_signs_in_any_more_and_no_index_finds_them(stage: Stage) -> None:
    person = stage.customer.person
    phone, number = person.phone, person.id_number
    headers = cast.token_of(person)
    closing.ask(by=stage.customer.actor, at=NOON)
    closing.close_due(at=NOON + WEEK)
    assert Client().get("/api/v1/me", headers=headers).status_code in {401, 404}
    assert not SignIn.objects.filter(person=person, ended_at=None).exists()
    assert not Person.objects.filter(phone_hash__in=blinds(Person, "phone_hash", phone)).exists()
    assert not Person.objects.filter(
        id_number_hash__in=blinds(Person, "id_number_hash", number or "")
    ).exists()
    row = Person.objects.get(pk=person.pk)
    assert not row.is_active and row.phone == "" and row.id_number is None
    # The number is free again: it may belong to somebody else by then.
    assert cast.new_person(1, "新主人").pk != person.pk


def test_a_worker_leaves_the_trade_and_the_code_is_revoked(stage: Stage) -> None:
    worker = stage.workers[0]
    closing.erase(person_id=worker.person_id, by=SYSTEM, at=NOON)
    worker.refresh_from_db()
    assert worker.state == "left" and worker.home_point is None and worker.lat is None
    code = safetycode.code_of(worker.pk)
    assert code is not None and code.state == "revoked"


def test_erasing_twice_is_the_same_as_once(order: Any, stage: Stage) -> None:
    closing.erase(person_id=stage.customer.id, by=SYSTEM, at=NOON)
    first = everything()
    closing.erase(person_id=stage.customer.id, by=SYSTEM, at=NOON)
    assert len(everything()) >= len(first)


def test_the_sealed_columns_are_overwritten_in_the_table_itself(stage: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, phone, id_number FROM accounts_person WHERE id = %s", [stage.customer.id]
        )
        before = [bytes(value) for value in cursor.fetchone()]
        closing.erase(person_id=stage.customer.id, by=SYSTEM, at=NOON)
        cursor.execute(
            "SELECT name, phone, id_number FROM accounts_person WHERE id = %s", [stage.customer.id]
        )
        name, phone, number = cursor.fetchone()
    assert bytes(name) != before[0] and bytes(phone) != before[1] and number is None


def test_the_page_says_what_is_open_and_what_will_be_destroyed(
    order: Any, stage: Stage, client_of: At
) -> None:
    client = client_of(stage.customer)
    page = client.get("/me/privacy/closing/").content.decode()
    assert order.number in page and "申请注销账号" not in page
    ended(order)
    assert "申请注销账号" in client.get("/me/privacy/closing/").content.decode()
    client.post("/me/privacy/closing/")
    assert "撤回注销申请" in client.get("/me/privacy/closing/").content.decode()
    client.post("/me/privacy/closing/", {"withdraw": "1"})
    assert Closing.objects.get().state == "withdrawn"


def test_no_model_of_the_register_is_unknown_to_the_eraser(stage: Stage, stranger: Member) -> None:
    assert apps.get_model("accounts.Person") is Person
    assert closing.erase(person_id=stranger.id, by=SYSTEM, at=NOON)["accounts.Person"] == 1
