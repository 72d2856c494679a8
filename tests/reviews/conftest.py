"""The clock of these pages stands still too; an order that may be reviewed."""

from __future__ import annotations

import pytest

from anxin.orders.public import Order
from tests.orders import played
from tests.orders.conftest import at_noon
from tests.stage import Stage

__all__ = ["at_noon"]


@pytest.fixture
def order(stage: Stage) -> Order:
    return played.paid(stage)[0]
