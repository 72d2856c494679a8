"""Checking a signed PDF: what pyHanko's validator says of each signature, put into plain findings.

A document is sound when every expected signature is intact, from this platform's root, and the last one
covers the whole file: not one byte may follow it, so every addition shows as well as every change.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from anxin.contracts.engine import mended
from anxin.kit.text import gettext_noop

# A forged file that somebody uploads is a finding, not a fault of ours to log with a traceback.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
mended.mend()


@dataclass(frozen=True, slots=True)
class SignatureFinding:
    """One signature. intact: the bytes it covers are unchanged; trusted: its certificate hangs on our root and was
    not revoked; allowed: what was added after it, it allowed; whole: it covers the file to the last byte;
    stamped: its time comes from our time stamp."""

    field: str
    signer: str
    intact: bool
    trusted: bool
    allowed: bool
    whole: bool
    signed_at: datetime | None
    stamped: bool
    serial: str = ""

    @property
    def sound(self) -> bool:
        return self.intact and self.trusted and self.allowed and self.stamped


@dataclass(frozen=True, slots=True)
class Findings:
    """`problem` says, in Chinese, why the file could not be read or what is wrong with the whole of it."""

    sha256: str
    signatures: tuple[SignatureFinding, ...] = ()
    problem: str = ""

    @property
    def sound(self) -> bool:
        return not self.problem and bool(self.signatures) and all(s.sound for s in self.signatures)


class _Revision(HistoricalResolver):
    """What the document was before something was added to it.

    To judge a change the validator looks for every way that leads to the changed object. The tags for readers who
    cannot see are four fifths of the objects of a contract; they name pages, elements of text and each other, and a
    page has another way that leads to it. Without them the search takes a fifth of the time.
    """

    def _load_reverse_xref_cache(self) -> None:
        catalogue = self.root
        tags = catalogue.pop("/StructTreeRoot", None)
        try:
            super()._load_reverse_xref_cache()  # type: ignore[no-untyped-call]
        finally:
            if tags is not None:
                catalogue["/StructTreeRoot"] = tags


class _Reader(PdfFileReader):
    def __init__(self, pdf: bytes) -> None:
        super().__init__(io.BytesIO(pdf))
        self._revisions: dict[int, _Revision] = {}

    def get_historical_resolver(self, revision: int) -> HistoricalResolver:
        if revision not in self._revisions:
            self._revisions[revision] = _Revision(self, revision)
        return self._revisions[revision]


def verify(
    pdf: bytes, *, root: bytes, at: datetime, revoked: Mapping[str, datetime] | None = None
) -> Findings:
    """Check every signature in `pdf` against our root certificate (DER) as of `at`. Never raises for bad files.

    `revoked`: serials (hexadecimal) of certificates and since when: what they signed before stays sound.
    """
    digest = sha256(pdf).hexdigest()
    if not pdf.startswith(b"%PDF"):
        return Findings(digest, problem=gettext_noop("这不是 PDF 文件。"))
    try:
        reader = _Reader(pdf)
        found = tuple(_finding(pdf, s, root, at, revoked or {}) for s in reader.embedded_signatures)
    except _BAD_FILE:
        return Findings(digest, problem=gettext_noop("文件已损坏或者被改动，无法读取其中的签名。"))
    if not found:
        return Findings(digest, problem=gettext_noop("文件里没有电子签名。"))
    if not found[-1].whole:
        return Findings(digest, found, problem=gettext_noop("最后一个签名之后又添加了内容，文件已被改动。"))
    return Findings(digest, found)


# A file from anybody can break a parser anywhere; whatever it raises means the same to the reader.
_BAD_FILE = (
    PdfError,
    SignatureValidationError,
    ValidationError,
    PathError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    OSError,
)


def _finding(
    pdf: bytes, embedded: Any, root: bytes, at: datetime, revoked: Mapping[str, datetime]
) -> SignatureFinding:
    def context() -> ValidationContext:
        return ValidationContext(
            trust_roots=[asn1_x509.Certificate.load(root)], moment=at, allow_fetching=False
        )

    status = validate_pdf_signature(
        embedded, signer_validation_context=context(), ts_validation_context=context()
    )
    stamp = status.timestamp_validity
    certificate = status.signing_cert
    serial = f"{certificate.serial_number:x}"
    # Only the time of the stamp counts: who holds a stolen key says of the time whatever they like.
    good = serial not in revoked or bool(stamp and stamp.timestamp < revoked[serial])
    return SignatureFinding(
        field=str(embedded.field_name),
        signer=str(certificate.subject.native.get("common_name", "")),
        intact=bool(status.intact and status.valid and _canonical(pdf, embedded)),
        trusted=bool(status.trusted) and good,
        allowed=bool(status.docmdp_ok),
        whole=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        signed_at=stamp.timestamp if stamp else status.signer_reported_dt,
        stamped=bool(stamp and stamp.intact and stamp.valid and stamp.trusted),
        serial=serial,
    )


def _canonical(pdf: bytes, embedded: Any) -> bool:
    """Whether the signature stands in its room as it was written: one case of letters, then only zeros.

    The room is the one place that no signature covers.
    """
    start, length, after, _ = (int(n) for n in embedded.byte_range)
    room = pdf[start + length : after]
    digits = room[1:-1]
    used = 2 * _der_length(bytes.fromhex(digits.decode("ascii")))
    one_case = digits in (digits.lower(), digits.upper())
    return room[:1] == b"<" and room[-1:] == b">" and one_case and not digits[used:].strip(b"0")


def _der_length(data: bytes) -> int:
    """Bytes taken by the DER value at the start of `data`."""
    first = data[1]
    if first < 0x80:
        return 2 + first
    size = first & 0x7F
    return 2 + size + int.from_bytes(data[2 : 2 + size], "big")
