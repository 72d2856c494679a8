"""Pages of orders read the clock; here it stands still at the cast's noon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from anxin.kit import jobs
from anxin.orders.actions import offer
from tests.cast import NOON
from tests.contracts.conftest import Deal
from tests.stage import Stage


@pytest.fixture
def at_noon() -> Iterator[time_machine.Coordinates]:
    """The clock stands at NOON; `at_noon.move_to(…)` sets it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def deal(stage: Stage) -> Deal:
    """Both have signed."""
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    found = Deal(stage, order)
    found.agree()
    found.sign()
    found.seal()
    return found
