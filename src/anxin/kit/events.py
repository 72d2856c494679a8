"""Announcements between areas, inside the announcing transaction.

A handler is one line: it defers a job or calls one action of its own area. It runs in the same
transaction, so either all of it happened or none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar


@dataclass(frozen=True)
class Event:
    """Base of what an area announces: frozen, ids and plain values only."""


E = TypeVar("E", bound=Event)
_handlers: dict[type[Event], list[Callable[[Any], None]]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Subscribe a handler; used in handlers.py, which the area's AppConfig.ready imports."""

    def register(handler: Callable[[E], None]) -> Callable[[E], None]:
        if handler not in _handlers[kind]:
            _handlers[kind].append(handler)
        return handler

    return register


def announce(event: Event) -> None:
    """Tell all subscribers, in the order of the stack (apps are loaded low to high)."""
    for handler in _handlers[type(event)]:
        handler(event)


def subscribers() -> dict[str, list[str]]:
    """Event name → handler names, for the documentation."""
    return {k.__name__: [f"{h.__module__}.{h.__name__}" for h in v] for k, v in _handlers.items()}
