"""Second factors: which posts need one, TOTP steps, recovery codes, how long a proof is fresh (standards §13.1)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

# As the apps show it above the code. Not translated: it names the account, and would otherwise change with the page.
ISSUER = "安心家政"
# RFC 6238 as every authenticator app has it: SHA-1, six digits, thirty seconds.
DIGITS = 6
STEP_S = 30
# A phone's clock may be off by one step either way.
DRIFT = 1
SECRET_BYTES = 20

RECOVERY_CODES = 10
# No 0, 1, I, L, O, U: nothing that is read for something else. 30^10 codes, each one used once.
RECOVERY_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"

FRESH = timedelta(minutes=5)
CHALLENGE_LIFE = timedelta(minutes=5)
SETUP_LIFE = timedelta(minutes=30)
LINK_LIFE = timedelta(minutes=30)
MOST_PASSKEYS = 10
# How long a device that has not been seen stays a known one: as long as sign-ins are kept.
DEVICE_KNOWN = timedelta(days=183)


def new_secret() -> bytes:
    """The secret that the server and the authenticator app share."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(code: str, secret: bytes, at: datetime) -> int | None:
    """The time step whose code this is, of the present one and its neighbours; None if it is none of theirs.

    All three are computed always: time must not tell which one it was.
    """
    digits = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", digits):
        return None
    totp = _totp(secret)
    now, found = int(at.timestamp()) // STEP_S, None
    for step in range(now - DRIFT, now + DRIFT + 1):
        try:
            totp.verify(digits.encode(), step * STEP_S)
        except InvalidToken:
            continue
        found = step
    return found


def code_at(secret: bytes, at: datetime) -> str:
    """The code an authenticator app shows at a moment."""
    return _totp(secret).generate(int(at.timestamp())).decode()


def provisioning_uri(secret: bytes, account: str, issuer: str) -> str:
    """What the QR code tells the authenticator app (otpauth://)."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP_S, enforce_key_length=False)  # nosec B303  # inside an HMAC, as RFC 6238 has it


def new_recovery_codes() -> list[str]:
    """Ten codes to write down, as ABCDE-FGHJK."""
    return [
        "-".join("".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]


def normal_recovery(text: str) -> str:
    """A recovery code as it is hashed: capitals without dashes and spaces; "" if it cannot be one."""
    bare = re.sub(r"[\s\u3000—–-]", "", text).upper()
    return bare if len(bare) == 10 and set(bare) <= set(RECOVERY_ALPHABET) else ""


def needs_second(kind: str, required: Iterable[str]) -> bool:
    """Whether posts in this kind of organisation may be taken up with a second factor only."""
    return kind in set(required)


def is_fresh(proved_at: datetime | None, at: datetime) -> bool:
    """Whether the person has proved who they are within the last five minutes."""
    return proved_at is not None and proved_at <= at < proved_at + FRESH
