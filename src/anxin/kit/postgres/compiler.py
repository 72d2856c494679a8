"""Django's statements, with what of a model's columns is the same each time made once.

Putting a statement together costs several times what the server takes for it, most of that for the list of its
columns, one by one. A plain selection (rows of models, nothing annotated) lays ready-made runs of columns side by
side; the text is Django's own, which a test compares for every model.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db import connections
from django.db.backends.postgresql import compiler
from django.db.models import Field
from django.db.models.expressions import Col
from django.db.models.sql import Query

# What the stubs of Django leave out.
_Select: Any = compiler.SQLCompiler
SQLAggregateCompiler: Any = compiler.SQLAggregateCompiler
SQLDeleteCompiler: Any = compiler.SQLDeleteCompiler
SQLInsertCompiler: Any = compiler.SQLInsertCompiler
SQLUpdateCompiler: Any = compiler.SQLUpdateCompiler

# A column as `get_select` hands it on: itself, its text with parameters, the name that it is given.
Entry = tuple[Any, tuple[str, list[Any]], None]
ALL_FIELDS = (frozenset[str](), True)


class SQLCompiler(_Select):  # type: ignore[misc]
    """Selections. Everything that is not plain goes Django's own way."""

    select: list[Any]

    def get_select(
        self, with_col_aliases: bool = False
    ) -> tuple[list[Entry], dict[str, Any] | None, dict[str, int]]:
        if with_col_aliases or not self._is_plain:
            found: tuple[list[Entry], dict[str, Any] | None, dict[str, int]] = super().get_select(
                with_col_aliases
            )
            return found
        query = self.query
        if query.deferred_loading != ALL_FIELDS:
            alias = query.get_initial_alias()
            quoted = self.quote_name_unless_alias(alias)
            names, left = query.deferred_loading
            some = list(_some_entries(query.get_meta(), alias, quoted, frozenset(names), left))
            return some, {"model": query.model, "select_fields": list(range(len(some)))}, {}
        pairs: list[tuple[Any, None]] = [(column, None) for column in self.get_default_columns({})]
        info: dict[str, Any] = {"model": query.model, "select_fields": list(range(len(pairs)))}
        if query.select_related:
            info["related_klass_infos"] = self.get_related_selections(pairs, {})
        select: list[Any] = [None] * len(pairs)
        self._lay(info, pairs, select)
        return select, info, {}

    def get_default_columns(
        self, select_mask: Any, start_alias: str | None = None, opts: Any = None, from_parent: Any = None
    ) -> Iterable[Any]:
        opts = opts or self.query.get_meta()
        if select_mask or opts is None or not _is_whole(opts):
            columns: Iterable[Any] = super().get_default_columns(select_mask, start_alias, opts, from_parent)
            return columns
        return _columns(opts, start_alias or self.query.get_initial_alias())

    def get_related_selections(
        self, select: list[tuple[Any, None]], select_mask: Any, opts: Any = None, root_alias: str | None = None,
        cur_depth: int = 1, requested: Any = None, restricted: Any = None,
    ) -> list[dict[str, Any]]:  # fmt: skip
        if opts is None:
            opts, root_alias = self.query.get_meta(), self.query.get_initial_alias()
            requested = self.query.select_related
            restricted = isinstance(requested, dict)
        along = [field for field in _keys(opts) if field.name in requested] if restricted else []
        if select_mask or not restricted or len(along) != len(requested):
            more: list[dict[str, Any]] = super().get_related_selections(
                select, select_mask, opts, root_alias, cur_depth, requested, restricted
            )
            return more
        # Whoever names keys gets these: Django asks every field and everything that leads here whether it is meant.
        return [self._along(field, requested[field.name], select, opts, root_alias) for field in along]

    def _along(
        self, field: Any, further: Any, select: list[Any], opts: Any, alias: str | None
    ) -> dict[str, Any]:
        """What a key leads to, and where its columns stand."""
        *_, last = self.query.setup_joins([field.name], opts, alias).joins
        first, target = len(select), field.remote_field.model._meta
        select.extend((column, None) for column in self.get_default_columns({}, last, target))
        info = {
            "model": field.remote_field.model, "field": field, "reverse": False, "from_parent": False,
            "local_setter": field.set_cached_value,
            "remote_setter": field.remote_field.set_cached_value if field.unique else _ignore,
            "select_fields": list(range(first, len(select))),
        }  # fmt: skip
        info["related_klass_infos"] = self.get_related_selections(select, {}, target, last, 2, further, True)
        return info

    def get_converters(self, expressions: Iterable[Any]) -> dict[int, Any]:
        expressions = list(expressions)
        if any(type(one) is not Col for one in expressions):
            converters: dict[int, Any] = super().get_converters(expressions)
            return converters
        found = {}
        for place, column in enumerate(expressions):
            if steps := _converters(column.target, column.output_field, self.connection.alias):
                found[place] = (steps, column)
        return found

    def quote_name_unless_alias(self, name: str) -> str:
        known: str | None = self.quote_cache.get(name)
        return known if known is not None else str(super().quote_name_unless_alias(name))

    def _order_by_pairs(self) -> Iterable[Any]:
        if not self._is_plain:
            return list(super()._order_by_pairs())
        # What is ordered by is looked for among the names of what is selected, and plain columns have none.
        select, self.select = self.select, []
        try:
            return list(super()._order_by_pairs())
        finally:
            self.select = select

    @property
    def _is_plain(self) -> bool:
        query = self.query
        return (
            query.default_cols
            and query.selected is None
            and not query.combinator
            and not query.annotation_select
            and not query.extra_select
            and query.get_meta() is not None
            and (
                query.deferred_loading == ALL_FIELDS
                or (not query.select_related and _is_whole(query.get_meta()))
            )
        )

    def _lay(self, info: dict[str, Any], pairs: list[tuple[Any, None]], select: list[Any]) -> None:
        """Put the columns of one model and of what is selected along with it into their places."""
        places, opts = info["select_fields"], info["model"]._meta
        if _is_whole(opts):
            alias = pairs[places[0]][0].alias
            select[places[0] : places[-1] + 1] = _entries(opts, alias, self.quote_name_unless_alias(alias))
        else:
            for place in places:
                column = pairs[place][0]
                select[place] = (column, column.select_format(self, *self.compile(column)), None)
        for more in info.get("related_klass_infos", ()):
            self._lay(more, pairs, select)


