"""Signing and checking PDFs (PAdES B-T, ETSI EN 319 142-1) with pyHanko.

The customer's signature comes first and certifies the document: from then on only the second, prepared field
may be filled in. The agency's seal is an incremental update that locks everything. Any later change shows.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from PIL import Image
from pyhanko.pdf_utils import layout
from pyhanko.pdf_utils.content import ImportedPdfPage, PdfContent
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp.static import StaticStampStyle

from anxin.contracts.engine import mended
from anxin.contracts.engine.certificates import Identity
from anxin.contracts.engine.envelope import (
    OCTETS,
    ONE,
    SECOND,
    attribute,
    encoded,
    issued,
    naming,
    signed_data,
    signer_info,
)
from anxin.contracts.engine.stamps import PlatformTimestamps

mended.mend()
MM = 72 / 25.4
DATA = cms.ContentType("data").dump()
ROOM = 10240
"""Hexadecimal digits kept for one signature with its certificates and time stamp (about 6,000 are used): a fixed
figure saves making every signature twice, once only to measure it."""


class Field(StrEnum):
    CUSTOMER = "customer"
    AGENCY = "agency"
    WORKER = "worker"


TWO, THREE = (Field.CUSTOMER, Field.AGENCY), (Field.CUSTOMER, Field.WORKER, Field.AGENCY)
# Millimetres from the foot of the last page: contract.typ leaves these places free.
BOXES = {Field.CUSTOMER: (24, 30, 84, 62), Field.AGENCY: (116, 25, 156, 65)}
OF_THREE = {
    Field.CUSTOMER: (24, 32, 72, 60),
    Field.WORKER: (80, 32, 128, 60),
    Field.AGENCY: (142, 25, 182, 65),
}


@dataclass(frozen=True, slots=True)
class Stamp:
    """What one signature says beside its picture."""

    reason: str
    location: str = ""


def box(field: Field, fields: Sequence[Field] = TWO) -> tuple[int, int, int, int]:
    places = BOXES if len(fields) == len(TWO) else OF_THREE
    left, low, right, high = (round(v * MM) for v in places[field])
    return left, low, right, high


class _Signer(PdfSigner):
    """A signer whose clock is the act's."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


class _SealContent(ImportedPdfPage):
    """A one-page PDF in memory, drawn as vectors."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__("")  # type: ignore[no-untyped-call]
        self.pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self.pdf)), page_ix=0)
        self.resources.xobject["/Seal"] = page
        left, low, right, high = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(high - low))
        return b"/Seal Do"


def sign(
    pdf: bytes,
    field: Field,
    *,
    identity: Identity,
    stamps: Identity,
    picture: bytes,
    stamp: Stamp,
    at: datetime,
    fields: Sequence[Field] = TWO,
) -> bytes:
    """Sign `pdf` in one of the prepared fields; `picture` is a PNG or a one-page PDF.

    The customer signs the typeset document and with it prepares the places of all `fields`; a worker who is a party
    signs what the customer signed, and the agency last.
    """
    out = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if field is Field.CUSTOMER:
        for each in fields:
            append_signature_field(out, _spec(each, fields))
    meta = PdfSignatureMetadata(
        field_name=str(field),
        reason=stamp.reason,
        location=stamp.location or None,
        name=_subject(identity),
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=field is Field.CUSTOMER,
        docmdp_permissions=MDPPerm.NO_CHANGES if field is Field.AGENCY else MDPPerm.FILL_FORMS,
    )
    clock = PlatformTimestamps(stamps, at)
    signer = _Signer(meta, _Key(identity, clock), timestamper=clock, stamp_style=_style(picture))
    signer.at = at
    made: io.BytesIO = signer.sign_pdf(out, existing_fields_only=True, bytes_reserved=ROOM)
    return made.getvalue()


def _spec(field: Field, fields: Sequence[Field]) -> SigFieldSpec:
    names = {Field.CUSTOMER: "甲方签名", Field.AGENCY: "乙方电子印章", Field.WORKER: "丙方签名"}
    locks: dict[str, Any] = {}
    if field is Field.AGENCY:
        locks = {
            "field_mdp_spec": FieldMDPSpec(action=FieldMDPAction.ALL),
            "doc_mdp_update_value": MDPPerm.NO_CHANGES,
        }
    return SigFieldSpec(
        str(field), on_page=-1, box=box(field, fields), readable_field_name=names[field], **locks
    )


class _Key(Signer):
    """Makes the signature of one identity, with the attributes of PAdES and a time stamp."""

    def __init__(self, identity: Identity, stamps: PlatformTimestamps) -> None:
        # The root is not put in: readers must have it from us, and a copy would be the one part of the signature
        # that nothing protects, so that a changed byte in it would not show.
        super().__init__(signing_cert=asn1_x509.Certificate.load(identity.certificate), embed_roots=False)
        self.identity, self.stamps = identity, stamps

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, *_: Any, **options: Any
    ) -> cms.ContentInfo:
        """The signature over a SHA-256 digest. What else may be asked for is the same in every signature of ours."""
        assert digest_algorithm == "sha256" and self.signing_cert is not None
        attributes = (
            attribute("content_type", DATA),
            attribute("message_digest", encoded(OCTETS, data_digest)),
            naming(self.signing_cert),
        )
        signer, signature = signer_info(self.identity, issued(self.signing_cert), attributes)
        token = self.stamps.token(sha256(signature).digest()).dump()
        stamped = encoded(SECOND, attribute("signature_time_stamp_token", token))
        return signed_data(ONE, DATA, self.identity.certificate, signer + stamped)


def _subject(identity: Identity) -> str:
    found: str = asn1_x509.Certificate.load(identity.certificate).subject.native["common_name"]
    return found


def _style(picture: bytes) -> StaticStampStyle:
    content: PdfContent
    if picture.startswith(b"%PDF"):
        content = _SealContent(picture)
    else:
        content = PdfImage(Image.open(io.BytesIO(picture)))
    return StaticStampStyle(
        background=content,
        border_width=0,
        background_layout=layout.SimpleBoxLayoutRule(
            x_align=layout.AxisAlignment.ALIGN_MID,
            y_align=layout.AxisAlignment.ALIGN_MID,
            margins=layout.Margins.uniform(0),
        ),
    )
