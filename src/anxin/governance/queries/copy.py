"""All that is held of one person, read by the register: for the copy that is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from anxin.files import public as files
from anxin.governance.queries.register import PEOPLE
from anxin.governance.values import GROUPS, Holding
from anxin.governance.values.register import SELF
from anxin.kit.errors import NotFound
from anxin.kit.fields import BlindIndexField, EncryptedField

# What proves who somebody is, is nobody's to take along; it is a digest and tells nothing.
SECRET = frozenset({"password", "encoded", "token_hash", "code_hash", "secret", "handle", "body", "picture"})


@dataclass(frozen=True)
class Section:
    """One holding of a person: `rows` are column → value, ready for JSON."""

    heading: str
    holding: Holding
    rows: list[dict[str, Any]]


def holdings() -> list[tuple[str, Holding]]:
    """What a person may see whole of themselves and is found by their key, each model once."""
    found: dict[str, tuple[str, Holding]] = {}
    for heading, group in GROUPS:
        for one in group:
            if one.subject and SELF in one.whole and not one.model.endswith(".Copy"):
                found.setdefault(one.model, (heading, one))
    return list(found.values())


def sections(person_id: UUID) -> Iterator[Section]:
    """One section after the other, empty ones too: a reader counts them for the progress."""
    for heading, one in holdings():
        yield Section(heading, one, [shown(row) for row in rows_of(one, person_id)])


def rows_of(one: Holding, person_id: UUID) -> models.QuerySet[Any]:
    """The rows of a holding that are about a person."""
    model = apps.get_model(one.model)
    found: models.QuerySet[Any] = model._base_manager.filter(**{one.subject: person_id}).order_by("pk")
    return found


def shown(row: models.Model) -> dict[str, Any]:
    """A row's columns without what is secret and without the keys of other people."""
    found = {}
    for field in row._meta.concrete_fields:
        if _tells(field):
            found[field.name] = plain(getattr(row, field.attname))
    return found


def _tells(field: models.Field[Any, Any]) -> bool:
    if field.name in SECRET or isinstance(field, BlindIndexField):
        return False
    if field.is_relation:
        related = field.related_model
        return not (isinstance(related, type) and related._meta.label in PEOPLE)
    if isinstance(field, models.UUIDField) and not field.primary_key:
        return False
    return isinstance(field, EncryptedField) or not isinstance(field, models.BinaryField)


def plain(value: Any) -> Any:
    """A value as JSON can hold it."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if hasattr(value, "lower") and hasattr(value, "upper") and not isinstance(value, str):
        return [plain(value.lower), plain(value.upper)]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def uploads(person_id: UUID) -> Iterator[tuple[str, bytes]]:
    """The files that a person uploaded: a name within the copy and the bytes; what is not on this disk is left out."""
    for row in files.StoredFile.objects.filter(person_id=person_id).order_by("created_at", "pk"):
        try:
            yield f"{row.created_at:%Y%m%d}-{str(row.pk)[-8:]}-{row.name or row.kind}", files.content(row)
        except NotFound:
            continue
