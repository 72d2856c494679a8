"""Whoever writes what the database excludes waits in line before writing.

Two who write rows that exclude each other at the same moment would each wait for the other's, until the database gives
one of them up: a breakdown where a refusal is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import connection, models, transaction

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM
from anxin.kit.ids import new_id
from anxin.safetycode.models import Delegation
from anxin.workers import public as workers
from anxin.workers.models import Affiliation, Booking
from anxin.workers.queries.time import lock_time
from anxin.workers.values import AffiliationKind, BookingKind, Span
from tests import cast
from tests.safetycode.entrusting import entrust
from tests.workers.world import NOW, make_worker

pytestmark = pytest.mark.django_db(transaction=True)
# How another one comes first, what is done then, and what was written.
Case = tuple[Callable[[], Any], Callable[[], Any], models.QuerySet[Any]]


def lock(row: models.Model) -> Callable[[], Any]:
    return lambda: type(row)._base_manager.select_for_update(no_key=True).get(pk=row.pk)


def appointing() -> Case:
    person, house = cast.new_person(820, "钱丽"), cast.new_organisation("agency", "临安丙家政", 120)

    def act() -> None:
        accounts.appoint(
            person_id=person.pk, organisation_id=house.pk, post="agency.head", by=SYSTEM, at=cast.NOON
        )

    return lock(person), act, accounts.Appointment.objects.filter(person=person)


def joining() -> Case:
    worker, house = make_worker(), cast.new_organisation("agency", "临安丙家政", 120)

    def act() -> None:
        workers.join_agency(
            worker_id=worker.pk, organisation_id=house.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=NOW
        )

    return lock(worker), act, Affiliation.objects.filter(worker=worker)


def booking() -> Case:
    worker = make_worker()

    def act() -> None:
        workers.hold_time(
            worker_id=worker.pk, span=Span(NOW, NOW + timedelta(hours=2)), kind=BookingKind.VISIT, ref=new_id(),
            point=None, turnover_minutes=30, by=SYSTEM, at=NOW,
        )  # fmt: skip

    return lambda: lock_time(worker.pk), act, Booking.objects.filter(worker=worker)


def entrusting() -> Case:
    house = cast.new_organisation("association", "家政行业协会", 130)
    type(house).objects.filter(pk=house.pk).update(region="3301")
    return lock(house), lambda: entrust(house), Delegation.objects.filter(issuer=house)


CASES = {
    "accounts_appointment_one_administrator": appointing,
    "accounts_appointment_once": appointing,
    "safetycode_delegation_once": entrusting,
    "workers_affiliation_sole": joining,
    "workers_booking_no_overlap": booking,
}


def is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("case", list(dict.fromkeys(CASES.values())))
def test_who_is_second_waits_before_writing(case: Callable[[], Case]) -> None:
    come_first, act, written = case()

    def second() -> None:
        with closing(connection):
            act()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            come_first()
            done = pool.submit(second)
            end = time.monotonic() + 30
            while not (waited := is_waited_for()) and not done.done() and time.monotonic() < end:
                time.sleep(0.01)
        done.result(30)
    assert waited
    assert written.count() == 1


def test_no_exclusion_is_left_out() -> None:
    excluding = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, ExclusionConstraint)
    }
    assert excluding == set(CASES)
