"""Keys made by the application, and numbers for people."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

import uuid_utils.compat

from anxin.kit.clock import local

# No 0/O, 1/I/L, U: what people read out over the phone must not be mistaken.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> UUID:
    """A UUIDv7: sortable by time, made before the row exists, so that encryption can bind to it."""
    return uuid_utils.compat.uuid7()


def number(prefix: str, at: datetime, length: int = 8) -> str:
    """A number for people, such as `O260322-7KQ4M2XR`: date plain, the rest (39 bits) not to be guessed."""
    return f"{prefix}{local(at):%y%m%d}-{''.join(secrets.choice(ALPHABET) for _ in range(length))}"
