"""The streams that a page opens for its reader, and what of a topic a reader may hear."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from anxin.contracts.models import Contract
from anxin.kit.actor import Actor
from anxin.kit.live import watch_of
from anxin.matching.models import Batch, DayPlan, Rolling
from anxin.orders.models import Order
from anxin.payments.models import Bill
from anxin.safetycode.models import Application, CardBatch
from anxin.workers.models import Worker

TOKEN = re.compile(r'data-live-url="[^"]*token=([^"&]+)')


def _row(model: Any) -> Callable[[Actor, str], bool]:
    return lambda actor, key: model.objects.visible_to(actor).filter(pk=key).exists()


def _own_code(actor: Actor, key: str) -> bool:
    return Worker.objects.filter(pk=key, person=actor.person_id).exists()


# By the word before the colon: whether an actor may hear that it changed.
MAY: dict[str, Callable[[Actor, str], bool]] = {
    "order": _row(Order),
    "contract": _row(Contract),
    "bill": _row(Bill),
    "application": _row(Application),
    "cards": _row(CardBatch),
    "batch": _row(Batch),
    "dayplan": _row(DayPlan),
    "rolling": _row(Rolling),
    "code": _own_code,
    "inbox": lambda actor, key: UUID(key) == actor.person_id,
    "announcements": lambda actor, key: UUID(key) == actor.organisation_id,
    "hall": lambda actor, _key: actor.person_id is not None,
    # Nothing is ever said of it but by the page of components itself.
    "styleguide": lambda _actor, _key: True,
}


def tokens(text: str) -> list[str]:
    """Of the streams that a page's HTML opens."""
    return TOKEN.findall(text)


def overheard(text: str, actor: Actor) -> list[str]:
    """Topics of a page's streams that its reader may not hear."""
    topics = {topic for token in tokens(text) for topic in watch_of(token).topics}
    return sorted(
        topic for topic in topics if not MAY[topic.partition(":")[0]](actor, topic.partition(":")[2])
    )
