"""What a QR code carries: an opaque name of the code and a signature. No personal data.

26 bytes, base64url: kind (1) · handle (9) · step (4) · MAC (12). A display token lives for its minute and the
next; a printed one as long as the issue, and it only ever opens the public view.

To be typed, a token is spelled with two more characters: the MAC cannot tell a slip of the finger from a false code.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from anxin.kit.crypto import hmac_sign, signed_under, signing_keys
from anxin.kit.errors import Invalid, NotFound, Refusal
from anxin.safetycode.engine.offline import MARK
from anxin.safetycode.models import HANDLE_BYTES, SafetyCode

STEP_SECONDS = 60
LENGTH = 35
MAC_BYTES = 12
_LAYOUT = struct.Struct(f">B{HANDLE_BYTES}sI{MAC_BYTES}s")
_STEP = struct.Struct(">BI")
# What stands for + and / in an address; those themselves are none of ours.
_PLAIN = bytes.maketrans(b"-_+/", b"+/**")
_LAST = frozenset("AEIMQUYcgkosw048")
DISPLAY, PRINTED = 1, 2
# What a scanner gives for a code: its address, whatever host that names, or the bare token.
_SCANNED = re.compile(r"(?:^|/c/)([A-Za-z0-9_-]{35})/?$", re.ASCII)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_VALUES = {character: n for n, character in enumerate(_ALPHABET)}
# The greatest prime below 64²: one wrong character, or two neighbours changed over, always give another rest.
_PRIME = 4093


class TokenForged(NotFound):
    code = "code_forged"
    message = _(
        "这不是本平台发出的安心码，或已经作废。请让服务员当面打开手机出示，并核对本人；有疑问请拨打服务热线。"
    )


class TokenExpired(Refusal):
    status = 410
    code = "code_stale"
    message = _("这张安心码的画面已过期（可能是截图）。请让服务员打开手机上的安心码，重新扫描。")


class TokenPrinted(TokenExpired):
    code = "code_printed"
    message = _("这是证上印的码，不能用来确认入户。请让服务员打开手机上的安心码，重新扫描。")


class NoToken(Invalid):
    code = "code_other"
    message = _("扫到的不是安心码。请让服务员打开手机上的安心码，重新扫描；核验通过前先不要开门。")


class SignedScanned(NoToken):
    message = _(
        "这是没有网络时用的离线码，不能用来确认入户。请让服务员出示上方每分钟更新的安心码，重新扫描。"
    )


class TokenMistyped(Invalid):
    code = "code_mistyped"
    message = _("校验串有错字或没有输全。请对照服务员手机上的校验串逐字核对，大小写不同；也可以扫码。")


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


class Token(NamedTuple):
    """What a token says before anybody has looked whether it is true."""

    kind: int
    handle: bytes
    step: int
    mac: bytes

    @property
    def printed(self) -> bool:
        return self.kind == PRINTED


def read_token(text: str, at: datetime) -> Read:
    """The code a token names, whatever the code's state. One query.

    Refuses: TokenForged (not ours, changed, or of an earlier issue), TokenExpired (true, but of an earlier minute:
    the present and the previous one are accepted).
    """
    token = split(text)
    code = SafetyCode.objects.select_related("issuer", "worker__person").filter(handle=token.handle).first()
    if code is None or not is_ours(token, str(code.secret), keys()):
        raise TokenForged
    if is_stale(token, step_of(at)):
        raise TokenExpired
    return Read(code, token.printed)


def keys() -> list[bytes]:
    """The keys under which tokens are true now."""
    return signing_keys("safetycode")


def is_ours(token: Token, secret: str, keys: Sequence[bytes]) -> bool:
    """Whether the token was made with this secret of its code, under one of the keys."""
    return signed_under(keys, _message(token.handle, secret, token.kind, token.step), token.mac)


def is_stale(token: Token, step: int) -> bool:
    """Whether a rotating token is of another minute than the present and the previous one."""
    return token.kind == DISPLAY and not step - 1 <= token.step <= step


def split(text: str) -> Token:
    """The parts of a token. Refuses: TokenForged."""
    # The last character carries 2 spare bits: only the spelling that we write is ours.
    if len(text) != LENGTH or text[-1] not in _LAST:
        raise TokenForged
    try:
        raw = binascii.a2b_base64(text.encode("ascii").translate(_PLAIN) + b"=", strict_mode=True)
    except ValueError as error:
        raise TokenForged from error
    token = Token._make(_LAYOUT.unpack(raw))
    if token.kind not in (DISPLAY, PRINTED):
        raise TokenForged
    return token


def scanned(text: str) -> str:
    """The token in what a scanner read. Refuses: NoToken, SignedScanned."""
    found = _SCANNED.search(text.strip())
    if found:
        return found.group(1)
    raise SignedScanned if text.startswith(MARK) else NoToken


def spelled(token: str) -> str:
    """A token as it stands below the code, to be typed: with its check at the end."""
    first, second = divmod(_rest(token), 64)
    return token + _ALPHABET[first] + _ALPHABET[second]


def typed(text: str) -> str:
    """The token that somebody typed from below the code, or its address, pasted. Refuses: TokenMistyped."""
    whole = "".join(text.split())
    if "/" in whole and (found := _SCANNED.search(whole)):
        return found.group(1)
    token = whole[:LENGTH]
    if len(token) < LENGTH or not set(whole) <= _VALUES.keys() or spelled(token) != whole:
        raise TokenMistyped("token")
    return token


def given(text: str) -> str:
    """The token that a program sends, scanned or typed. Refuses: TokenMistyped."""
    found = _SCANNED.search(text.strip())
    return found.group(1) if found else typed(text)


def _rest(token: str) -> int:
    rest = 0
    for character in token:
        rest = (rest * 64 + _VALUES[character]) % _PRIME
    return rest


def _make(code: SafetyCode, kind: int, step: int) -> str:
    handle = bytes(code.handle)
    mac = hmac_sign("safetycode", _message(handle, str(code.secret), kind, step))[:MAC_BYTES]
    return base64.urlsafe_b64encode(_LAYOUT.pack(kind, handle, step, mac)).rstrip(b"=").decode()


def _message(handle: bytes, secret: str, kind: int, step: int) -> bytes:
    return _STEP.pack(kind, step) + handle + secret.encode()
