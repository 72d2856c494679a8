"""What a QR code carries: an opaque name of the code and a signature. No personal data.

26 bytes, base64url: kind (1) · handle (9) · step (4) · MAC (12). A display token lives for its minute and the
next; a printed one as long as the issue, and it only ever opens the public view.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from anxin.kit.crypto import hmac_sign, signed_by_us
from anxin.kit.errors import NotFound, Refusal
from anxin.safetycode.models import HANDLE_BYTES, SafetyCode

STEP_SECONDS = 60
LENGTH = 35
MAC_BYTES = 12
_LAYOUT = f">B{HANDLE_BYTES}sI{MAC_BYTES}s"
DISPLAY, PRINTED = 1, 2


class TokenForged(NotFound):
    code = "code_forged"
    message = _(
        "这不是本平台发出的安心码，或已经作废。请让服务员当面打开手机出示，并核对本人；有疑问请拨打服务热线。"
    )


class TokenExpired(Refusal):
    status = 410
    code = "code_stale"
    message = _("这张安心码的画面已过期（可能是截图）。请让服务员打开手机上的安心码，重新扫描。")


@dataclass(frozen=True)
class Read:
    """A token that was found true: the code it names, and whether it was the printed one."""

    code: SafetyCode
    printed: bool


def step_of(at: datetime) -> int:
    """The minute a moment lies in."""
    return int(at.timestamp()) // STEP_SECONDS


def display_token(code: SafetyCode, at: datetime) -> str:
    """The token to show at `at`; a new one every 60 s."""
    return _make(code, DISPLAY, step_of(at))


def printed_token(code: SafetyCode) -> str:
    """The token on the card: valid until the code is issued anew."""
    return _make(code, PRINTED, 0)


def read_token(token: str, at: datetime) -> Read:
    """The code a token names, whatever the code's state. One query.

    Refuses: TokenForged (not ours, changed, or of an earlier issue), TokenExpired (true, but of an earlier minute:
    the present and the previous one are accepted).
    """
    kind, handle, step, mac = _split(token)
    code = SafetyCode.objects.select_related("issuer", "worker__person").filter(handle=handle).first()
    if code is None or not signed_by_us("safetycode", _message(code, kind, step), mac, least=MAC_BYTES):
        raise TokenForged
    if kind == DISPLAY and not step_of(at) - 1 <= step <= step_of(at):
        raise TokenExpired
    return Read(code, kind == PRINTED)


def _make(code: SafetyCode, kind: int, step: int) -> str:
    raw = struct.pack(_LAYOUT, kind, bytes(code.handle), step, _mac(code, kind, step))
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _split(token: str) -> tuple[int, bytes, int, bytes]:
    if len(token) != LENGTH or not token.isascii():
        raise TokenForged
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
        kind, handle, step, mac = struct.unpack(_LAYOUT, raw)
    except (binascii.Error, struct.error) as error:
        raise TokenForged from error
    # The last character carries 2 spare bits: only the spelling that we write is ours.
    if kind not in (DISPLAY, PRINTED) or base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != token:
        raise TokenForged
    return kind, handle, step, mac


def _mac(code: SafetyCode, kind: int, step: int) -> bytes:
    return hmac_sign("safetycode", _message(code, kind, step))[:MAC_BYTES]


def _message(code: SafetyCode, kind: int, step: int) -> bytes:
    return struct.pack(">BI", kind, step) + bytes(code.handle) + str(code.secret).encode()
