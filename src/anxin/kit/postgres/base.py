"""Savepoints that travel with the next statement, and statements that are put together faster (`compiler`).

Every action is atomic, so one that calls others is full of savepoints: a third of all statements, each a round trip
while rows are locked. Here SAVEPOINT and RELEASE wait for the next statement and are sent in front of it, in the
same round trip; those between which nothing was asked are not sent at all. What is rolled back is the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self, cast

from django.db.backends.postgresql import base, operations

# What the stubs of Django leave out of both.
_Cursor: Any = base.Cursor
_Wrapper: Any = base.DatabaseWrapper
_Operations: Any = operations.DatabaseOperations


class Cursor(_Cursor):  # type: ignore[misc]
    """waiting: what is to be sent before the next statement, shared by all cursors of a connection."""

    waiting: list[str]

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        waiting: list[str] | None = getattr(self, "waiting", None)
        if not waiting:
            return cast(Self, super().execute(query, params, **options))
        text = ";".join([*waiting, self.mogrify(query, params)])
        first = len(waiting)
        waiting.clear()
        super().execute(text, None, **options)
        return cast(Self, self.set_result(first))

    def executemany(self, query: Any, params_seq: Iterable[Any], **options: Any) -> None:
        self.send_waiting()
        super().executemany(query, params_seq, **options)

    def copy(self, *args: Any, **options: Any) -> Any:
        self.send_waiting()
        return super().copy(*args, **options)

    def stream(self, *args: Any, **options: Any) -> Any:
        self.send_waiting()
        return super().stream(*args, **options)

    def send_waiting(self) -> None:
        """Send what waits by itself: what follows takes no statement in front of it."""
        waiting: list[str] | None = getattr(self, "waiting", None)
        if waiting:
            text = ";".join(waiting)
            waiting.clear()
            super().execute(text)


class Operations(_Operations):  # type: ignore[misc]
    compiler_module = "anxin.kit.postgres.compiler"


class DatabaseWrapper(_Wrapper):  # type: ignore[misc]
    """`waiting` holds statements about savepoints that are still open, in order; it never outlives a transaction."""

    ops_class = Operations

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting: list[str] = []

    def send_waiting(self) -> None:
        """For whoever asks the connection without a cursor of Django's."""
        if self.waiting:
            with self.wrap_database_errors:
                self.create_cursor().send_waiting()

    def get_connection_params(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_connection_params()
        return {**found, "cursor_factory": Cursor}

    def connect(self) -> None:
        self.waiting.clear()
        super().connect()

    def create_cursor(self, name: str | None = None) -> Any:
        if name:
            self.send_waiting()
            return super().create_cursor(name)
        cursor = super().create_cursor()
        cursor.waiting = self.waiting
        return cursor

    def _savepoint(self, sid: str) -> None:
        self._wait(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        begun = self.ops.savepoint_create_sql(sid)
        if begun in self.waiting:
            # Nothing was asked since: neither it nor those inside it need to be known to the server.
            del self.waiting[self.waiting.index(begun) :]
            self._log(self.ops.savepoint_commit_sql(sid))
        else:
            # What waits is inside of it, and is released with it.
            self.waiting.clear()
            self._wait(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        begun = self.ops.savepoint_create_sql(sid)
        if begun in self.waiting:
            del self.waiting[self.waiting.index(begun) + 1 :]
            self._log(self.ops.savepoint_rollback_sql(sid))
        else:
            self.waiting.clear()
            super()._savepoint_rollback(sid)

    def _commit(self) -> None:
        self.waiting.clear()
        super()._commit()

    def _rollback(self) -> None:
        self.waiting.clear()
        super()._rollback()

    def _wait(self, statement: str) -> None:
        self.waiting.append(statement)
        self._log(statement)

    def _log(self, statement: str) -> None:
        if self.queries_logged:
            self.queries_log.append({"sql": statement, "time": "0.000"})
