"""The doors of the compiled search, kept on disk between processes.

Numba keeps compiled code by the file that the function stands in, and would go on using it when a function called from
there has changed. It does look at what a closure holds: here, a number made from all sources of the search.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from numba import njit

from anxin.matching.engine.dayplan import anneal, moves
from anxin.matching.engine.dayplan.anneal import Best
from anxin.matching.engine.dayplan.state import Data, Floats, Ints, State

SOURCES = ("state", "routes", "moves", "remake", "anneal")
_search, _greet, _least, _rebuild = anneal.anneal, anneal.greet, anneal.least_addition, moves.rebuild


def stamp() -> int:
    """A number made from all sources of the search."""
    made = 0
    for name in SOURCES:
        made = crc32(Path(__file__).with_name(f"{name}.py").read_bytes(), made)
    return made


def _doors(stamp: int) -> tuple[Callable[..., float], ...]:
    @njit(cache=True, nogil=True)
    def search(
        data: Data, state: State, best: Best, kinds: Floats, steps: int, hot: float, cold: float, seed: int
    ) -> float:
        return float(_search(data, state, best, kinds, steps, hot, cold, seed if stamp >= 0 else -1))

    @njit(cache=True)
    def greet(data: Data, state: State, order: Ints) -> float:
        return float(_greet(data, state, order) if stamp >= 0 else -1)

    @njit(cache=True)
    def least_addition(data: Data, state: State, visit: int) -> float:
        return float(_least(data, state, visit if stamp >= 0 else -1))

    @njit(cache=True)
    def rebuild(data: Data, state: State, routes: Ints, ends: Ints, holds: Floats, starts: Floats) -> float:
        return float(_rebuild(data, state, routes, ends, holds, starts) if stamp >= 0 else -1)

    return search, greet, least_addition, rebuild


search, greet, least_addition, rebuild = _doors(stamp())
