"""Certificates of the platform's own authority: root, time stamps, seals of organisations, one act of a person.

The authority is the platform's own and not licensed (《电子签名法》第十六条 is about licensed ones); every
certificate says so in its issuer, in its policy notice, and the pages repeat it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LABEL = "平台自建，非持牌CA"
ROOT_NAME = f"安心平台签名根证书（{LABEL}）"
STAMP_NAME = f"安心平台时间戳（{LABEL}）"
# An arc made from a UUID (ITU-T X.667) needs nobody's registration; nobody else's policy is claimed.
POLICY = x509.ObjectIdentifier("2.25.217409633189471822946580153044386274911")
NAME_LIMIT = 64  # bytes that fit into a common name (X.520 upper bound)
ROOT_YEARS, SEAL_YEARS, ACT_YEARS, STAMP_YEARS = 20, 3, 10, 15
EARLY = timedelta(minutes=5)  # clocks of readers differ a little
LIST_LIFE = timedelta(days=7)  # a reader asks again after that at the latest

Key = ec.EllipticCurvePrivateKey


class Use(StrEnum):
    ROOT = "root"
    STAMP = "stamp"
    SEAL = "seal"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate names. `reference` tells two of the same name apart; it is no identity number."""

    name: str
    reference: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its private key, both DER, and the root above it."""

    certificate: bytes
    key: bytes
    root: bytes

    @property
    def serial(self) -> str:
        return f"{x509.load_der_x509_certificate(self.certificate).serial_number:x}"

    @property
    def until(self) -> datetime:
        return x509.load_der_x509_certificate(self.certificate).not_valid_after_utc

    @property
    def fingerprint(self) -> str:
        return x509.load_der_x509_certificate(self.certificate).fingerprint(hashes.SHA256()).hex()


def make_root(at: datetime) -> Identity:
    """A new self-signed root: P-256, usable for certificates and revocation lists only."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(Subject(ROOT_NAME, organisation="安心家政服务数字化平台"))
    draft = _draft(name, name, key, key, Use.ROOT, at, ROOT_YEARS)
    certificate = draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return Identity(certificate, _der(key), certificate)


def issue(root: Identity, subject: Subject, use: Use, at: datetime, *, revoked_at: str = "") -> Identity:
    """A certificate for one use under `root`, with a new key of its own.

    `revoked_at`: the address of the revocation list, for a certificate that may be revoked.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    years = {Use.STAMP: STAMP_YEARS, Use.SEAL: SEAL_YEARS}.get(use, ACT_YEARS)
    above = x509.load_der_x509_certificate(root.certificate)
    above_key = load_key(root.key)
    draft = _draft(_name(subject), above.subject, key, above_key, use, at, years)
    if revoked_at:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(revoked_at)], None, None, None)
        draft = draft.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    made = draft.sign(above_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    return Identity(made, _der(key), root.certificate)


def revocation_list(root: Identity, revoked: Iterable[tuple[str, datetime]], at: datetime) -> bytes:
    """The list (DER, RFC 5280) of certificates that are revoked: hexadecimal serial and moment of each."""
    above = x509.load_der_x509_certificate(root.certificate)
    key = load_key(root.key)
    start = at.astimezone(UTC).replace(microsecond=0)
    draft = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(above.subject)
        .last_update(start)
        .next_update(start + LIST_LIFE)
        # Counts up with time: a later list always has the higher number.
        .add_extension(x509.CRLNumber(int(start.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for serial, since in revoked:
        one = x509.RevokedCertificateBuilder(int(serial, 16), since.astimezone(UTC).replace(microsecond=0))
        draft = draft.add_revoked_certificate(one.build())
    return draft.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def load_key(der: bytes) -> Key:
    return cast(Key, serialization.load_der_private_key(der, password=None))


def common_name(name: str) -> str:
    """`name` cut at whole characters to what a common name can hold; the organisation field keeps all of it."""
    while len(name.encode()) > NAME_LIMIT:
        name = name[:-1]
    return name


def _name(subject: Subject) -> x509.Name:
    parts = [(NameOID.COUNTRY_NAME, "CN")]
    if subject.organisation:
        parts.append((NameOID.ORGANIZATION_NAME, subject.organisation))
    parts.append((NameOID.COMMON_NAME, common_name(subject.name)))
    if subject.reference:
        parts.append((NameOID.SERIAL_NUMBER, subject.reference))
    return x509.Name([x509.NameAttribute(oid, words, _validate=False) for oid, words in parts])


def _draft(
    subject: x509.Name, issuer: x509.Name, key: Key, issuer_key: Key, use: Use, at: datetime, years: int
) -> x509.CertificateBuilder:
    start = at.astimezone(UTC).replace(microsecond=0) - EARLY
    root = use is Use.ROOT
    draft = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(ca=root, path_length=0 if root else None), critical=True)
        .add_extension(_usage(use), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if not root:
        notice = x509.UserNotice(notice_reference=None, explicit_text=LABEL)
        policy = x509.PolicyInformation(POLICY, [notice])
        draft = draft.add_extension(x509.CertificatePolicies([policy]), critical=False)
    if use is Use.STAMP:
        draft = draft.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return draft


def _usage(use: Use) -> x509.KeyUsage:
    root = use is Use.ROOT
    return x509.KeyUsage(
        digital_signature=not root,
        content_commitment=not root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=root,
        crl_sign=root,
        encipher_only=False,
        decipher_only=False,
    )


def _der(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
