"""Taking an index away while the trade goes on."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import NotInTransactionMixin
from django.db.migrations import AlterField


class WithoutOwnIndex(NotInTransactionMixin, AlterField):
    """A foreign key gives up the index of its own, for another of its table begins with the same column.

    AlterField would drop it while readers wait.
    """

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        _table, _column, name = self._index(app_label, schema_editor, to_state)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._ensure_not_in_transaction(schema_editor)
        table, column, name = self._index(app_label, schema_editor, to_state)
        schema_editor.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} ({column})")

    def _index(self, app_label: str, schema_editor: Any, state: Any) -> tuple[str, str, str]:
        """Table, column and index, each in quotes; the index has the name that Django gave it."""
        model = state.apps.get_model(app_label, self.model_name)
        table, column = model._meta.db_table, model._meta.get_field(self.name).column
        names = (table, column, schema_editor._create_index_name(table, [column]))
        return tuple(map(schema_editor.quote_name, names))
