"""Pages of orders read the clock; here it stands still at the cast's noon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOON
from tests.contracts.conftest import Deal, accept
from tests.stage import Stage
from tests.tape import taped


@pytest.fixture
def at_noon() -> Iterator[time_machine.Coordinates]:
    """The clock stands at NOON; `at_noon.move_to(…)` sets it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@taped
def deal(stage: Stage) -> Deal:
    """Both have signed."""
    found = accept(stage)
    found.agree()
    found.sign()
    found.seal()
    return found
