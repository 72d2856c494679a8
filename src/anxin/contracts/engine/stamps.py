"""Time stamps (RFC 3161) from the platform's own key, at the time of the act, under the platform's own policy."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import cms, core, tsp
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.timestamps.common_utils import get_nonce

from anxin.contracts.engine.certificates import POLICY, Identity
from anxin.contracts.engine.envelope import (
    DIGEST,
    FIRST,
    OCTETS,
    ONE,
    SEQUENCE,
    attribute,
    encoded,
    issued,
    naming,
    signed_data,
    signer_info,
)

CONTENT = cms.ContentType("tst_info").dump()
THREE = core.Integer(3).dump()


@lru_cache(maxsize=8)
def _standing(certificate: bytes) -> tuple[bytes, bytes, bytes]:
    """What tokens under one certificate share: the attribute that names it, who signs, the authority's name."""
    loaded = asn1_x509.Certificate.load(certificate)
    authority = asn1_x509.GeneralName(name="directory_name", value=loaded.subject).dump()
    return naming(loaded), issued(loaded), encoded(FIRST, authority)


class PlatformTimestamps(TimeStamper):
    """The authority of the time stamps, in this process."""

    def __init__(self, identity: Identity, at: datetime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.identity, self.at = identity, at

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
        """The token (cms.ContentInfo) for a SHA-256 digest."""
        assert md_algorithm == "sha256"
        return self.token(message_digest)

    def token(self, message_digest: bytes) -> cms.ContentInfo:
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
            attribute("content_type", CONTENT),
            attribute("signing_time", core.UTCTime(self.at).dump()),
            attribute("message_digest", encoded(OCTETS, sha256(info).digest())),
            named,
        )
        signer, _ = signer_info(self.identity, by, attributes)
        content = CONTENT + encoded(FIRST, encoded(OCTETS, info))
        return signed_data(THREE, content, self.identity.certificate, signer)
