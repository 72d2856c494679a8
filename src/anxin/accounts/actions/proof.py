"""Noting that the person behind a sign-in has just proved who they are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.accounts.models import SignIn
from anxin.accounts.values import FactorKind
from anxin.audit.public import record
from anxin.kit.actor import Actor


@transaction.atomic
def note_proof(*, sign_in_id: UUID | None, how: str, by: Actor, at: datetime) -> None:
    """From now on, for five minutes, the sign-in is fresh; by a second factor also one that has shown it."""
    changed: dict[str, object] = {"proved_at": at, "seen_at": at}
    if how in set(FactorKind):
        changed |= {"second_due": False, "second_how": how, "second_at": at}
    if sign_in_id is None:
        return
    SignIn.objects.filter(pk=sign_in_id, person_id=by.person, ended_at=None).update(**changed)
    record("accounts.prove", by=by, at=at, subject="sign_in", subject_id=sign_in_id, detail={"how": str(how)})
