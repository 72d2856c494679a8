"""Statements that the server plans once per connection: for the few that are long and run often.

Django puts values into the text of a statement, so the server plans it anew each time, which costs a long one
three times its work. (Behind PgBouncer in transaction mode this needs its version 1.21 or later.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

from django.db import connections, models, transaction
from django.db.models.query import get_related_populators
from django.db.utils import DEFAULT_DB_ALIAS

from anxin.kit.postgres.sending import Sender

Row = TypeVar("Row", bound=models.Model)
_PLACE = re.compile(r"%\((\w+)\)s|%%")


@lru_cache(maxsize=256)
def numbered(text: str) -> tuple[bytes, tuple[str, ...]]:
    """The text with $1, $2 … for its %(name)s, and the names in that order. Once per process and statement."""
    names: dict[str, str] = {}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        return names.setdefault(name, f"${len(names) + 1}") if name else "%"

    found = _PLACE.sub(place, text)
    return found.encode(), tuple(names)


def fetch(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement of ours on the present connection and in its transaction; its rows."""
    wrapper: Any = connections[DEFAULT_DB_ALIAS]
    if wrapper.connection is None:
        wrapper.ensure_connection()
    query, names = numbered(text)
    if wrapper.queries_logged:  # the tests count queries
        wrapper.queries_log.append({"sql": text, "time": "0.000"})
    wrapper.send_waiting()
    with wrapper.wrap_database_errors:
        return _sender(wrapper).fetch(query, [values[name] for name in names])


def _sender(wrapper: Any) -> Sender:
    """One a connection, kept beside it."""
    kept: Sender | None = getattr(wrapper, "_sender", None)
    if kept is None or kept.connection is not wrapper.connection:
        kept = wrapper._sender = Sender(wrapper.connection)
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


class Query(Generic[Row]):
    """A query of the ORM whose text is made once: making it costs several times what the server takes for it.

    `build` takes what changes from call to call, by name and typed UUID, str or datetime, and must hand each on as it
    is. Rows that are selected along come along; nothing is prefetched.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]]) -> None:
        self._build = build

    def rows(self, **values: Any) -> list[Row]:
        """The rows for these values. One query."""
        text, fixed, make = self._made
        return [make(row) for row in fetch(text, {**fixed, **values})]

    @cached_property
    def _made(self) -> tuple[str, dict[str, Any], Callable[[tuple[Any, ...]], Row]]:
        kinds = {name: kind for name, kind in get_type_hints(self._build).items() if name != "return"}
        marks = {name: _mark(kind, place) for place, (name, kind) in enumerate(kinds.items())}
        compiler = self._build(**marks).query.get_compiler(DEFAULT_DB_ALIAS)
        text, params = compiler.as_sql()
        fixed: dict[str, Any] = {}
        places: list[str] = []
        for place, value in enumerate(params):
            # Django hands on the very value that it was given.
            name = next((name for name, mark in marks.items() if mark is value), f"fixed_{place}")
            if name not in marks:
                fixed[name] = value
            places.append(name)
        if missing := marks.keys() - set(places):
            raise ValueError(f"the query does not hand on {', '.join(sorted(missing))} as it is")
        return text % tuple(f"%({name})s" for name in places), fixed, _maker(compiler)


def _mark(kind: type, place: int) -> Any:
    """A value that stands for what will be given."""
    if kind is datetime:
        return datetime(2000, 1, 1, microsecond=place, tzinfo=UTC)
    return UUID(int=place) if kind is UUID else f"value {place}"


def _maker(compiler: Any) -> Callable[[tuple[Any, ...]], Any]:
    """How a row becomes its model, with the rows that were selected along."""
    select, info = compiler.select, compiler.klass_info
    first, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in select[first:end]]
    # The stubs are of a later Django.
    along = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    converters = compiler.get_converters([column for column, *_ in select])

    def make(found: tuple[Any, ...]) -> Any:
        row = list(found)
        for place, (steps, expression) in converters.items():
            for step in steps:
                row[place] = step(row[place], expression, connections[DEFAULT_DB_ALIAS])
        made = info["model"].from_db(DEFAULT_DB_ALIAS, names, row[first:end])
        for one in along:
            one.populate(row, made)
        return made

    return make
