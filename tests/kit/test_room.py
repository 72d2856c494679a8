"""Calls that go deep find room, however deep."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from resource import RUSAGE_THREAD, getrusage

import pytest

from anxin.kit.room import roomy

DEPTHS = 600
LOOPS = 300


def leaf() -> int:
    return sum((1, 2))


def at(depth: int) -> int:
    """How many pages of memory were taken anew while a loop called something, so deep down."""
    if depth:
        return at(depth - 1)
    before = getrusage(RUSAGE_THREAD).ru_minflt
    for _ in range(LOOPS):
        leaf()
    return getrusage(RUSAGE_THREAD).ru_minflt - before


def costly(run: Callable[[int], int]) -> list[int]:
    def try_all() -> list[int]:
        run(DEPTHS)  # Pages are touched for the first time once.
        return [depth for depth in range(DEPTHS) if run(depth) >= LOOPS]

    # A thread of its own begins without room; the tests themselves run with it.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(try_all).result()


def test_no_loop_takes_memory_at_each_call() -> None:
    assert costly(at) and costly(roomy(at)) == []


def test_it_gives_back_and_raises_what_the_function_does() -> None:
    @roomy
    def half(number: int, *, of: int = 1) -> float:
        """Half."""
        return number / of

    assert half(3, of=2) == 1.5
    assert (half.__name__, half.__doc__) == ("half", "Half.")
    with pytest.raises(ZeroDivisionError):
        half(1, of=0)
