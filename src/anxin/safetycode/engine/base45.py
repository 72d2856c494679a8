"""Base45 (RFC 9285): bytes as the characters that a QR code packs closest. Strict: one spelling for each value."""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = {ord(c): n for n, c in enumerate(ALPHABET)}
_PAIRS = [ALPHABET[n % 45] + ALPHABET[n // 45] for n in range(45 * 45)]


def encode(raw: bytes) -> str:
    """Three characters for two bytes, two for a last single one."""
    words = [raw[i] << 8 | raw[i + 1] for i in range(0, len(raw) - 1, 2)]
    out = "".join(_PAIRS[n % 2025] + ALPHABET[n // 2025] for n in words)
    return out + _PAIRS[raw[-1]] if len(raw) % 2 else out


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError for any other character, a wrong length, and a group beyond two bytes."""
    try:
        values = [_VALUE[c] for c in text.encode("ascii")]
    except (KeyError, UnicodeEncodeError):
        raise ValueError("not base45") from None
    whole, rest = divmod(len(values), 3)
    if rest == 1:
        raise ValueError("not base45")
    end = whole * 3
    out = bytearray()
    for low, middle, high in zip(values[0:end:3], values[1:end:3], values[2:end:3], strict=True):
        word = low + 45 * middle + 2025 * high
        if word > 0xFFFF:
            raise ValueError("not base45")
        out += word.to_bytes(2)
    if rest:
        last = values[end] + 45 * values[end + 1]
        if last > 0xFF:
            raise ValueError("not base45")
        out.append(last)
    return bytes(out)
