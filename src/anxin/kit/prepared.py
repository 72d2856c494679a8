"""Statements that the server plans once per connection: for the few that are long and run often.

Django puts values into the text of a statement, so the server plans it anew each time, which costs a long one
three times its work. (Behind PgBouncer in transaction mode this needs its version 1.21 or later.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connections, transaction
from django.db.utils import DEFAULT_DB_ALIAS
from psycopg.rows import tuple_row

_PLACE = re.compile(r"%\((\w+)\)s|%%")


@lru_cache(maxsize=256)
def _numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The text with $1, $2 … for its %(name)s, and the names in that order. Once per process and statement."""
    names: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        return names.setdefault(name, f"${len(names) + 1}") if name else "%"

    numbered = _PLACE.sub(place, text)
    return numbered.encode(), tuple(names)


def fetch(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement of ours on the present connection and in its transaction; its rows."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if wrapper.connection is None:
        wrapper.ensure_connection()
    query, names = _numbered(text)
    if wrapper.queries_logged:  # the tests count queries
        wrapper.queries_log.append({"sql": text, "time": "0.000"})
    wrapper.send_waiting()
    with wrapper.wrap_database_errors:
        return _cursor(wrapper).execute(query, [values[name] for name in names]).fetchall()


def _cursor(wrapper: Any) -> psycopg.RawCursor[tuple[Any, ...]]:
    """One cursor a connection, kept beside it: making one costs a third of a short statement."""
    kept: psycopg.RawCursor[tuple[Any, ...]] | None = getattr(wrapper, "_prepared_cursor", None)
    if kept is None or kept.connection is not wrapper.connection:
        # Django's own cursors bind in the client and are never prepared, whatever the threshold.
        wrapper.connection.prepare_threshold = 1
        kept = psycopg.RawCursor(wrapper.connection, row_factory=tuple_row)
        wrapper._prepared_cursor = kept
    return kept


@contextmanager
def contained() -> Iterator[None]:
    """A statement that may be refused by a constraint: inside a caller's transaction that shall survive, a savepoint.

    Outside of one a single statement is its own transaction, and costs one round trip.
    """
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        with transaction.atomic():
            yield
    else:
        yield
