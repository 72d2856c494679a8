"""What is wrong with something that was filled in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a field, as a Chinese text with places for `params`."""

    field: str
    text: str
    params: tuple[tuple[str, str], ...] = ()
