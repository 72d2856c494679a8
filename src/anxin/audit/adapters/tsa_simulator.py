"""A time-stamp authority that speaks RFC 3161 over HTTP: POST /tsa/ answers a query, GET /tsa/root.pem is its root.

`offset` seconds in the query of the address set its clock wrong; `refuse=1` makes it refuse.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from asn1crypto import core, keys, pem, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from anxin.kit.once import write_once

PREFIX = "/tsa"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)


class Rejection(core.Sequence):  # type: ignore[misc]
    """A TimeStampResp without a token; asn1crypto knows those with one only."""

    _fields = [("status", tsp.PKIStatusInfo)]


async def stamp(request: Request) -> Response:
    """A TimeStampReq in, a TimeStampResp out."""
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

    try:
        asked = tsp.TimeStampReq.load(await request.body(), strict=True)
        known = asked["message_imprint"]["hash_algorithm"]["algorithm"].native in ("sha256", "sha512")
    except (ValueError, TypeError, KeyError):
        known = False
    if not known or request.query_params.get("refuse"):
        status = {"status": "rejection", "status_string": ["refused"], "fail_info": {"bad_request"}}
        return _reply(Rejection({"status": status}).dump())
    _root, certificate, key = _authority()
    late = timedelta(seconds=int(request.query_params.get("offset", "0")))
    now = datetime.now(UTC).replace(microsecond=0)
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(key), fixed_dt=now + late
    )
    return _reply(stamper.request_tsa_response(asked).dump())


async def root(request: Request) -> Response:
    return Response(pem.armor("CERTIFICATE", _authority()[0]), media_type="application/x-pem-file")


def _reply(answer: bytes) -> Response:
    return Response(answer, media_type="application/timestamp-reply")


def _authority() -> tuple[bytes, bytes, bytes]:
    """Root, certificate and key (DER), made with the first question."""
    file = Path(settings.ANXIN_HOME) / "simulators" / "tsa.pem"
    if not file.exists():
        write_once(file, _made())
    root_der, certificate, key = (der for _, _, der in pem.unarmor(file.read_bytes(), multiple=True))
    return root_der, certificate, key


def _made() -> bytes:
    root_key, key = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    root_cert = certificate("模拟时间戳根证书", "模拟时间戳根证书", root_key, root_key, ca=True)
    leaf = certificate("模拟时间戳服务", "模拟时间戳根证书", key, root_key, ca=False)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return root_cert + leaf + private


def certificate(
    name: str, issuer: str, key: rsa.RSAPrivateKey, signer: rsa.RSAPrivateKey, *, ca: bool
) -> bytes:
    """A certificate (PEM) for time-stamps, or with `ca` for certificates."""
    draft = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(SINCE)
        .not_valid_after(SINCE + timedelta(days=365 * 30))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, content_commitment=False,
                key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    if not ca:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        draft = draft.add_extension(usage, critical=True)
    return draft.sign(signer, hashes.SHA256()).public_bytes(Encoding.PEM)


routes = [Route("/", stamp, methods=["POST"]), Route("/root.pem", root)]
