"""Living sign-ins: end them, note that they are used, forget them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from anxin.accounts.models import Lockout, SignIn
from anxin.accounts.rules.sign_in import SEEN_EVERY
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound


@transaction.atomic
def sign_out(*, sign_in_id: UUID, by: Actor, at: datetime) -> None:
    """End one sign-in of one's own. Refuses NotFound."""
    if (
        not SignIn.objects.visible_to(by)
        .filter(pk=sign_in_id, ended_at=None)
        .update(ended_at=at, token_hash=None)
    ):
        raise NotFound
    record("accounts.sign_out", by=by, at=at, subject="sign_in", subject_id=sign_in_id)


@transaction.atomic
def sign_out_others(*, keep: UUID | None, by: Actor, at: datetime) -> int:
    """End every sign-in of one's own but `keep`. Returns how many ended."""
    others = SignIn.objects.visible_to(by).filter(person_id=by.person_id, ended_at=None).exclude(pk=keep)
    count = others.update(ended_at=at, token_hash=None)
    record("accounts.sign_out_others", by=by, at=at, subject="person", subject_id=by.person_id,
           detail={"count": count})  # fmt: skip
    return count


def seen(row: SignIn, at: datetime) -> None:
    """Note that the person is still here, once a minute at most."""
    if at - row.seen_at >= SEEN_EVERY:
        SignIn.objects.filter(pk=row.pk, seen_at=row.seen_at).update(seen_at=at)


def forget_sign_ins(*, at: datetime) -> int:
    """Drop sign-ins that ran out half a year ago (the audit trail keeps that they were)."""
    Lockout.objects.filter(last_at__lt=at - timedelta(days=1)).delete()
    return SignIn.objects.filter(expires_at__lt=at - timedelta(days=183)).delete()[0]
