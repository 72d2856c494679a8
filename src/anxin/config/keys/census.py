"""What is sealed, where, and under which key: found from the models, so that no column is forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from anxin.files import public as files
from anxin.kit.crypto.suites import BY_NUMBER
from anxin.kit.fields import BlindIndexField, EncryptedField, SealedField

Sealed = EncryptedField | SealedField
UPLOADS = "uploads"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model: `field` is sealed, or the keyed hash of something sealed."""

    model: type[models.Model]
    field: Sealed | BlindIndexField

    def __str__(self) -> str:
        return f"{self.table}.{self.name}"

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return str(self.field.column)


def sealed_columns() -> list[Column]:
    """Every column that holds sealed values."""
    return [column for column in _columns() if isinstance(column.field, (EncryptedField, SealedField))]


def index_columns() -> list[Column]:
    """Every column that holds keyed hashes of sealed values."""
    return [column for column in _columns() if isinstance(column.field, BlindIndexField)]


def _columns() -> Iterator[Column]:
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, (EncryptedField, SealedField, BlindIndexField)):
                yield Column(model, field)


def heads(column: Column) -> Counter[bytes]:
    """How many values of a column begin with which head (suite number, length of the key's name, the name: ≤ 16)."""
    found: Counter[bytes] = Counter()
    query = sql.SQL(
        "SELECT substring(start FROM 1 FOR 2 + least(get_byte(start, 1), 14)), count(*) FROM"
        " (SELECT substring({} FROM 1 FOR 16) AS start FROM {} WHERE octet_length({}) > 2) AS starts GROUP BY 1"
    ).format(
        sql.Identifier(column.name),
        sql.Identifier(column.table),
        sql.Identifier(column.name),
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        for start, count in cursor.fetchall():
            found[bytes(start)] += count
    return found


def key_of(head: bytes) -> str:
    """The name of the key in a head."""
    return head[2:].decode("ascii", "replace")


def needed() -> dict[str, dict[str, int]]:
    """Key name → column (or "uploads") → how many values it has sealed. Reads every table."""
    found: dict[str, dict[str, int]] = {}
    for column in sealed_columns():
        for head, count in heads(column).items():
            name = key_of(head) if head[0] in BY_NUMBER else "?"
            place = found.setdefault(name, {})
            place[str(column)] = place.get(str(column), 0) + count
    for head, count in files.sealed_heads().items():
        place = found.setdefault(key_of(head), {})
        place[UPLOADS] = place.get(UPLOADS, 0) + count
    return found
