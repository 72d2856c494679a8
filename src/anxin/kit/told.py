"""When a thing was done, as told by a phone that had no network then.

It tells for how long it waited, not what its clock showed: a clock that is wrong does no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

HEADER = "X-Waited"
# Below it is the way here; a phone keeps the card of a visit for its day, so nothing waits longer.
LEAST, MOST = timedelta(minutes=1), timedelta(days=1)
# For the document of the interface, at each operation that reads it.
DOCUMENTED = {
    "parameters": [
        {
            "in": "header",
            "name": HEADER,
            "required": False,
            "description": "For how many seconds the request waited for a network since the thing was done.",
            "schema": {"type": "integer", "minimum": 0, "maximum": int(MOST.total_seconds())},
        }
    ]
}


def moment(headers: Mapping[str, str], at: datetime) -> datetime | None:
    """The moment of the act, for a request heard `at`; None: just now, as far as can be known."""
    said = headers.get(HEADER, "")
    if not (said.isascii() and said.isdigit() and len(said) <= 9):
        return None
    waited = timedelta(seconds=int(said))
    return at - waited if LEAST <= waited <= MOST else None
