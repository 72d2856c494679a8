"""Two at once: whatever the interleaving, a code is used once, a number is one person, guesses are counted."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from anxin.accounts import actions
from anxin.accounts.models import Code, Person
from anxin.customers import actions as customers
from anxin.customers.models import Address, Customer
from anxin.kit.actor import ANONYMOUS, SYSTEM
from anxin.kit.errors import Refusal
from anxin.messaging.models import SmsMessage
from tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(count: int, call: Callable[[int], Any]) -> list[Any]:
    """Run `call` so often side by side; a refusal is a result."""
    gate = Barrier(count)

    def run(n: int) -> Any:
        try:
            gate.wait(10)
            return call(n)
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_a_code_sent_in_eight_times_at_once_works_once():
    actions.send_code(phone=cast.phone(800), purpose="sign_in", by=ANONYMOUS, at=cast.NOON)
    code = SmsMessage.objects.get().params["code"]
    # Five attempts are counted at most; of those one succeeds.
    answers = at_once(
        8, lambda n: actions.check_code(phone=cast.phone(800), purpose="sign_in", code=code, at=cast.NOON)
    )
    assert sum(answer != "code_wrong" for answer in answers) == 1


def test_guesses_side_by_side_are_counted_one_by_one():
    actions.send_code(phone=cast.phone(800), purpose="sign_in", by=ANONYMOUS, at=cast.NOON)
    code = SmsMessage.objects.get().params["code"]
    wrong = [f"{(int(code) + n + 1) % 10**6:06d}" for n in range(8)]
    at_once(
        8, lambda n: actions.check_code(phone=cast.phone(800), purpose="sign_in", code=wrong[n], at=cast.NOON)
    )
    assert Code.objects.get().attempts == 5
    with pytest.raises(actions.CodeWrong):
        actions.check_code(phone=cast.phone(800), purpose="sign_in", code=code, at=cast.NOON)


def test_of_many_requests_for_a_code_one_is_served():
    answers = at_once(
        6, lambda n: actions.send_code(phone=cast.phone(800), purpose="sign_in", by=ANONYMOUS, at=cast.NOON)
    )
    assert answers.count("code_too_soon") == 5
    assert SmsMessage.objects.count() == 1


def test_passwords_tried_side_by_side_lock_after_five():
    answers = at_once(
        8,
        lambda n: actions.sign_in_by_password(
            phone=cast.phone(800), password=f"Guess-{n}-x", by=ANONYMOUS, at=cast.NOON
        ),
    )
    assert answers.count("password_wrong") == 5
    assert answers.count("locked_out") == 3


def test_two_first_sign_ins_make_one_person():
    found = at_once(4, lambda n: actions.register_person(phone=cast.phone(801), by=SYSTEM, at=cast.NOON).pk)
    assert len(set(found)) == 1
    assert Person.objects.count() == 1


def test_an_identity_number_goes_to_one_of_two_who_claim_it_at_once():
    people = [cast.new_person(810 + n, "刘洋", verified=False) for n in range(4)]
    answers = at_once(
        4,
        lambda n: actions.record_verification(
            person_id=people[n].pk, name="刘洋", id_number=cast.id_number(333), provider="manual", request_id="",
            by=SYSTEM, at=cast.NOON,
        ),
    )  # fmt: skip
    assert answers.count("id_number_taken") == 3
    assert Person.objects.exclude(verified_at=None).count() == 1


def test_a_head_appointed_twice_at_once_holds_one_post():
    organisation = cast.new_organisation("agency", "临安丙家政", 120)
    person = cast.new_person(820, "钱丽")
    answers = at_once(
        4,
        lambda n: actions.appoint(
            person_id=person.pk, organisation_id=organisation.pk, post="agency.head", by=SYSTEM, at=cast.NOON
        ),
    )
    assert answers.count("already_appointed") == 3


def test_two_heads_cannot_dismiss_each_other_at_once():
    organisation = cast.new_organisation("agency", "临安丙家政", 120)
    heads = [cast.in_post(cast.new_person(820 + n, "钱丽"), organisation, "agency.head") for n in range(2)]
    answers = at_once(
        2,
        lambda n: actions.dismiss(
            appointment_id=heads[1 - n].appointment.pk, by=heads[n].actor, at=cast.NOON
        ),
    )
    assert answers.count("last_head") == 1


def test_first_addresses_added_at_once_leave_one_customer_and_one_default():
    person = cast.new_person(830, "陈静")
    by = cast.actor_of(person)
    at_once(
        4,
        lambda n: customers.add_address(
            contact_name="陈静", contact_phone=cast.phone(830), town_code=cast.JINCHENG, detail=f"{n} 号",
            is_default=True, by=by, at=cast.NOON,
        ),
    )  # fmt: skip
    assert Customer.objects.count() == 1
    assert Address.objects.count() == 4
    assert Address.objects.filter(is_default=True).count() == 1
