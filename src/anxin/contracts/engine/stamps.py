"""Time stamps (RFC 3161) from the platform's own key, at the time of the act, under the platform's own policy.

A token is put together from encoded parts, of which most are the same in every token: to build and encode it as a
tree of objects took half the time of a signature.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce

from anxin.contracts.engine.certificates import POLICY, Identity, load_key

SEQUENCE, SET, OCTETS = 0x30, 0x31, 0x04
FIRST = 0xA0
"""The tag [0], of what is optional or may be of several kinds."""
DIGEST = algos.DigestAlgorithm({"algorithm": "sha256"}).dump()
SIGNED_BY = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}).dump()
CONTENT = cms.ContentType("tst_info").dump()
ONE, THREE = core.Integer(1).dump(), core.Integer(3).dump()


def encoded(tag: int, *parts: bytes) -> bytes:
    """One DER value."""
    body = b"".join(parts)
    if len(body) < 0x80:
        return bytes((tag, len(body))) + body
    size = (len(body).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(body).to_bytes(size, "big") + body


def _attribute(kind: str, value: bytes) -> bytes:
    return encoded(SEQUENCE, cms.CMSAttributeType(kind).dump(), encoded(SET, value))


@lru_cache(maxsize=8)
def _standing(certificate: bytes) -> tuple[bytes, bytes, bytes]:
    """What tokens under one certificate share: the attribute that names it, who signs, the authority's name."""
    loaded = asn1_x509.Certificate.load(certificate)
    named = _attribute("signing_certificate_v2", as_signing_certificate_v2(loaded).dump())
    by = encoded(SEQUENCE, loaded.issuer.dump(), core.Integer(loaded.serial_number).dump())
    authority = asn1_x509.GeneralName(name="directory_name", value=loaded.subject).dump()
    return named, by, encoded(FIRST, authority)


class PlatformTimestamps(TimeStamper):
    """The authority of the time stamps, in this process."""

    def __init__(self, identity: Identity, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.identity, self.at = identity, at

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """The token (cms.ContentInfo) for a SHA-256 digest."""
        assert md_algorithm == "sha256"
        named, by, authority = _standing(self.identity.certificate)
        info = encoded(
            SEQUENCE,
            ONE,
            tsp.ObjectIdentifier(POLICY.dotted_string).dump(),
            encoded(SEQUENCE, DIGEST, encoded(OCTETS, message_digest)),
            core.Integer(get_nonce()).dump(),
            core.GeneralizedTime(self.at).dump(),
            authority,
        )
        attributes = (
            _attribute("content_type", CONTENT),
            _attribute("signing_time", core.UTCTime(self.at).dump()),
            _attribute("message_digest", encoded(OCTETS, sha256(info).digest())),
            named,
        )
        signed = b"".join(sorted(attributes))
        signature = load_key(self.identity.key).sign(encoded(SET, signed), ec.ECDSA(hashes.SHA256()))
        signer = encoded(
            SEQUENCE, ONE, by, DIGEST, encoded(FIRST, signed), SIGNED_BY, encoded(OCTETS, signature)
        )
        data = encoded(
            SEQUENCE,
            THREE,
            encoded(SET, DIGEST),
            encoded(SEQUENCE, CONTENT, encoded(FIRST, encoded(OCTETS, info))),
            encoded(FIRST, self.identity.certificate),
            encoded(SET, signer),
        )
        return cms.ContentInfo.load(
            encoded(SEQUENCE, cms.ContentType("signed_data").dump(), encoded(FIRST, data))
        )
