"""What the libraries for signatures do wrong or slowly, done right; everywhere else they are used as they are."""

from __future__ import annotations

import re
import stringprep
import unicodedata
from binascii import unhexlify
from types import SimpleNamespace
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils import generic

from anxin.kit import der

_read_slowly: Any = generic.read_hex_string_from_stream
_DIGITS = re.compile(rb"[0-9A-Fa-f]*")
CHUNK = 16_384


def mend() -> None:
    """Put what stands here in the place of what it mends. Once more changes nothing."""
    der.mend()
    # Names in certificates are compared by the letters that Unicode knew in 2002. Who is called by a character that
    # was added later would have signed by a certificate that nobody can trust.
    x509.stringprep = SimpleNamespace(**vars(stringprep) | {"in_table_a1": unassigned})
    # A signature is a string of ten thousand digits, which is read digit by digit, several times for each signature.
    generic.read_hex_string_from_stream = read_hex_string


def unassigned(letter: str) -> bool:
    # Two planes are kept for Chinese characters, and each year some more of them are assigned.
    return unicodedata.category(letter) == "Cn" and not 0x20000 <= ord(letter) < 0x40000


def read_hex_string(stream: Any) -> Any:
    """A string of digits at once; anything else (spaces, comments, mistakes) as the library reads it."""
    begun = stream.tell()
    read = b""
    while chunk := stream.read(CHUNK):
        read += chunk
        end = read.find(b">")
        if end > 0:
            digits = read[1:end]
            if not _DIGITS.fullmatch(digits):
                break
            stream.seek(begun + end + 1)
            return generic.pdf_string(unhexlify(digits + b"0" * (len(digits) % 2)))
    stream.seek(begun)
    return _read_slowly(stream)
