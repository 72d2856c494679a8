"""State machines as one table each. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Machine:
    """`moves[a][b]` is the verb that leads from state a to state b; a state without moves is final."""

    name: str
    initial: StrEnum
    moves: Mapping[StrEnum, Mapping[StrEnum, str]]

    def allows(self, source: str, target: str) -> bool:
        return any(state == target for state in self.next(source))

    def next(self, source: str) -> tuple[StrEnum, ...]:
        """The states that can follow `source`."""
        return next((tuple(targets) for state, targets in self.moves.items() if state == source), ())

    def verbs(self, source: str) -> frozenset[str]:
        """What can be done in `source`: capabilities are derived from the table."""
        return next(
            (frozenset(t.values()) for state, t in self.moves.items() if state == source), frozenset()
        )

    def before(self, verb: str) -> tuple[StrEnum, ...]:
        """The states from which `verb` leads somewhere."""
        return tuple(state for state, targets in self.moves.items() if verb in targets.values())

    @property
    def states(self) -> tuple[StrEnum, ...]:
        return tuple(type(self.initial))

    @property
    def final(self) -> tuple[StrEnum, ...]:
        return tuple(state for state in self.states if not self.next(state))
