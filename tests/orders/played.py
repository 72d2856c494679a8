"""How far a test wants an order to have come, played through the same actions as the pages call."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from anxin.kit.geo import Point
from anxin.matching import public as matching
from anxin.orders.actions import assign, offer, visit
from anxin.orders.actions.marks import mark_billed, mark_paid, mark_signed
from anxin.orders.models import Assignment, Order, Step, Visit
from anxin.safetycode import public as safetycode
from tests.cast import NOON
from tests.stage import START, Stage, picture
from tests.tape import scene


@scene
def accepted(stage: Stage) -> Order:
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    order.refresh_from_db()
    return order


@scene
def proposed(stage: Stage, who: int = 0) -> tuple[Order, Assignment]:
    order = accepted(stage)
    return order, matching.propose(order=order, worker_id=stage.workers[who].pk, by=stage.head.actor, at=NOON)


@scene
def carded(stage: Stage) -> tuple[Order, Assignment]:
    order, proposal = proposed(stage)
    assign.confirm(proposal, by=stage.worker, at=NOON)
    return order, proposal


@scene
def signed(stage: Stage) -> tuple[Order, Visit]:
    order, proposal = carded(stage)
    assign.agree(proposal, by=stage.customer.actor, at=NOON)
    mark_signed(order_id=order.pk, by=stage.head.actor, at=NOON)
    return fresh(order)


@scene
def on_the_way(stage: Stage) -> tuple[Order, Visit]:
    order, day = signed(stage)
    visit.contact(day, how="phone", note="", by=stage.worker, at=START - timedelta(hours=3))
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=40))
    return fresh(order)


@scene
def arrived(stage: Stage) -> tuple[Order, Visit]:
    order, day = on_the_way(stage)
    visit.arrive(day, point=door(order), by=stage.worker, at=START)
    return fresh(order)


@scene
def in_service(stage: Stage) -> tuple[Order, Visit]:
    order, day = arrived(stage)
    token = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=token, point=door(order), by=stage.customer.actor, at=START)
    return fresh(order)


@scene
def paid(stage: Stage, at: datetime = START + timedelta(hours=3)) -> tuple[Order, Visit]:
    order, day = in_service(stage)
    for step in Step.objects.filter(visit=day):
        visit.add_photo(step, upload=photo(), by=stage.worker, at=START)
        visit.tick_step(step, done=True, note="", by=stage.worker, at=START)
    visit.finish(day, note="", by=stage.worker, at=at)
    visit.confirm(day, by=stage.customer.actor, at=at)
    mark_billed(order_id=order.pk, total_fen=15000, by=stage.head.actor, at=at)
    mark_paid(order_id=order.pk, at=at)
    return fresh(order)


def fresh(order: Order) -> tuple[Order, Visit]:
    order = Order.objects.select_related("customer", "customer__person").get(pk=order.pk)
    return order, order.visits.select_related("order__customer").get()


def door(order: Order) -> Point:
    return Point(order.lat, order.lng)


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("kitchen.jpg", picture("JPEG"), "image/jpeg")
