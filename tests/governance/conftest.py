"""What the tests of governance share."""

from __future__ import annotations

from typing import Any

import pytest

from anxin.accounts.models import Organisation
from tests import cast
from tests.cast import Member
from tests.orders import played
from tests.stage import Stage
from tests.tape import taped


@taped
def order(stage: Stage) -> Any:
    """An order that the agency has accepted, so that it may know the door."""
    return played.accepted(stage)


@pytest.fixture
def security(operator: Organisation) -> Member:
    """The platform's security administrator."""
    return cast.in_post(cast.new_person(45, "严安全"), operator, "operator.security")
