"""Entry without a place is no silent pass: kept as unknown, warned of when it repeats, refused where demanded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.orders.actions import refusals, visit
from anxin.orders.models import Note, Order, Visit, Warning
from anxin.orders.states import VisitState
from anxin.orders.values import ENTRY_PLACE_REQUIRED
from anxin.policies import public as policies
from anxin.safetycode import public as safetycode
from tests.orders import played
from tests.stage import START, Stage

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B-7.6")]


def enter(stage: Stage, day: Visit, *, known: bool) -> Visit:
    token = safetycode.display_token(stage.workers[0].pk, START)
    point = played.door(day.order) if known else None
    return visit.confirm_entry(day, token=token, point=point, by=stage.customer.actor, at=START)


def test_a_checked_place_is_kept_as_known(stage: Stage) -> None:
    _order, day = played.arrived(stage)
    enter(stage, day, known=True)
    assert Visit.objects.get(pk=day.pk).entry_place == "known"
    assert not Note.objects.filter(kind="entry_place_unknown").exists()


def test_an_unknown_place_is_kept_said_and_warned_of_when_it_repeats(stage: Stage) -> None:
    order, day = played.arrived(stage)
    enter(stage, day, known=False)
    assert Visit.objects.get(pk=day.pk).entry_place == "unknown"
    assert Note.objects.filter(order=order, kind="entry_place_unknown").exists()
    assert not Warning.objects.filter(kind="place_unknown").exists()
    # The same worker's second within thirty days.
    Visit.objects.filter(pk=day.pk).update(state="arrived", entered_at=None, entry_place="")
    Order.objects.filter(pk=order.pk).update(state="signed")
    other = Visit.objects.create(
        order=order, sequence=2, starts_at=START - timedelta(days=3), ends_at=START - timedelta(days=2),
        state="confirmed", state_at=START, entered_at=START - timedelta(days=3), entry_place="unknown",
    )  # fmt: skip
    first = day.assignments.get(state="agreed")
    first.pk, first.visit = None, other
    first._state.adding = True
    from anxin.kit.ids import new_id

    first.id = new_id()
    first.save(force_insert=True)
    day.steps.all().delete()
    enter(stage, Visit.objects.select_related("order__customer").get(pk=day.pk), known=False)
    assert Warning.objects.filter(order=order, kind="place_unknown", cleared_at=None).exists()


def test_where_a_place_is_demanded_none_is_a_refusal(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _order, day = played.arrived(stage)
    read = policies.read
    monkeypatch.setattr(
        visit.policies, "read", lambda rule, at: True if rule is ENTRY_PLACE_REQUIRED else read(rule, at=at)
    )
    with pytest.raises(refusals.PlaceUnknown):
        enter(stage, day, known=False)
    assert Visit.objects.get(pk=day.pk).state == VisitState.ARRIVED
