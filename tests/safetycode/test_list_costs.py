"""Every list of the safety code and the archive costs the same number of queries, however long it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from time_machine import travel

from anxin.accounts.models import Organisation
from anxin.accounts.values import Purpose
from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local_date
from anxin.safetycode import public as codes
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.refreshing import open_refreshes
from anxin.safetycode.models import Appeal, Fault
from anxin.safetycode.values import Channel, Limit, NewSlot, Product, Terms
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.values import AffiliationKind, HealthTier
from anxin.workers.values.archive import ConductKind
from tests.cast import BEGIN, NOON, Member
from tests.safetycode.care_world import DAY, recorded
from tests.safetycode.entrusting import entrusted
from tests.safetycode.exam_world import agree, institution
from tests.tape import taped
from tests.workers.world import add_paper, make_worker

pytestmark = pytest.mark.django_db
T = NOON + 184 * DAY
# Address → who reads it.
LISTS = {
    "/desk/codes/": "carer",
    "/desk/checks/": "carer",
    "/desk/policies/": "agency",
    "/desk/appeals/": "bureau",
    "/desk/exams/?day=2026-09-19": "house",
    "/desk/exams/slots/": "house",
    "/desk/care/refresh/": "agency",
    "/desk/care/delegations/": "bureau",
    "/desk/care/certificates/": "carer",
    "/desk/care/faults/colour_apart/": "carer",
    "/desk/care/figures/issued/?city=3301": "carer",
    "/desk/workers/": "agency",
    "/desk/workers/papers/": "agency",
    "/desk/workers/appeals/": "carer",
    "/desk/workers/former/": "agency",
}


@taped
def house(db: None) -> Member:
    return institution()


@pytest.fixture
def agency(jia_head: Member) -> Member:
    return jia_head


@pytest.fixture
def bureau(head: Member) -> Member:
    return head


@pytest.fixture
def now() -> Iterator[None]:
    with travel(T, tick=False):
        yield


def one_more(n: int, agency: Member, house: Member) -> None:
    """A worker with a row in every list."""
    worker = make_worker(name=f"服务员{n}")
    own = Actor(worker.person_id, verified=True)
    workers.join_agency(
        worker_id=worker.pk, organisation_id=agency.organisation.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=BEGIN
    )  # fmt: skip
    codes.issue(worker_id=worker.pk, by=SYSTEM, at=NOON)
    record = recorded(worker, state="frozen")
    record.differences = ["frozen"]
    record.save()
    agree(worker.person, Purpose.HEALTH, Purpose.BACKGROUND)
    codes.ask_background(worker_id=worker.pk, channel=Channel.FILE, by=SYSTEM, at=T)
    starts = T + DAY + n * timedelta(minutes=90)
    slot = NewSlot(starts, starts + timedelta(hours=1), HealthTier.MATERNAL, 3, NOON)
    row = codes.open_slot(slot=slot, place="二楼", by=house.actor, at=NOON)
    codes.book_exam(slot_id=row.pk, worker_id=worker.pk, tier=HealthTier.HOME, by=SYSTEM, at=T)
    today = local_date(T)
    terms = Terms(f"PZ{n}", Product.ACCIDENT, 4, today, today + 300 * DAY, {Limit.DEATH: 1, Limit.MEDICAL: 1})
    codes.file_policy(terms=terms, insurer_name="某公司", by=agency.actor, at=T)
    add_paper(worker, CredentialKind.TRAINING, verified=False)
    conduct = actions.give_conduct(
        worker_id=worker.pk, kind=ConductKind.PENALTY, title="迟到", basis="制度第三条", given_on=today,
        by=agency.actor, at=T,
    )  # fmt: skip
    actions.appeal_conduct(conduct_id=conduct.pk, reply="堵车", by=own, at=T)
    open_refreshes(by=SYSTEM, at=T)
    codes.suspend(worker_id=worker.pk, why="核查", by=SYSTEM, at=T)
    applying.appeal(worker_id=worker.pk, statement="有误", by=own, at=T)
    Fault.objects.create(check_code="colour_apart", worker=worker, subject=str(worker.pk), found_at=T)
    entrusted("3301", name=f"协会{n}")
    left = make_worker(name=f"离开{n}")
    workers.join_agency(
        worker_id=left.pk, organisation_id=agency.organisation.pk, kind=AffiliationKind.EMPLOYEE, by=SYSTEM, at=BEGIN
    )  # fmt: skip
    workers.leave_agency(worker_id=left.pk, by=agency.actor, at=T)


def rows(page: str) -> int:
    return page.count("<tr") + page.count('"ax-item"') + page.count("/decision/")


def cost(client: Client, path: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(path)
    assert answer.status_code == 200, path
    return len(asked), answer.content.decode()


def test_every_list_costs_the_same_however_long(
    now: None, agency: Member, house: Member, carer: Member, bureau: Member, client_of: Callable[..., Client]
) -> None:
    Organisation.objects.filter(pk=carer.organisation.pk).update(region="3301")
    readers: dict[str, Any] = {
        name: client_of(who)
        for name, who in {"agency": agency, "house": house, "carer": carer, "bureau": bureau}.items()
    }
    one_more(0, agency, house)
    for path, who in LISTS.items():
        # The first time things are also remembered in the session.
        readers[who].get(path)
    before = {path: cost(readers[who], path) for path, who in LISTS.items()}
    for n in range(1, 3):
        one_more(n, agency, house)
    assert Appeal.objects.count() == 3
    wrong = []
    for path, who in LISTS.items():
        queries, page = cost(readers[who], path)
        least, first = before[path]
        if rows(page) < rows(first) + 2:
            wrong.append(f"{path}: {rows(first)} rows, then {rows(page)}")
        if queries > least:
            wrong.append(f"{path}: {least} queries, then {queries}")
    assert wrong == []
