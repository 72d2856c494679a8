"""Every operation of the interface, fed by its own document: no breakdown, no answer that the document does not
know, nothing of others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from anxin.payments.public import Cashier
from tests import cast, thorough
from tests.fuzz import driver
from tests.fuzz.world import pet, world
from tests.line.conftest import Clock, Program
from tests.line.test_api import _agree, _pay, _serve, _sign, demand
from tests.stage import START, Stage

# What there is more to say to when both sides have agreed, and when it is paid.
AGREED = (
    "/orders",
    "/proposals",
    "/visits",
    "/changes",
    "/contracts",
    "/verification",
    "/plans",
    "/standing",
)
PAID = (
    "/visits",
    "/steps",
    "/extras",
    "/contracts",
    "/bills",
    "/refunds",
    "/invoice",
    "/reconc",
    "/ledger",
    "/apart",
    "/standing",
    "/plans",
)


@pytest.mark.thorough
@pytest.mark.requirement("A-6.3.3d")
def test_nothing_that_can_be_sent_breaks_the_interface_or_makes_it_tell_what_is_not_the_callers(
    standing: Stage,
    clock: Clock,
    cashier: Cashier,
    program: Callable[[cast.Member], Program],
    simulator_url: str,
    settings: Any,
    zhou_min: cast.Member,
    stranger: cast.Member,
    operations: cast.Member,
) -> None:
    settings.ANXIN_IDENTITY_URL = f"{simulator_url}/identity"
    stage, schema = standing, driver.document()
    findings: dict[tuple[str, ...], str] = {}
    seen: set[int] = set()

    def fuzz(name: str, *only: str, examples: int) -> None:
        run = driver.Run(
            schema, world(stage, zhou_min, stranger, operations), name, thorough.examples(examples)
        )
        run(only or ("",))
        findings.update(run.findings)
        seen.update(run.answers)
        print(name, sum(run.answers.values()), "requests:", dict(sorted(run.answers.items())))

    pet(stage)
    customer, agency, worker = program(stage.customer), program(stage.head), program(stage.people[0])
    customer.send("/orders/", demand(stage))
    clock.work()
    fuzz("asked", examples=3)
    number = _agree(stage, clock, customer, agency, worker)
    agency.send("/dispatch/plans/", {"first_date": f"{START:%Y-%m-%d}"})
    clock.work()
    fuzz("agreed", *AGREED, examples=2)
    _sign(clock, customer, agency, number)
    clock.to(START - timedelta(hours=3))
    customer, agency, worker = program(stage.customer), program(stage.head), program(stage.people[0])
    _serve(clock, customer, worker, number)
    _pay(clock, cashier, customer, number)
    customer.send(f"/orders/{number}/apart/", {"worker_id": str(stage.workers[0].pk), "reason": "不合适"})
    fuzz("paid", *PAID, examples=2)

    assert not findings, f"{len(findings)} findings\n\n" + "\n\n".join(findings.values())
    assert {200, 401, 404, 422} <= seen
