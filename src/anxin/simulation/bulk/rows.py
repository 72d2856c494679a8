"""Writing many rows of other areas at once: encrypted columns, keyed hashes and constraints as ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps

BATCH = 1_000


def make(model: str, **values: Any) -> Any:
    """A row of "area.Model", not yet written. Only the bulk loader reaches into the tables of other areas."""
    return apps.get_model(model)(**values)


def write(rows: Iterable[Any]) -> int:
    """Insert rows of one model in batches. Returns how many."""
    iterator, total = iter(rows), 0
    while batch := list(islice(iterator, BATCH)):
        type(batch[0])._base_manager.bulk_create(batch, batch_size=BATCH)
        total += len(batch)
    return total


def stateful(model: str, path: list[tuple[str, datetime]], **values: Any) -> tuple[Any, list[Any]]:
    """A row that went through the states of `path`, and its history rows."""
    row = make(model, state=path[-1][0], state_at=path[-1][1], **values)
    before = ""
    history = []
    kept = {name: getattr(row, name) for name in row.KEPT}
    for state, at in path:
        history.append(row.HISTORY(row=row, from_state=before, to_state=state, channel="bulk", at=at, **kept))
        before = state
    return row, history
