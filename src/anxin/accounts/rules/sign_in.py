"""Limits of signing in: codes, passwords, idle time (GB/T 22239 level 2; standards §13.1)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from anxin.accounts.values import PasswordFault

PHONE = re.compile(r"1[3-9]\d{9}", re.ASCII)

CODE_LIFE = timedelta(minutes=5)
# What was sent later than now was sent by a clock that ran ahead: it would live too long once the clock is right.
CLOCK_SLACK = timedelta(minutes=1)
CODE_ATTEMPTS = 5
# How many codes a phone may be sent within a span.
PHONE_LIMITS = ((timedelta(minutes=1), 1), (timedelta(hours=1), 5), (timedelta(days=1), 10))
# A household, an outlet or an office shares one address: wider, but it still stops a flood of messages.
ADDRESS_LIMITS = ((timedelta(minutes=1), 20), (timedelta(hours=1), 100), (timedelta(days=1), 500))

PASSWORD_FAILS = 5
LOCK = timedelta(minutes=10)
PASSWORD_LIFE = timedelta(days=90)
PASSWORDS_REMEMBERED = 5
CLASSES = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z0-9]")

IDLE_STAFF = timedelta(minutes=30)
IDLE_SELF = timedelta(hours=2)
ABSOLUTE = timedelta(hours=12)
# Writing "still here" at every request would cost a write each; a minute is exact enough.
SEEN_EVERY = timedelta(minutes=1)

IDENTITY_TRIES_A_DAY = 5


def normal_phone(text: str) -> str:
    """The mobile number as it is kept: digits only, no +86."""
    narrow = text.translate({0xFF10 + n: str(n) for n in range(10)})
    return re.sub(r"^(\+?86)(?=1\d{10}$)", "", re.sub(r"[\s\u3000()（）-]", "", narrow))


def is_phone(text: str) -> bool:
    """Whether this is a mobile number of the mainland, already in normal form."""
    return PHONE.fullmatch(text) is not None


def wait_for(
    sent: Sequence[datetime], limits: Sequence[tuple[timedelta, int]], at: datetime
) -> timedelta | None:
    """How long until another may be sent, given when earlier ones were; None = now."""
    waits = []
    for span, most in limits:
        inside = sorted(moment for moment in sent if moment > at - span)
        if len(inside) >= most:
            waits.append(inside[-most] + span - at)
    return max(waits, default=None)


def password_fault(password: str, *, strict: bool) -> PasswordFault | None:
    """Why a password is too weak, None if it will do. `strict` for posts beyond an agency: ten characters."""
    if len(password) < (10 if strict else 8):
        return PasswordFault.SHORT
    if len(password) > 128:
        return PasswordFault.LONG
    if sum(bool(re.search(one, password)) for one in CLASSES) < 3:
        return PasswordFault.PLAIN
    return None


def idle_limit(post: str) -> timedelta:
    """How long one may be silent before signing in again: shorter in a post than as oneself."""
    return IDLE_STAFF if post else IDLE_SELF
