"""The named people of the tests, among them a stranger who must see nothing.

Every name and number is synthetic (county code 330199 belongs to nobody).
"""

from __future__ import annotations

from datetime import UTC, datetime

# A Wednesday, 10:00 in Lin'an.
NOON = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
