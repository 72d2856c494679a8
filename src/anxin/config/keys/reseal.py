"""Seal one column after the other anew, in batches, while everybody works on.

A batch takes the rows that nobody holds, in a short transaction of its own; a row that somebody holds is waited
for alone, with nothing else in hand, so no deadlock can come of it. What has to be done is read off the values
themselves: killed at any moment and started again, it goes on with what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from psycopg import sql

from anxin.config.keys.census import Column, Sealed
from anxin.files import public as files
from anxin.kit.crypto import Tampered, head, seal, unseal
from anxin.kit.fields import BlindIndexField

BATCH = 200
Progress = Callable[[str, int, int], None]


@dataclass
class Result:
    """done: values written anew; unreadable: places whose value opens with no key of the ring."""

    done: int = 0
    unreadable: list[str] = field(default_factory=list)


def silent(place: str, done: int, total: int) -> None:
    """No progress is shown."""


def reseal(column: Column, *, progress: Progress = silent, batch: int = BATCH) -> Result:
    """Seal every value of a column that is not under the current key and suite anew."""
    assert not isinstance(column.field, BlindIndexField)
    stale = _Stale(head())
    rows = column.model._base_manager.filter(**{f"{column.field.attname}__isnull": False}).filter(
        stale.condition(column.field)
    )
    return _walk(column, rows, _sealed_anew, progress, batch)


def reindex(column: Column, *, progress: Progress = silent, batch: int = BATCH) -> Result:
    """Write every keyed hash of a column that is not under the first index key anew."""
    assert isinstance(column.field, BlindIndexField)
    return _walk(column, column.model._base_manager.all(), _hashed_anew, progress, batch)


def reseal_uploads(*, progress: Progress = silent) -> Result:
    """Seal the uploads on disk anew, each file replaced in one step."""
    result, now = Result(), head()
    stale = [name for name, start in files.sealed_files() if start != now]
    for count, name in enumerate(stale, 1):
        try:
            result.done += files.reseal(name)
        except Tampered:
            result.unreadable.append(f"uploads {name}")
        if count % BATCH == 0 or count == len(stale):
            progress("uploads", count, len(stale))
    return result


class _Stale:
    """Rows whose value does not begin with a head."""

    def __init__(self, start: bytes) -> None:
        self.start = start

    def condition(self, field: Sealed) -> Q:
        name = field.attname
        begins = models.Func(
            models.F(name), models.Value(1), models.Value(len(self.start)), function="substring",
            output_field=models.BinaryField(),
        )  # fmt: skip
        size = models.Func(models.F(name), function="octet_length", output_field=models.IntegerField())
        # An empty column (the answer of a write still under way) has nothing to seal.
        return Q(models.lookups.GreaterThan(size, 0)) & ~Q(models.lookups.Exact(begins, self.start))


Anew = Callable[[Column, models.Model], bytes | None]


def _walk(column: Column, rows: models.QuerySet[Any], anew: Anew, progress: Progress, batch: int) -> Result:
    result, last, seen, total = Result(), None, 0, rows.count()
    while True:
        ahead = rows if last is None else rows.filter(pk__gt=last)
        page = list(ahead.order_by("pk").values_list("pk", flat=True)[:batch])
        if not page:
            return result
        taken = _write(column, rows, page, anew, result, wait=False)
        for pk in page:
            if pk not in taken:
                _write(column, rows, [pk], anew, result, wait=True)
        last, seen = page[-1], seen + len(page)
        progress(str(column), seen, max(total, seen))


def _write(
    column: Column, rows: models.QuerySet[Any], page: Sequence[Any], anew: Anew, result: Result, *, wait: bool
) -> set[Any]:
    """Write those of the page anew that can be had; returns the keys of all that were looked at."""
    with transaction.atomic():
        found = list(_with_source(column, rows.filter(pk__in=page)).select_for_update(
            skip_locked=not wait, no_key=True, of=("self",)
        ))  # fmt: skip
        values = []
        for row in found:
            try:
                value = anew(column, row)
            except Tampered:
                result.unreadable.append(f"{column} of {row.pk}")
                continue
            if value is not None:
                values.append((value, row.pk))
        if values:
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL anxin.reseal = 'on'")
                cursor.executemany(_update(column), values)
                cursor.execute("SET LOCAL anxin.reseal = ''")
        result.done += len(values)
    # Gone or already changed by somebody else is as good as done; only a row in other hands is not.
    return {row.pk for row in found} if not wait else set(page)


def _with_source(column: Column, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    if isinstance(column.field, BlindIndexField) and "." in column.field.of:
        return rows.select_related(column.field.of.rsplit(".", 1)[0].replace(".", "__"))
    return rows


def _sealed_anew(column: Column, row: models.Model) -> bytes:
    assert not isinstance(column.field, BlindIndexField)
    context = column.field.context(row)
    return seal(unseal(bytes(row.__dict__[column.field.attname]), context), context)


def _hashed_anew(column: Column, row: models.Model) -> bytes | None:
    assert isinstance(column.field, BlindIndexField)
    stored = row.__dict__[column.field.attname]
    wanted = column.field.digests(row)
    return wanted[0] if wanted and (stored is None or bytes(stored) != wanted[0]) else None


def _update(column: Column) -> Any:
    pk = column.model._meta.pk
    assert pk is not None
    return sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(
        sql.Identifier(column.table),
        sql.Identifier(column.name),
        sql.Identifier(str(pk.column)),
    )
