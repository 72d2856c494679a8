"""The clock of these pages stands still too, and their days are small."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from anxin.matching.actions import dayplan
from tests.orders.conftest import at_noon

__all__ = ["at_noon"]


@pytest.fixture(autouse=True)
def soon_planned() -> Iterator[None]:
    """A handful of visits is planned best with a tenth of the changes that the product tries."""
    few, dayplan.FEW = dayplan.FEW, 0
    yield
    dayplan.FEW = few
