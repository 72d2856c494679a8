"""Several statements as one trip: a function of the database whose text is the product's own, not a migration's.

A function that a migration makes keeps its text for ever, and with it the columns of every area that it names. These
are made when they are first called, from the areas' own texts, under a name that tells the text: a new edition of the
product calls another one, and the old one is there for processes that still run the old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from threading import Lock
from typing import Any

from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections
from psycopg.errors import UndefinedFunction

from anxin.kit import prepared

# Two processes must not make the same one at once.
_MAKING = 7320004


class Routine:
    """A body in PL/pgSQL with %(name)s for its values, called by one prepared statement.

    It returns json: to hand back one value costs much less than a row. Each of its statements sees what was committed
    before it, also behind a lock that the one before has waited for. takes: the type of each value that the body
    names; more may be in it.
    """

    def __init__(self, name: str, body: str, *, takes: Mapping[str, str]) -> None:
        numbered, names = prepared.numbered(body)
        # A name that is a variable and a column is the column.
        text = (
            f"({', '.join(takes[one] for one in names)}) RETURNS json LANGUAGE plpgsql"
            " VOLATILE AS $routine$\n"
            f"#variable_conflict use_column\n{numbered.decode()}\n$routine$"
        )
        self.name = f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        self.call = f"SELECT {self.name}({', '.join(f'%({one})s::{takes[one]}' for one in names)})"
        self._text = f"CREATE FUNCTION {self.name}{text}"
        self._made: set[str] = set()
        self._lock = Lock()

    def fetch(self, values: Mapping[str, Any]) -> Any:
        """Call it on the present connection and in its transaction; what it returns."""
        database = connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]
        if database not in self._made:
            with self._lock:
                self._make()
            self._made.add(database)
        try:
            [(found,)] = prepared.fetch(self.call, values)
        except ProgrammingError as error:
            if isinstance(error.__cause__, UndefinedFunction):
                self._made.discard(database)  # another database under the same name: the next call makes it
            raise
        return found

    def _make(self) -> None:
        """On a connection of its own: made inside the caller's transaction it would be gone with a refusal."""
        own = connections[DEFAULT_DB_ALIAS].copy()
        own.settings_dict["OPTIONS"].pop("pool", None)
        try:
            with own.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [_MAKING])
                cursor.execute("SELECT to_regproc(%s)", [self.name])
                if cursor.fetchone() == (None,):
                    cursor.execute(self._text)
        finally:
            own.close()
