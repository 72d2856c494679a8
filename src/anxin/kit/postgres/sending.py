"""A statement's way to the server and back, for statements that the server keeps prepared."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from json import JSONDecoder
from typing import Any

import psycopg
from psycopg import errors, generators
from psycopg.abc import Buffer, PQGen
from psycopg.adapt import AdaptersMap, Loader, PyFormat, Transformer
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult

# How many a connection keeps; a statement counts once for each set of types that its values had.
KEPT = 200
_NOT_YET = b""
# The plan was made for tables that have changed since, or somebody threw the statement away.
_GONE = (errors.FeatureNotSupported, errors.InvalidSqlStatementName)


class _Moment(Loader):
    """A timestamptz in UTC, without asking at each how the server writes them: always as ISO 8601."""

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii")).astimezone(UTC)
        except ValueError as error:
            raise psycopg.DataError(f"no moment that Python knows: {bytes(data)!r}") from error


class _Json(Loader):
    """JSON, without asking at each in which of the encodings of Unicode it is."""

    decode = JSONDecoder().decode

    def load(self, data: Buffer) -> Any:
        return self.decode(str(data, "utf-8"))


class _Ways:
    """How this connection writes values and reads columns, but for those that are read more cheaply."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.adapters = AdaptersMap(connection.adapters)
        self.adapters.register_loader("timestamptz", _Moment)
        self.adapters.register_loader("json", _Json)


class Sender:
    """Sends statements on one connection of psycopg and keeps what a cursor would make anew for each of them.

    How values are written and columns are read is looked up once a connection; what the server has prepared stays when
    a transaction is rolled back, whereas psycopg would throw all of it away at every refusal. As with psycopg, a
    statement is prepared when it comes the second time, and the first in a transaction begins it.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._types = Transformer(_Ways(connection))
        self._names: dict[tuple[bytes, tuple[int, ...] | None], bytes] = {}
        self._count = 0

    def fetch(self, query: bytes, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement with $1, $2 … for the values."""
        connection, types = self.connection, self._types
        params = types.dump_sequence(values, [PyFormat.AUTO] * len(values))
        key = (query, types.types)
        with connection.lock:
            result = connection.wait(self._sent(key, params, types.formats))
        if result.status != ExecStatus.TUPLES_OK:
            self._refuse(key, result)
        types.set_pgresult(result)
        return types.load_rows(0, result.ntuples, tuple)

    def _sent(
        self, key: tuple[bytes, tuple[int, ...] | None], params: Any, formats: Sequence[Format] | None
    ) -> PQGen[PGresult]:
        # Psycopg has no public name for it, and only it knows how the connection begins its transactions.
        yield from self.connection._start_query()
        server, query, types = self.connection.pgconn, *key
        name = self._names.get(key)
        if name is None:
            yield from self._make_room()
            self._names[key] = _NOT_YET
            server.send_query_params(query, params, param_types=types, param_formats=formats)
        else:
            if name is _NOT_YET:
                self._count += 1
                name = b"anxin_%d" % self._count
                server.send_prepare(name, query, param_types=types)
                made: PGresult = (yield from generators.execute(server))[-1]
                if made.status != ExecStatus.COMMAND_OK:
                    return made
                self._names[key] = name
            server.send_query_prepared(name, params, param_formats=formats)
        found: PGresult = (yield from generators.execute(server))[-1]
        return found

    def _make_room(self) -> PQGen[None]:
        if len(self._names) >= KEPT and (oldest := self._names.pop(next(iter(self._names)))):
            self.connection.pgconn.send_query(b"DEALLOCATE " + oldest)
            yield from generators.execute(self.connection.pgconn)

    def _refuse(self, key: tuple[bytes, tuple[int, ...] | None], result: PGresult) -> None:
        if result.status != ExecStatus.FATAL_ERROR:
            raise psycopg.ProgrammingError("the statement has no rows to give")
        error = errors.error_from_result(result, encoding=self.connection.info.encoding)
        if isinstance(error, _GONE):
            self._names.pop(key, None)
        raise error
