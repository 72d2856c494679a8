"""How much is tried: everything, or in the shortest run of "everything as everybody" a share that is always the same.

The plain `make test` takes the share and leaves out what is marked `thorough`; `make test-pg`, `make conformance` and a
run of chosen tests take everything. docs/decisions/the-shortest-run.md says what may bear the mark.
"""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

import pytest

SHARE = "ANXIN_TEST_SHARE"


def leave_out(items: list[pytest.Item]) -> list[pytest.Item]:
    """Take what is marked out of the shortest run's items. Returns what was taken out.

    Raises pytest.UsageError: a requirement would be left without any test.
    """
    if whole():
        return []
    left = [item for item in items if item.get_closest_marker("thorough")]
    items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    if bare := _shown(left) - _shown(items):
        raise pytest.UsageError(
            f"only tests marked thorough show {', '.join(sorted(bare))}: unmark one of each"
        )
    return left


def _shown(items: Iterable[pytest.Item]) -> set[str]:
    return {str(one) for item in items for mark in item.iter_markers("requirement") for one in mark.args}


def whole() -> bool:
    return _share() == 1


def tried(row: int, column: int) -> bool:
    """Whether this row of a table meets this column: in the shortest run each does with every 128th of the other."""
    return whole() or (row + column) % (16 * _share()) == 0


@dataclass
class Turns:
    """In the shortest run: each thing is for the first who comes to it, and then for the share of the others."""

    met: set[Hashable] = field(default_factory=set)

    def take(self, thing: Hashable, row: int, column: int) -> bool:
        first = thing not in self.met
        self.met.add(thing)
        return first or tried(row, column)


def examples(many: int) -> int:
    """As many made-up examples as named; in the shortest run its share of them, and one at least."""
    return max(1, many // _share())


def _share() -> int:
    return int(os.environ.get(SHARE, "1"))
