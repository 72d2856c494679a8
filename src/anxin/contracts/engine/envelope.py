"""Signatures and time stamps (CMS, RFC 5652) put together from encoded parts, of which most are the same in each.

To build and encode them as trees of objects took half the time of a signature.
"""

from __future__ import annotations

from asn1crypto import algos, cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2

from anxin.contracts.engine.certificates import Identity, load_key

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
FIRST, SECOND = 0xA0, 0xA1
"""The tags [0] and [1], of what is optional or may be of several kinds."""
DIGEST = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
SIGNED_BY = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
ONE = core.Integer(1).dump()


def encoded(tag: int, *parts: bytes) -> bytes:
    """One DER value."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def attribute(kind: str, value: bytes) -> bytes:
    return encoded(SEQUENCE, cms.CMSAttributeType(kind).dump(), encoded(SET, value))


def naming(certificate: asn1_x509.Certificate) -> bytes:
    """The attribute that names the certificate, so that no other can be put in its place."""
    return attribute("signing_certificate_v2", as_signing_certificate_v2(certificate).dump())


def issued(certificate: asn1_x509.Certificate) -> bytes:
    """Who signs: by whom their certificate was issued, and its number."""
    return encoded(SEQUENCE, certificate.issuer.dump(), core.Integer(certificate.serial_number).dump())


def signer_info(identity: Identity, by: bytes, attributes: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """The signer's part without its last brackets, in which more may follow, and the bare signature in it."""
    # In order, as the set's encoding wants it.
    signed = b"".join(sorted(attributes))
    signature = load_key(identity.key).sign(encoded(SET, signed), ec.ECDSA(hashes.SHA256()))
    return ONE + by + DIGEST + encoded(FIRST, signed) + SIGNED_BY + encoded(OCTETS, signature), signature


def signed_data(version: bytes, content: bytes, certificate: bytes, signer: bytes) -> cms.ContentInfo:
    """The whole."""
    data = encoded(
        SEQUENCE, version, encoded(SET, DIGEST), encoded(SEQUENCE, content), encoded(FIRST, certificate),
        encoded(SET, encoded(SEQUENCE, signer)),
    )  # fmt: skip
    return cms.ContentInfo.load(
        encoded(SEQUENCE, cms.ContentType("signed_data").dump(), encoded(FIRST, data))
    )
