"""One order's life through the actions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anxin.kit import jobs
from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders.actions import assign, offer, visit
from anxin.orders.actions.marks import mark_paid, mark_signed
from anxin.orders.models import Note, Offer, Step
from anxin.orders.states import OrderState, VisitState
from anxin.reviews import public as reviews
from anxin.reviews.values import Target
from anxin.safetycode import public as safetycode
from tests.cast import NOON
from tests.orders import played
from tests.stage import START, Stage, picture


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("kitchen.jpg", picture("JPEG"), "image/jpeg")


@pytest.mark.requirement("A-6.3.2b", "B-7.2.3", "B-7.3.1", "C-5.4.2", "B-7.6", "B-7.7.1")
def test_from_a_need_to_a_reviewed_service(stage: Stage):
    order = stage.ask()
    assert order.state == OrderState.SUBMITTED
    assert Offer.objects.get(order=order).organisation_id == stage.head.organisation.pk

    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert order.total_fen == 15000

    ranked = matching.rank(order, NOON)
    assert {r.worker_id for r in ranked} == {w.pk for w in stage.workers}
    proposal = matching.propose(order=order, worker_id=stage.workers[0].pk, by=stage.head.actor, at=NOON)
    assert proposal.score["total"] > 0
    assign.confirm(proposal, by=stage.worker, at=NOON)
    assign.agree(proposal, by=stage.customer.actor, at=NOON)
    order.refresh_from_db()
    assert order.state == OrderState.CONTRACTING

    mark_signed(order_id=order.pk, by=stage.head.actor, at=NOON)
    day = order.visits.select_related("order__customer").get()
    visit.contact(day, how="phone", note="", by=stage.worker, at=START - timedelta(hours=3))
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=40))
    door = Point(order.lat, order.lng)
    visit.arrive(day, point=door, by=stage.worker, at=START)
    token = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=token, point=door, by=stage.customer.actor, at=START)
    for step in Step.objects.filter(visit=day):
        visit.add_photo(step, upload=photo(), by=stage.worker, at=START)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=START)
    end = START + timedelta(hours=3)
    visit.finish(day, note="都好了", by=stage.worker, at=end)
    visit.confirm(day, by=stage.customer.actor, at=end)
    order.refresh_from_db()
    assert (order.state, day.state) == (OrderState.COMPLETED, VisitState.CONFIRMED)

    jobs.drain(end)
    order.refresh_from_db()
    assert order.state == OrderState.BILLED
    mark_paid(order_id=order.pk, at=end)
    order.refresh_from_db()
    four = {"content": 5, "scope": 5, "quality": 4, "fee": 5}
    for target in Target:
        reviews.review(order, target=target, scores=four, words="很好", anonymous=False,
                       by=stage.customer.actor, at=end)  # fmt: skip
    order.refresh_from_db()
    assert order.state == OrderState.CLOSED
    # The states were marked by hand here; the bill's own life is shown with payments.
    jobs.drain(end, discard=frozenset({"payments.draw_bill"}))


def test_a_call_told_twice_in_a_minute_is_one_call(stage: Stage) -> None:
    _, day = played.signed(stage)
    for minute, note in ((0, "九点到"), (0, "九点到"), (0, "十点到"), (2, "十点到")):
        at = START - timedelta(hours=3) + timedelta(minutes=minute)
        visit.contact(day, how="phone", note=note, by=stage.worker, at=at)
    assert Note.objects.filter(kind="contacted").count() == 3
