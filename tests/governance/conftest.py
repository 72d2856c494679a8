"""What the tests of governance share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.orders import played
from tests.stage import Stage


@pytest.fixture
def order(stage: Stage) -> Any:
    """An order that the agency has accepted, so that it may know the door."""
    return played.accepted(stage)
