"""Statements that the server plans once per connection: for the few that are long and run often.

Django puts values into the text of a statement, so the server plans it anew each time, which costs a long one
three times its work. (Behind PgBouncer in transaction mode this needs its version 1.21 or later.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import tuple_row


def fetch(text: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement of ours on the present connection and in its transaction; its rows."""
    connection.ensure_connection()
    assert connection.connection is not None
    # Django's own cursors bind in the client and are never prepared, whatever the threshold.
    connection.connection.prepare_threshold = 1
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection, row_factory=tuple_row) as own,
    ):
        if connection.queries_logged:  # the tests count queries
            connection.queries_log.append({"sql": text, "time": "0.000"})
        return own.execute(text, values).fetchall()
