"""Leaving the platform: the agency, the code and all that was open end with it; coming back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from anxin.accounts.values import Purpose
from anxin.governance.actions import closing
from anxin.kit import jobs
from anxin.kit.actor import SYSTEM
from anxin.notices.models import Notice
from anxin.orders.models import Order
from anxin.orders.states import OrderState
from anxin.safetycode import public as safetycode
from anxin.safetycode.models import BackgroundCheck, ExamAppointment, Measure
from anxin.safetycode.values import Channel
from anxin.workers import actions
from anxin.workers import public as workers
from anxin.workers.models import Booking, Worker
from anxin.workers.values import AffiliationKind, HealthTier, Span, WorkerState
from tests.cast import NOON
from tests.orders.steps import agreed
from tests.safetycode import exam_world
from tests.stage import START, Stage
from tests.workers.signing import signed

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C-6.2.6", "D-6a", "E-2")]
At = Callable[..., Client]
LATER = NOON + timedelta(hours=1)


def leave(stage: Stage) -> None:
    workers.set_state(worker_id=stage.workers[0].pk, to=WorkerState.LEFT, by=stage.worker, at=LATER)


def test_all_that_hangs_on_the_agency_and_all_that_is_open_ends(stage: Stage) -> None:
    who, worker = stage.people[0].person, stage.workers[0]
    signed(stage.worker, NOON)
    exam_world.agree(who, Purpose.HEALTH, Purpose.BACKGROUND)
    slot = exam_world.session(exam_world.institution())
    safetycode.book_exam(slot_id=slot.pk, worker_id=worker.pk, tier=HealthTier.HOME, by=stage.worker, at=NOON)
    safetycode.ask_background(worker_id=worker.pk, channel=Channel.FILE, by=stage.worker, at=NOON)
    away = Span(START + timedelta(days=7), START + timedelta(days=8))
    workers.take_leave(worker_id=worker.pk, span=away, note="", by=stage.worker, at=NOON)
    leave(stage)
    assert workers.affiliation_of(worker.pk, LATER) is None
    assert workers.authorisation_of(worker.pk) is None
    code = safetycode.code_of(worker.pk)
    assert code is not None and code.state == "revoked"
    measure = Measure.objects.latest("at")
    assert (measure.kind, measure.ground) == ("cancel", "left_trade")
    assert ExamAppointment.objects.get().state == "cancelled"
    slot.refresh_from_db()
    assert slot.taken == 0
    assert BackgroundCheck.objects.get().state == "cancelled"
    assert not Booking.objects.filter(worker=worker).exists()
    told = set(Notice.objects.filter(kind="workers.affiliation").values_list("person_id", flat=True))
    assert {who.pk, stage.head.person.pk} <= told


def test_it_is_refused_while_a_visit_lies_ahead_and_nothing_changes(stage: Stage) -> None:
    agreed(stage)
    with pytest.raises(workers.StillBooked):
        leave(stage)
    assert Worker.objects.get(pk=stage.workers[0].pk).state == WorkerState.ACTIVE
    assert workers.affiliation_of(stage.workers[0].pk, LATER) is not None
    assert getattr(safetycode.code_of(stage.workers[0].pk), "state", "") == "issued"


def test_a_closed_account_leaves_the_agency_and_an_order_of_theirs_chooses_again(stage: Stage) -> None:
    order, worker = agreed(stage).order, stage.workers[0]
    jobs.drain(NOON)
    closing.erase(person_id=worker.person_id, by=SYSTEM, at=LATER)
    jobs.drain(LATER)
    assert workers.affiliation_of(worker.pk, LATER) is None
    measure = Measure.objects.latest("at")
    assert (measure.kind, measure.ground, measure.why) == ("cancel", "closed", "账号已注销")
    assert Order.objects.get(pk=order.pk).state == OrderState.ACCEPTED
    assert not Booking.objects.filter(worker=worker).exists()


def test_an_agency_that_takes_somebody_on_brings_them_back(stage: Stage) -> None:
    leave(stage)
    actions.join_agency(
        worker_id=stage.workers[0].pk, organisation_id=stage.rival.organisation.pk,
        kind=AffiliationKind.FLEXIBLE, by=stage.rival.actor, at=LATER + timedelta(minutes=1),
    )  # fmt: skip
    assert Worker.objects.get(pk=stage.workers[0].pk).state == WorkerState.ACTIVE
    told = Notice.objects.filter(kind="workers.affiliation", at__gt=LATER)
    assert {stage.people[0].person.pk, stage.rival.person.pk} <= set(told.values_list("person_id", flat=True))


def test_on_the_phone_one_leaves_the_agency_or_the_platform_and_comes_back(
    stage: Stage, client_of: At
) -> None:
    worker = stage.workers[0]
    with time_machine.travel(LATER, tick=False):
        client = client_of(stage.people[0])
        assert "离开平台，不再做家政" in client.get("/worker/departure/").content.decode()
        sent = client.post("/worker/departure/", {"read": "on", "whither": "platform"})
        assert sent.status_code == 303
        assert Worker.objects.get(pk=worker.pk).state == WorkerState.LEFT
        assert "您已离开平台" in client.get("/worker/archive/").content.decode()
        assert client.post("/worker/return/").status_code == 303
        assert Worker.objects.get(pk=worker.pk).state == WorkerState.ACTIVE
        # Without an agency there is only the platform to leave.
        assert "只离开这家机构" not in client.get("/worker/departure/").content.decode()
        assert client.post("/worker/departure/", {"read": "on"}).status_code == 303
        assert Worker.objects.get(pk=worker.pk).state == WorkerState.LEFT
