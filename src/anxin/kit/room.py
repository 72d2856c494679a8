"""Room for calls that go deep.

CPython (from 3.11 on) keeps the frames of a thread in chunks of 16 KiB. A call that fits into no chunk gets a new one
from the system, and gives it back when it returns: where a loop happens to stand at such an edge, each call in it costs
a hundred times the usual. Requests, jobs and tests call deep, so they stand at one often. A frame that is larger than a
chunk gets a larger one, and whatever is called inside it finds room there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
# Half of a chunk of 1 MiB; the other half is for some thousand calls. None of it is touched before it is used.
WORDS = 2**16


def roomy(function: Callable[P, R]) -> Callable[P, R]:
    """The function with room for all that it calls, which costs one call."""

    def call(*args: P.args, **named: P.kwargs) -> R:
        return function(*args, **named)

    call.__code__ = call.__code__.replace(co_stacksize=WORDS)
    return wraps(function)(call)
