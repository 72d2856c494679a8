"""Live updates where people wait: topics are touched at commit, and browsers that hold a token hear of it.

The token is minted by the page that has already checked who may see the topic; the stream server beside
Django needs no query to trust it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db import connection

from anxin.kit.crypto import read_token, sign_token

CHANNEL = "anxin_live"
TOKEN_SECONDS = 12 * 3600


def touch(topic: str) -> None:
    """Tell everybody who watches `topic` ("order:<id>") that it changed, when the transaction commits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, topic])


def stream_url(topics: Iterable[str]) -> str:
    """Address of the stream of these topics. Only call it for what the reader may see."""
    return (
        f"{settings.ANXIN_LIVE_URL}/stream?token={sign_token('live', {'t': sorted(topics)}, TOKEN_SECONDS)}"
    )


def topics_of(token: str) -> frozenset[str]:
    """The topics of a stream token. Raises crypto.Tampered."""
    return frozenset(read_token("live", token)["t"])
