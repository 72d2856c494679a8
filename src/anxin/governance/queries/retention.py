"""What is past its time, by the register and the operator's rules: the list before anything is destroyed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Max

from anxin.governance.models import Sweep
from anxin.governance.queries.register import kept
from anxin.governance.values import HOLDINGS, Holding
from anxin.kit import clock


@dataclass(frozen=True)
class Due:
    """One holding of which something is past its time. `rows` are not read until they are asked for."""

    holding: Holding
    key: str
    days: int
    cutoff: datetime
    rows: models.QuerySet[Any]
    count: int


def key_of(one: Holding) -> str:
    return f"{one.model}:{one.keep}"


def due(at: datetime) -> list[Due]:
    """Everything past its time that no earlier sweep has dealt with. One count for each holding with a time."""
    rules, last = kept(at), dict(Sweep.objects.values_list("holding").annotate(Max("cutoff")))
    found = []
    for one in HOLDINGS:
        days = rules[one.keep].days
        if days is None or not one.since:
            continue
        cutoff = at - timedelta(days=days)
        rows = rows_past(one, cutoff, last.get(key_of(one)))
        if count := rows.count():
            found.append(Due(one, key_of(one), days, cutoff, rows, count))
    return found


def rows_past(one: Holding, cutoff: datetime, swept: datetime | None) -> models.QuerySet[Any]:
    """The rows of a holding whose time ran out before `cutoff`, and not yet before `swept`."""
    model = apps.get_model(one.model)
    day = isinstance(_column(model, one.since), models.DateField) and not isinstance(
        _column(model, one.since), models.DateTimeField
    )
    upper: Any = clock.local_date(cutoff) if day else cutoff
    rows = model._base_manager.filter(**{**one.where, f"{one.since}__lt": upper})
    if swept is not None and one.ends != "delete":
        lower: Any = clock.local_date(swept) if day else swept
        rows = rows.filter(**{f"{one.since}__gte": lower})
    found: models.QuerySet[Any] = rows.order_by("pk")
    return found


def _column(model: type[models.Model], path: str) -> Any:
    *steps, last = path.split("__")
    for step in steps:
        related: Any = model._meta.get_field(step).related_model
        model = related
    return model._meta.get_field(last)
