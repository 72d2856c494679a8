"""What somebody has typed on one page, handed to a form on another: kept sealed in their session, in no address.

It comes through a sign-in (the session's key changes, what it holds stays) and is gone when somebody else signs in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from anxin.kit.crypto import Tampered, seal, unseal

TTL = 12 * 3600
Session = SessionBase | dict[str, Any]
_PREFIX, _CONTEXT = "handed.", "handing.fields:"


def slot(name: str) -> str:
    """Under which name of the session something is kept."""
    return _PREFIX + name


def hand(session: Session, name: str, fields: Mapping[str, Any], now: float) -> None:
    """Keep plain values (texts, numbers, lists of them) for whoever asks under `name` within TTL seconds."""
    body = json.dumps({"fields": dict(fields), "until": int(now) + TTL}, ensure_ascii=False)
    session[slot(name)] = base64.b64encode(seal(body.encode(), _CONTEXT + name)).decode()


def handed(session: Session, name: str, now: float) -> dict[str, Any]:
    """What was handed over; nothing if there is nothing, or it has lapsed."""
    try:
        found = json.loads(unseal(base64.b64decode(session.get(slot(name)) or ""), _CONTEXT + name))
    except (ValueError, Tampered):
        return {}
    return dict(found["fields"]) if found["until"] > now else {}


def drop(session: Session, name: str) -> None:
    session.pop(slot(name), None)
