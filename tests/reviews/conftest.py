"""The clock of these pages stands still too; an order that may be reviewed."""

from __future__ import annotations

from anxin.orders.public import Order
from tests.orders import played
from tests.orders.conftest import at_noon
from tests.stage import Stage
from tests.tape import taped

__all__ = ["at_noon"]


@taped
def order(stage: Stage) -> Order:
    return played.paid(stage)[0]
