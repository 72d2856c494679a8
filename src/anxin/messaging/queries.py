"""Reads of text messages: what went out, with masked phones only."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from anxin.kit.errors import NotFound
from anxin.messaging.models import SmsMessage
from anxin.messaging.states import SmsState


def state(message_id: UUID) -> SmsState:
    """State of a message; NotFound if there is none. One query."""
    found = SmsMessage.objects.filter(pk=message_id).values_list("state", flat=True).first()
    if found is None:
        raise NotFound
    return SmsState(found)


def counts() -> Mapping[SmsState, int]:
    """How many messages are in each state. One query."""
    rows = SmsMessage.objects.values_list("state").annotate(Count("id"))
    found = dict(rows)
    return {known: found.get(known, 0) for known in SmsState}


def recent(*, state: str = "", template: str = "") -> QuerySet[SmsMessage]:
    """Messages, newest first, phones masked; what they say stays sealed."""
    rows = SmsMessage.objects.defer("phone", "params").order_by("-id")
    if state:
        rows = rows.filter(state=state)
    return rows.filter(template=template) if template else rows


def demo_phone(phone: str, template: str) -> Mapping[str, str]:
    """What the newest message of a template says on a phone of the demo; NotFound outside a demo, or if none came.

    Looks at the last 50 that were written: numbers are sealed, not indexed.
    """
    if not settings.ANXIN_DEMO:
        raise NotFound
    # By the key, which tells when a row was written: a demo also writes what happened weeks ago.
    rows = SmsMessage.objects.filter(template=template).order_by("-id")[:50]
    mine = [row for row in rows if row.phone == phone and row.params]
    if mine:
        found: Mapping[str, str] = max(mine, key=lambda row: (row.created_at, row.pk)).params
        return found
    raise NotFound
