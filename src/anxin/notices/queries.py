"""Reads of the inbox, of announcements and of whom they reach."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from anxin.accounts import public as accounts
from anxin.kit.actor import Actor
from anxin.notices.models import Announcement, NoAdvertising, Notice
from anxin.notices.values import AUDIENCES, Audience, Purpose, Sender

PAGE = 30


def unread_count(person_id: UUID | None) -> int:
    """How many notices a person has not read, at most 100 (the badge says 99+). One query, none for a stranger."""
    if person_id is None:
        return 0
    return Notice.objects.filter(person_id=person_id, read_at=None)[:100].count()


def inbox(
    actor: Actor,
    *,
    before: datetime | None = None,
    before_id: UUID | None = None,
    unread: bool = False,
    size: int = PAGE,
) -> Sequence[Notice]:
    """The actor's notices, newest first, those before `before`; one more than `size` tells that there are more.

    before_id: those after this one in the list. A moment alone cannot say where a page ended: one step often tells a
    person several things. One query, with `before_id` two.
    """
    found = Notice.objects.visible_to(actor)
    if before is not None:
        found = found.filter(at__lt=before)
    if before_id is not None:
        last = Notice.objects.visible_to(actor).filter(pk=before_id).values_list("at", flat=True).first()
        if last is None:
            return []
        found = found.filter(at__lte=last).exclude(at=last, id__gte=before_id)
    if unread:
        found = found.filter(read_at=None)
    return list(found.order_by("-at", "-id")[: size + 1])


def sender_of(actor: Actor) -> Sender | None:
    """On whose behalf the actor announces; None without an organisation. One query."""
    if actor.organisation_id is None:
        return None
    organisation = accounts.organisations([actor.organisation_id])[actor.organisation_id]
    return Sender(organisation.pk, organisation.kind, organisation.region)


def audiences_of(sender: Sender) -> list[Audience]:
    """To whom it may write."""
    return [one for one in AUDIENCES.values() if sender.kind in one.kinds]


def reached(sender: Sender, audience: Audience, purpose: Purpose, at: datetime) -> tuple[set[UUID], int]:
    """Who would be told now, and how many more of the audience take no advertising."""
    people = set(audience.people(sender, at))
    if purpose is Purpose.SERVICE:
        return people, 0
    declined = set(NoAdvertising.objects.filter(person__in=people).values_list("person_id", flat=True))
    return people - declined, len(declined)


def announcements(actor: Actor) -> QuerySet[Announcement]:
    """What the actor's organisation has sent, newest first, with how many have read it. One query."""
    read = Count("recipients", filter=Q(recipients__notice__read_at__isnull=False))
    found: QuerySet[Announcement] = Announcement.objects.visible_to(actor).annotate(read=read)
    return found.order_by("-created_at")


def sent_since(organisation_id: UUID, since: datetime) -> int:
    """How many it has sent off since a moment."""
    return Announcement.objects.filter(organisation=organisation_id, created_at__gt=since).count()


def takes_advertising(person_id: UUID | None) -> bool:
    """Whether a person has not declined it."""
    return person_id is not None and not NoAdvertising.objects.filter(person=person_id).exists()
