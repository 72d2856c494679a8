"""A running order, called by its real ids at every address from every wrong side: nothing is shown, nothing done."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.orders.actions import change, visit
from anxin.orders.models import Order
from anxin.payments.models import Bill
from anxin.safetycode import public as safetycode
from tests import cast
from tests.architecture.addresses import every
from tests.architecture.test_strangers import Things, drive
from tests.orders.steps import agreed, signed
from tests.stage import START, Stage
from tests.tape import taped
from tests.thorough import whole

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-6.3.3d")]
OF_AN_ORDER = (
    "/orders/",
    "/visits/",
    "/steps/",
    "/extras/",
    "/changes/",
    "/contracts/",
    "/bills/",
    "/changes/",
)
KEPT_OUT = {401, 403, 404, 409, 422}


def _values(order: Order, **ids: Any) -> dict[tuple[str, str], str]:
    contract, bill = Contract.objects.first(), Bill.objects.first()
    found = {("/", "number"): order.number} | {("/", name): str(key) for name, key in ids.items()}
    if contract:
        found["/contracts/", "number"] = contract.number
    if bill:
        found["/bills/", "number"] = bill.number
    return found


@taped
def running(stage: Stage) -> Things:
    """Somebody else's order with the worker in the house, a line of the checklist and extra work proposed."""
    order, day = signed(stage)
    jobs.drain(cast.NOON, discard=frozenset({"contracts.complete"}))
    moved = change.ask_change(
        day, starts_at=START + timedelta(minutes=30), reason="晚一点", by=stage.customer.actor, at=cast.NOON
    )
    visit.depart(day, by=stage.worker, at=START - timedelta(minutes=30))
    visit.arrive(day, point=None, by=stage.worker, at=START)
    token = safetycode.display_token(stage.workers[0].pk, START)
    visit.confirm_entry(day, token=token, point=None, by=stage.customer.actor, at=START)
    extra = visit.propose_extra(
        day, label="擦窗", quantity=Decimal(1), unit="次", price_fen=2000, by=stage.worker, at=START
    )
    assert moved is not None
    values = _values(
        order, visit_id=day.pk, step_id=day.steps.first().pk, extra_id=extra.pk, change_id=moved.pk
    )
    place = order.place
    return Things(
        values, {place["detail"], place["phone"], stage.customer.person.phone, "家里有一只猫", "擦窗"}
    )


@taped
def chosen(stage: Stage) -> Things:
    """Somebody else's order that waits for its contract."""
    order = Order.objects.get(pk=agreed(stage).order_id)
    place = order.place
    return Things(
        _values(order, visit_id=order.visits.get().pk), {place["detail"], place["phone"], "家里有一只猫"}
    )


MOMENTS = ["running", "chosen"]
OUTSIDE = ["stranger", "zhou_min", "yi_head", "li_mei", "zhao_qiang"]


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_from_outside_reaches_a_running_order(request, client_of, who, moment):
    things, member = request.getfixturevalue(moment), request.getfixturevalue(who)
    aimed = [
        one
        for one in every()
        if one.parameters
        and one.path.removeprefix("/api/v1").startswith(OF_AN_ORDER)
        and {name for name, _kind in one.parameters} <= {name for _start, name in things.values}
        and one.rule
        and one.rule.name != "public"
    ]
    # In the shortest run each of them calls each address at one of the two moments.
    row = OUTSIDE.index(who) + MOMENTS.index(moment)
    met = [one for column, one in enumerate(aimed) if whole() or (row + column) % 2 == 0]
    wrong = []
    for address, method, answer in drive(client_of(member), things, met, member.actor):
        status = getattr(answer, "status_code", 500)
        to_the_hall = status == 303 and answer.headers["Location"] == "/hall/"
        # Asked and told nothing at all: no more than that there is no such thing.
        silent = method == "GET" and status == 204
        if status not in KEPT_OUT and not to_the_hall and not silent:
            wrong.append(f"{method} {address.path} → {status} {answer!r}")
        text = answer.content.decode(errors="replace") if hasattr(answer, "content") else ""
        wrong += [f"{method} {address.path} shows {one}" for one in things.secrets if one in text]
    assert len(aimed) > 20
    assert wrong == []
