"""The register beside the models: what it lacks, and what it tells the public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from anxin.governance.values import HISTORY, HOLDINGS, KEEPS, NOT_PERSONAL, Holding, Keep
from anxin.kit.fields import BlindIndexField, EncryptedField, SealedField
from anxin.kit.models import HistoryRow
from anxin.policies import public as policies

SEALED = (EncryptedField, SealedField, BlindIndexField)
PEOPLE = {"accounts.Person", "customers.Customer", "workers.Worker", "files.StoredFile"}
# A plain column whose name speaks of a person. Wrong guesses are named, with the reason, in values.plain.
SPEAKS = re.compile(
    r"(^|_)(phone|contact|address|device|agent|birth|lat|lng|place|person|email|wishes|words|note|reason|reasons|why"
    r"|intro|answer|picture|text|detail|conclusion)($|_)|(^|_)by$|name_hash|phone_hash"
)
STRINGS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FloatField)


def of_model(model: type[models.Model]) -> list[Holding]:
    """The entries of the register for a model."""
    return [one for one in HOLDINGS if one.model == model._meta.label]


def ours() -> Iterator[type[models.Model]]:
    """Every model of the house."""
    return (model for model in apps.get_models() if model.__module__.startswith("anxin."))


def holds_person(field: models.Field[Any, Any]) -> bool:
    """Whether a column must stand in the register: sealed, hashed, leading to a person, or named like it."""
    if isinstance(field, SEALED):
        return True
    if field.is_relation:
        return bool(field.related_model and field.related_model._meta.label in PEOPLE)
    if isinstance(field, models.UUIDField):
        return bool(re.search(r"(^|_)(by|person)($|_)", field.name)) and "organisation" not in field.name
    return isinstance(field, STRINGS) and bool(SPEAKS.search(field.name))


def unregistered() -> list[str]:
    """Every column that holds a person and that the register does not know: "app.Model.field"."""
    found = []
    for model in ours():
        known = set().union(*(one.names for one in of_model(model)))
        if issubclass(model, HistoryRow):
            known |= {one.name for one in HISTORY}
        found += [
            name
            for field in model._meta.local_fields
            if field.name not in known
            and holds_person(field)
            and (name := f"{model._meta.label}.{field.name}") not in NOT_PERSONAL
        ]
    return found


def dangling() -> list[str]:
    """Every entry, exemption, path or class of the register that leads to nothing in the models."""
    labels = {model._meta.label: model for model in ours()}
    found = []
    for one in HOLDINGS:
        model = labels.get(one.model)
        if model is None:
            found.append(one.model)
            continue
        columns = {field.name for field in model._meta.local_fields}
        found += [f"{one.model}.{name}" for name in one.names - columns]
        found += [
            f"{one.model}: {path}" for path in (one.subject, one.since, *one.where) if not _leads(model, path)
        ]
        found += [] if one.keep in KEEPS else [f"{one.model}: {one.keep}"]
    for name in NOT_PERSONAL:
        label, _, column = name.rpartition(".")
        if label not in labels or column not in {field.name for field in labels[label]._meta.local_fields}:
            found.append(name)
    return found


def _leads(model: type[models.Model], path: str) -> bool:
    try:
        return not path or bool(model._base_manager.filter(**{f"{path}__isnull": False}).query)
    except Exception:  # noqa: BLE001 - FieldError and its kin: the path is wrong, which is the finding
        return path.endswith("__in") and _leads(model, path.removesuffix("__in"))


@dataclass(frozen=True)
class Kept:
    """A retention class with the days in force at a moment (None = as long as what it belongs to)."""

    keep: Keep
    days: int | None


def kept(at: Any) -> dict[str, Kept]:
    """Every retention class as the operator's rules have it. One query."""
    rules = [keep.days for keep in KEEPS.values() if keep.days]
    now = policies.read_many(*rules, at=at)
    return {code: Kept(keep, now[keep.days.key] if keep.days else None) for code, keep in KEEPS.items()}
