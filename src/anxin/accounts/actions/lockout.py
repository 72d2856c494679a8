"""Counting failed attempts: five in a row shut the door for ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.db.models import Case, F, Q, Value, When

from anxin.accounts.models import Lockout
from anxin.accounts.rules.sign_in import LOCK, PASSWORD_FAILS


def count_attempt(digest: bytes, at: datetime) -> timedelta | None:
    """Count an attempt before it is looked at; how long the door stays shut, None if this one is let through.

    Guesses sent side by side are counted one by one. `digest` is the keyed hash of what is guessed at.
    """
    Lockout.objects.bulk_create([Lockout(phone_hash=digest, last_at=at)], ignore_conflicts=True)
    one = Lockout.objects.filter(phone_hash=digest)
    one.filter(until__lte=at).update(fails=0, until=None)
    # One statement: the fifth attempt is let through and shuts the door behind itself.
    recent = Q(last_at__gt=at - LOCK)
    counted = one.filter(until=None).update(
        fails=Case(When(recent, then=F("fails") + 1), default=Value(1)),
        until=Case(When(recent & Q(fails__gte=PASSWORD_FAILS - 1), then=Value(at + LOCK)), default=None),
        last_at=at,
    )
    if counted:
        return None
    row = one.first()
    return row.until - at if row and row.until else LOCK


def forgive(digest: bytes) -> None:
    """The right answer came: nothing is counted any more."""
    Lockout.objects.filter(phone_hash=digest).delete()


def minutes(wait: timedelta) -> int:
    return max(1, ceil(wait.total_seconds() / 60))