@lru_cache(maxsize=1024)
def _is_whole(opts: Any) -> bool:
    """Whether a model's columns stand in one table and are selected as they are."""
    return (
        opts.concrete_model is opts.model
        and not opts.parents
        and all(type(field).select_format is Field.select_format for field in opts.concrete_fields)
    )


@lru_cache(maxsize=1024)
def _keys(opts: Any) -> tuple[Any, ...]:
    """The fields that lead to a row of another table."""
    return tuple(field for field in opts.fields if field.remote_field and not field.remote_field.parent_link)


def _ignore(one: object, other: object) -> None:
    """A row that several lead to does not know by which it was found."""


@lru_cache(maxsize=4096)
def _columns(opts: Any, alias: str) -> tuple[Any, ...]:
    return tuple(field.get_col(alias) for field in opts.concrete_fields)


@lru_cache(maxsize=4096)
def _entries(opts: Any, alias: str, quoted: str) -> tuple[Entry, ...]:
    # Nobody adds to the parameters: they are added to those of the statement.
    return tuple(
        (column, (f'{quoted}."{column.target.column}"', []), None) for column in _columns(opts, alias)
    )


@lru_cache(maxsize=4096)
def _some_entries(opts: Any, alias: str, quoted: str, names: frozenset[str], left: bool) -> tuple[Entry, ...]:
    """Those of them that are not left for later. left: whether `names` are those that are."""
    query = Query(opts.model)
    query.deferred_loading = names, left
    wanted = query.get_select_mask()
    return tuple(entry for entry in _entries(opts, alias, quoted) if not wanted or entry[0].target in wanted)


@lru_cache(maxsize=4096)
def _converters(target: Any, output: Any, using: str) -> tuple[Any, ...]:
    connection, column = connections[using], Col("", target, output)
    return (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
