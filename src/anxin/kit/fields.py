"""Columns for personal data: encrypted if read by id, keyed hash if looked up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, models
from psycopg import sql

from anxin.kit.crypto import blind_index, blind_indexes, seal, unseal

if TYPE_CHECKING:
    Binary = models.BinaryField[Any, Any]
else:
    Binary = models.BinaryField


class _Opened:
    """Descriptor that opens the column on first use, when the row's key is known."""

    def __init__(self, field: EncryptedField) -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self
        name = self.field.attname
        if name not in row.__dict__:
            row.refresh_from_db(fields=[name])
        value = row.__dict__[name]
        if isinstance(value, (bytes, memoryview)):
            value = self.field.decode(unseal(bytes(value), self.field.context(row)))
            row.__dict__[name] = value
        return value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class EncryptedField(Binary):
    """Text, sealed; associated data = table.column:primary key.

    The row's key must be made before it is saved (kit.models.Base does). It cannot be filtered by; put a
    BlindIndexField beside it to look it up.
    """

    empty: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Opened(self))

    def context(self, row: models.Model) -> str:
        return f"{self.model._meta.db_table}.{self.column}:{row.pk}"

    def encode(self, value: Any) -> bytes:
        return str(value).encode()

    def decode(self, plain: bytes) -> Any:
        return plain.decode()

    def sealed(self, row: models.Model, value: Any) -> bytes | None:
        """What an UPDATE of this column must write for `row`."""
        return None if value is None else seal(self.encode(value), self.context(row))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, (bytes, memoryview)):
            return value
        return self.sealed(model_instance, value)

    def get_default(self) -> Any:
        return None if self.null else self.empty


class EncryptedJSONField(EncryptedField):
    """Any JSON value, sealed as EncryptedField."""

    @property
    def empty(self) -> Any:
        return {}

    def encode(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    def decode(self, plain: bytes) -> Any:
        return json.loads(plain)


class SealedField(Binary):
    """Bytes that the row itself seals and opens, for `table.column:` and the fields named by `bound_to`.

    For what is large, or read by another road than an attribute. Rotation finds it by its class.
    """

    def __init__(self, *args: Any, bound_to: tuple[str, ...] = ("pk",), **kwargs: Any) -> None:
        self.bound_to = bound_to
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | ({} if self.bound_to == ("pk",) else {"bound_to": self.bound_to})

    def context(self, row: models.Model) -> str:
        place = ":".join(str(getattr(row, name)) for name in self.bound_to)
        return f"{self.model._meta.db_table}.{self.column}:{place}"

    def sealed(self, row: models.Model, plain: bytes) -> bytes:
        """What the column of `row` must hold."""
        return seal(plain, self.context(row))


class BlindIndexField(Binary):
    """Keyed hash (32 bytes) of the EncryptedField named by `of`, filled when the row is saved.

    `of` may lead over a foreign key ("person.name"). Look it up with `<name>__in=blinds(Model, name, value)`: while
    the index key is being rotated a value may stand under either key.
    """

    def __init__(self, *args: Any, of: str, **kwargs: Any) -> None:
        self.of = of
        kwargs.setdefault("editable", False)
        kwargs.setdefault("max_length", 32)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        digests = self.digests(model_instance)
        digest = digests[0] if digests else None
        if self.unique and len(digests) > 1:
            self._alone(model_instance, digests)
        setattr(model_instance, self.attname, digest)
        return digest

    def digests(self, row: models.Model) -> list[bytes]:
        """The hashes of the row's value, the one to be written first; none without a value."""
        value: Any = row
        for name in self.of.split("."):
            value = getattr(value, name)
        return blinds(type(row), self.name, value.strip()) if value else []

    def _alone(self, row: models.Model, digests: list[bytes]) -> None:
        """Hold a value unique that may stand under either of two keys, which the constraint cannot see.

        Everybody who writes the value while there are two keys waits here for the one before.
        """
        table, column = self.model._meta.db_table, self.column
        key = int.from_bytes(min(digests)[:8], "big", signed=True)
        place = (
            sql.Identifier(table),
            sql.Identifier(str(column)),
            sql.Identifier(str(self.model._meta.pk.column)),
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
            cursor.execute(
                sql.SQL("SELECT 1 FROM {} WHERE {} = ANY(%s) AND {} <> %s").format(*place),
                [digests, row.pk],
            )
            if cursor.fetchone():
                raise IntegrityError(f"duplicate value in {table}.{column}")


def blind(model: type[models.Model], name: str, value: str) -> bytes:
    """The keyed hash that the BlindIndexField `name` of `model` writes for a value."""
    return blind_index(f"{model._meta.db_table}.{name}", value)


def blinds(model: type[models.Model], name: str, value: str) -> list[bytes]:
    """The keyed hashes to filter the BlindIndexField `name` of `model` by, with `__in`."""
    return blind_indexes(f"{model._meta.db_table}.{name}", value)
