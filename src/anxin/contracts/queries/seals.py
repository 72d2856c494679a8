"""Reads of seals."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from anxin.accounts.public import Appointment
from anxin.accounts.values import POSTS
from anxin.contracts.models import Seal, Signature
from anxin.contracts.states import SealState
from anxin.kit.actor import Actor


def seals(actor: Actor) -> QuerySet[Seal]:
    """The seals of the actor's organisation (of all, for the operator), newest first."""
    return Seal.objects.visible_to(actor).select_related("organisation").order_by("-created_at")


def seal_of(organisation_id: UUID) -> Seal | None:
    """The organisation's seal that is not revoked."""
    return Seal.objects.filter(organisation=organisation_id).exclude(state=SealState.REVOKED).first()


def ever_had_seal(organisation_id: UUID) -> bool:
    """Whether a seal was ever made for the organisation, revoked ones included."""
    return Seal.objects.filter(organisation=organisation_id).exists()


def active_seal(organisation_id: UUID, at: datetime) -> Seal | None:
    """The seal that may be applied now."""
    return Seal.objects.filter(
        organisation=organisation_id, state=SealState.ACTIVE, expires_at__gt=at
    ).first()


def revoked_seals() -> dict[str, datetime]:
    """Serial of the certificate and moment of every seal that was revoked: one query."""
    found = Seal.objects.filter(state=SealState.REVOKED).order_by("state_at", "id")
    return dict(found.values_list("serial", "state_at"))


def uses_of(seal: Seal, limit: int = 50) -> list[Signature]:
    """The log of what the seal was applied to, newest first: one query."""
    found = Signature.objects.filter(seal=seal).select_related("contract", "person")
    return list(found.order_by("-signed_at")[:limit])


def holders(organisation_id: UUID, at: datetime) -> list[Appointment]:
    """Who may apply the organisation's seal, by their post: one query."""
    posts = [code for code, post in POSTS.items() if "contracts.seal" in post.permissions]
    found = Appointment.objects.filter(organisation=organisation_id, post__in=posts, period__contains=at)
    return list(found.select_related("person").order_by("created_at"))


def expiring_seals(at: datetime, days: int) -> QuerySet[Seal]:
    """Active seals whose certificate runs out within `days`."""
    until = at + timedelta(days=days)
    return Seal.objects.filter(state=SealState.ACTIVE, expires_at__lte=until).select_related("organisation")
