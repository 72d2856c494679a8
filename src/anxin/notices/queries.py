"""Reads of the inbox."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from anxin.kit.actor import Actor
from anxin.notices.models import Notice

PAGE = 30


def unread_count(person_id: UUID | None) -> int:
    """How many notices a person has not read, at most 100 (the badge says 99+). One query, none for a stranger."""
    if person_id is None:
        return 0
    return Notice.objects.filter(person_id=person_id, read_at=None)[:100].count()


def inbox(
    actor: Actor, *, before: datetime | None = None, unread: bool = False, size: int = PAGE
) -> Sequence[Notice]:
    """The actor's notices, newest first, those before `before`; one more than `size` tells that there are more."""
    found = Notice.objects.visible_to(actor)
    if before is not None:
        found = found.filter(at__lt=before)
    if unread:
        found = found.filter(read_at=None)
    return list(found.order_by("-at", "-id")[: size + 1])
