"""What the register says of a column, done to a row: destroyed, made coarse, given a pseudonym.

The one place that writes columns of other areas (docs/decisions/one-register-of-personal-data.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from secrets import token_bytes
from typing import Any
from uuid import UUID

from django.db import connection, models

from anxin.files import public as files
from anxin.governance import rules
from anxin.governance.values import Fate, Held
from anxin.kit.fields import BlindIndexField, EncryptedField, SealedField

# Nothing is ever taken from these but what is sealed: the database refuses every other change.
APPEND_ONLY = frozenset(
    {"contracts.Contract", "contracts.Document", "contracts.Signature", "contracts.Evidence"}
)
DEGREES = 2  # about a kilometre


def destroy(row: models.Model, fields: Iterable[Held], secrets: Mapping[str, str], *, at_end: bool) -> bool:
    """Write the fates of `fields` into a row; `at_end` when its time is over, so that what was kept goes as well."""
    changes, uploads = {}, []
    sealed_only = row._meta.label in APPEND_ONLY
    for one in fields:
        field: Any = row._meta.get_field(one.name)
        fate = Fate.DESTROY if at_end and one.fate in {Fate.KEEP, Fate.PSEUDONYM} else one.fate
        if fate in {Fate.LINK, Fate.KEEP} or (
            sealed_only and not isinstance(field, (EncryptedField, SealedField))
        ):
            continue
        if field.is_relation and not field.null:
            continue
        if field.is_relation and field.related_model._meta.label == "files.StoredFile":
            uploads.append(getattr(row, field.attname))
        changes[field.attname] = _written(row, field, fate, secrets)
    if changes:
        _update(row, changes)
    files.discard(pk for pk in uploads if pk)
    return bool(changes)


def _written(row: models.Model, field: Any, fate: Fate, secrets: Mapping[str, str]) -> Any:
    value = getattr(row, field.attname)
    if fate is Fate.COARSE:
        return None if value is None else round(value, DEGREES)
    if fate is Fate.PSEUDONYM:
        named = rules.without(value, secrets) if not isinstance(value, str) else rules.GONE
        return field.sealed(row, named) if isinstance(field, EncryptedField) else named
    return nothing(row, field)


def nothing(row: models.Model, field: Any) -> Any:
    """The empty value of a column; of an index that must be there a random one, which leads nowhere."""
    if field.null:
        return None
    if isinstance(field, EncryptedField):
        return field.sealed(row, field.empty)
    if isinstance(field, BlindIndexField) or field.name.endswith("_hash"):
        return token_bytes(32)
    if isinstance(field, SealedField):
        return field.sealed(row, b"")
    if isinstance(field, models.JSONField):
        return {}
    if isinstance(field, (models.IntegerField, models.FloatField)):
        return 0
    return b"" if isinstance(field, models.BinaryField) else ""


def _update(row: models.Model, changes: dict[str, Any]) -> None:
    """One UPDATE; sealed columns of tables that are only added to let themselves be sealed anew, and nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL anxin.reseal = 'on'")
        type(row)._base_manager.filter(pk=row.pk).update(**changes)
        cursor.execute("SET LOCAL anxin.reseal = ''")


def remove(rows: models.QuerySet[Any], fields: Iterable[Held]) -> int:
    """Delete whole rows and the uploads they lead to. Returns how many rows."""
    uploads: list[UUID] = []
    for one in fields:
        field: Any = rows.model._meta.get_field(one.name)
        if field.is_relation and field.related_model._meta.label == "files.StoredFile":
            uploads += [pk for pk in rows.values_list(field.attname, flat=True) if pk]
    count = rows.count()
    rows.delete()
    files.discard(uploads)
    return count
