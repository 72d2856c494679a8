"""Pages of orders read the clock; here it stands still at the cast's noon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from tests.cast import NOON


@pytest.fixture
def at_noon() -> Iterator[time_machine.Coordinates]:
    """The clock stands at NOON; `at_noon.move_to(…)` sets it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock
