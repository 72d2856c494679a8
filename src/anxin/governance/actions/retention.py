"""Destroy what is past its time: column by column or whole rows, as the register says."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from anxin.audit.public import record
from anxin.governance.actions.blank import destroy, remove
from anxin.governance.models import Sweep
from anxin.governance.queries import retention
from anxin.kit.actor import Actor

# Rows of one holding that one run takes at most: the rest waits for the next night.
MOST = 5000
BATCH = 200


def sweep(*, by: Actor, at: datetime) -> dict[str, int]:
    """Destroy all that `queries.retention.due` lists, in short transactions. Returns rows by holding.

    Safe to run twice and to be killed: what one batch did stands, and the mark moves on only when a holding is done.
    Source: 个人信息保护法 art. 19, 47.
    """
    done = {}
    for one in retention.due(at):
        count = _swept(one)
        if one.count <= MOST:
            with transaction.atomic():
                Sweep.objects.create(holding=one.key, cutoff=one.cutoff, count=count, at=at)
                record("governance.sweep", by=by, at=at, subject="holding", subject_id=one.key,
                       detail={"rows": count, "days": one.days})  # fmt: skip
        done[one.key] = count
    return done


def _swept(one: retention.Due) -> int:
    keys, count = list(one.rows.values_list("pk", flat=True)[:MOST]), 0
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            rows = one.rows.model._base_manager.filter(pk__in=keys[start : start + BATCH])
            if one.holding.ends == "delete":
                count += remove(rows, one.holding.fields)
            else:
                count += sum(destroy(row, one.holding.fields, {}, at_end=True) for row in rows)
    return count
