"""Sessions of health checks in the demo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from anxin.kit.clock import local, local_date
from anxin.simulation.examining import session_start


@pytest.mark.parametrize("hour", range(24))
def test_a_session_lies_in_the_daytime_of_the_same_day_whenever_the_demo_is_built(hour: int) -> None:
    now = datetime(2026, 3, 18, hour, 20, tzinfo=UTC)
    starts = local(session_start(now))
    assert starts.date() == local_date(now)
    assert (starts.hour, starts.minute) in {(8, 0), (13, 30)}
    assert (starts + timedelta(hours=3)).hour < 18
