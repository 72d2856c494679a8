"""How much of "everything as everybody" is tried: all of it, or in the shortest run a share that is always the same.

The plain `make test` takes the share; `make test-pg`, `make conformance` and a run of chosen tests take everything.
"""

from __future__ import annotations

import os

SHARE = "ANXIN_TEST_SHARE"


def whole() -> bool:
    return _share() == 1


def tried(row: int, column: int) -> bool:
    """Whether this row of a table meets this column: in the shortest run each does with every 24th of the other."""
    return whole() or (row + column) % (3 * _share()) == 0


def examples(many: int) -> int:
    """As many made-up examples as named; in the shortest run its share of them, and one at least."""
    return max(1, many // _share())


def _share() -> int:
    return int(os.environ.get(SHARE, "1"))
