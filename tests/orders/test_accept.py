"""Accepting a demand: one statement, all or nothing."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, connections

from anxin.audit.models import Entry
from anxin.customers.models import Sight
from anxin.kit import jobs
from anxin.kit.events import announce
from anxin.orders.actions import offer, refusals
from anxin.orders.actions.taking import reading
from anxin.orders.events import OrderAccepted
from anxin.orders.models import Note, Offer, Order
from anxin.orders.states import OfferState, OrderState
from tests.cast import NOON
from tests.stage import Stage


def queued() -> list[tuple[str, dict]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
        return [(name, json.loads(args)) for name, args in cursor.fetchall()]


def opened(stage: Stage) -> Order:
    """A demand that all may grab."""
    return stage.ask(version_id=None)


def test_one_acceptance_writes_everything(stage: Stage):
    order = opened(stage)
    by, organisation = stage.head.actor, stage.head.organisation.pk
    offer.accept(order, organisation_id=organisation, by=by, at=NOON)
    kept = Order.objects.get(pk=order.pk)
    for one in (order, kept):
        assert (one.state, one.provider_id, one.accepted_at) == (OrderState.ACCEPTED, organisation, NOON)
        assert (one.version_id, one.total_fen) == (stage.version.pk, 15000)
    assert kept.terms == order.terms
    last = kept.history.latest("id")
    assert (last.from_state, last.to_state, last.by_person, last.at) == (
        "submitted",
        "accepted",
        by.person_id,
        NOON,
    )
    laid = Offer.objects.get(order=order)
    assert laid.state == OfferState.ACCEPTED and laid.history.latest("id").to_state == OfferState.ACCEPTED
    note = Note.objects.get(order=order, kind="accepted")
    assert (note.side, note.audience, note.by_person) == ("agency", "customer", by.person_id)
    assert Sight.objects.filter(organisation_id=organisation, customer=order.customer).exists()
    entry = Entry.objects.get(action="orders.accept", subject_id=str(order.pk))
    assert (entry.by_person, entry.detail["total_fen"]) == (by.person_id, 15000)
    todo = dict(queued())
    assert todo["orders.tell"] == {"note_id": note.pk, "sms": True}
    assert todo["contracts.draft"] == {"order_id": str(order.pk)}


def test_it_takes_two_queries_and_a_loser_one(stage: Stage, django_assert_num_queries):
    # The version's text is read once by each process.
    first, order = opened(stage), opened(stage)
    by, rival = stage.head.actor, stage.rival.actor
    offer.accept(first, organisation_id=by.organisation_id, by=by, at=NOON)
    with django_assert_num_queries(2):
        offer.accept(order, organisation_id=by.organisation_id, by=by, at=NOON)
    late = Order.objects.get(pk=order.pk)
    with django_assert_num_queries(1), pytest.raises(refusals.AlreadyTaken):
        offer.accept(late, organisation_id=rival.organisation_id, by=rival, at=NOON)


@pytest.mark.parametrize("lapsed", [True, False])
def test_what_changed_after_the_read_is_found_by_the_write(stage: Stage, monkeypatch, lapsed: bool):
    order = opened(stage)
    read = reading.standing(order, stage.head.organisation.pk, NOON)
    if lapsed:
        Offer.objects.filter(order=order).update(state=OfferState.LAPSED)
    else:
        Order.objects.filter(pk=order.pk).update(state=OrderState.CANCELLED)
    monkeypatch.setattr(reading, "standing", lambda *_: read)
    before = queued(), Note.objects.count(), Entry.objects.count(), Sight.objects.count()
    with pytest.raises(refusals.AlreadyTaken):
        offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    assert before == (queued(), Note.objects.count(), Entry.objects.count(), Sight.objects.count())
    assert order.provider_id is None and not Offer.objects.filter(state=OfferState.ACCEPTED).exists()


def test_an_offer_to_another_agency_or_past_its_time_cannot_be_taken(stage: Stage):
    order = stage.ask()
    with pytest.raises(refusals.AlreadyTaken):
        offer.accept(order, organisation_id=stage.rival.organisation.pk, by=stage.rival.actor, at=NOON)
    with pytest.raises(refusals.AlreadyTaken):
        offer.accept(
            order,
            organisation_id=stage.head.organisation.pk,
            by=stage.head.actor,
            at=NOON + timedelta(days=1),
        )
    order.refresh_from_db()
    assert order.state == OrderState.SUBMITTED


def test_handlers_of_an_acceptance_only_defer(stage: Stage, django_assert_num_queries):
    order = stage.ask()
    with django_assert_num_queries(0), jobs.gathered() as found:
        announce(OrderAccepted(order.pk, stage.head.organisation.pk))
    assert [one.task for one in found] == ["contracts.draft"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.requirement("B-7.3.1", "E-15")
def test_of_many_at_once_exactly_one_wins(stage: Stage):
    order = opened(stage)
    gate, results = threading.Barrier(24), []

    def client(number: int) -> None:
        by = (stage.head if number % 2 else stage.rival).actor
        mine = Order.objects.get(pk=order.pk)
        gate.wait()
        try:
            offer.accept(mine, organisation_id=by.organisation_id, by=replace(by), at=NOON)
            results.append("won")
        except refusals.AlreadyTaken:
            results.append("told")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["told"] * 23 + ["won"]
    assert Entry.objects.filter(action="orders.accept").count() == 1
    assert Note.objects.filter(order=order, kind="accepted").count() == 1
