"""Doors of the demo: one click signs in as one of its people."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from anxin.accounts.actions.sign_in import open_sign_in
from anxin.accounts.models import DemoLogin, SignIn
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Forbidden, NotFound


@transaction.atomic
def offer_demo_login(
    *,
    key: str,
    label: str,
    person_id: UUID,
    by: Actor,
    at: datetime,
    appointment_id: UUID | None = None,
    hint: str = "",
    position: int = 0,
) -> DemoLogin:
    """Offer (or change) a one-click login; `label` says who it is, `hint` what there is to see.

    Refuses NotFound where the demo is off, Forbidden for all but the system.
    """
    if not settings.ANXIN_DEMO:
        raise NotFound
    if not by.is_system:
        raise Forbidden
    row, _ = DemoLogin.objects.update_or_create(
        key=key,
        defaults={
            "label": label, "hint": hint, "position": position,
            "person_id": person_id, "appointment_id": appointment_id,
        },
    )  # fmt: skip
    record("accounts.offer_demo_login", by=by, at=at, subject="demo_login", subject_id=key)
    return row


@transaction.atomic
def demo_sign_in(*, key: str, by: Actor, at: datetime, device: str = "") -> SignIn:
    """Sign in through a door of the demo. Refuses NotFound: unknown key, or the demo is off."""
    door = DemoLogin.objects.filter(pk=key).first() if settings.ANXIN_DEMO else None
    if door is None:
        raise NotFound
    row, _ = open_sign_in(
        person_id=door.person_id, how="demo", by=by, at=at, device=device, appointment_id=door.appointment_id
    )
    return row
