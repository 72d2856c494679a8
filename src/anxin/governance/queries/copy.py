"""All that is held of one person, read by the register: for the copy that is theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models

from anxin.contracts import public as contracts
from anxin.files import public as files
from anxin.governance.queries.register import PEOPLE
from anxin.governance.values import GROUPS, Holding
from anxin.governance.values.register import SELF
from anxin.kit.fields import BlindIndexField, EncryptedField
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.payments import public as payments

# The folders of the copy, and what they are called in its index.
CONTRACTS, INVOICES, PHOTOS, UPLOADS = "contracts", "invoices", "photos", "files"
FOLDERS = {
    CONTRACTS: gettext_noop("我签过的合同"), INVOICES: gettext_noop("开给我的票据"),
    PHOTOS: gettext_noop("上门服务的照片"), UPLOADS: gettext_noop("我上传的文件"),
}  # fmt: skip

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


@dataclass(frozen=True)
class Paper:
    """A file of the copy: in which folder under which name; read() gives its bytes, or raises NotFound or FileHeld."""

    folder: str
    name: str
    read: Callable[[], bytes]


def papers(person_id: UUID) -> list[Paper]:
    """What a person signed, was invoiced, had photographed at home, and uploaded; each file once. Four queries."""
    found = [Paper(CONTRACTS, f"{one.number}.pdf", partial(contracts.pdf_of, one))
             for one in contracts.papers_of(person_id)]  # fmt: skip
    kept = [(INVOICES, one.number, one.file) for one in payments.papers_of(person_id)]
    kept += [(PHOTOS, one.step.visit.order.number, one.file) for one in orders.photos_of(person_id)]
    uploaded = files.StoredFile.objects.filter(person_id=person_id).order_by("created_at", "pk")
    kept += [(UPLOADS, f"{row.created_at:%Y%m%d}", row) for row in uploaded]
    seen: set[UUID] = set()
    for folder, head, row in kept:
        if row is not None and row.pk not in seen:
            seen.add(row.pk)
            name = f"{head}-{str(row.pk)[-8:]}-{row.name or row.kind}"
            found.append(Paper(folder, name, partial(files.content, row)))
    return found
