"""Who issues the certificates to sign with.

Built in is the platform's own authority (平台自建，非持牌CA). A licensed electronic-certification provider
(《电子签名法》第十六条) comes in by a class of the same two methods, named in ANXIN_CERTIFICATE_AUTHORITY as
"module:Class"; what signs, verifies and records does not change.
"""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from anxin.contracts.engine.certificates import LABEL, Identity, Subject, Use, issue


class CertificateAuthority(Protocol):
    """`label` is shown wherever a signature is shown; `licensed` says whether the provider holds a licence."""

    label: str
    licensed: bool

    def for_act(self, subject: Subject, *, root: Identity, at: datetime) -> Identity:
        """A certificate and key for one signing act of a person."""

    def for_seal(self, subject: Subject, *, root: Identity, at: datetime) -> Identity:
        """A certificate and key for the seal of an organisation."""


class BuiltIn:
    """The platform's own authority. A key of one act is destroyed with the act; a seal's may be revoked."""

    label = LABEL
    licensed = False

    def for_act(self, subject: Subject, *, root: Identity, at: datetime) -> Identity:
        return issue(root, subject, Use.ACT, at)

    def for_seal(self, subject: Subject, *, root: Identity, at: datetime) -> Identity:
        return issue(root, subject, Use.SEAL, at, revoked_at=f"{settings.ANXIN_ORIGIN}/verify/revoked/")


def authority() -> CertificateAuthority:
    """The configured authority; the built-in one unless the operator names another."""
    name = str(getattr(settings, "ANXIN_CERTIFICATE_AUTHORITY", ""))
    if not name:
        return BuiltIn()
    module, _, attribute = name.partition(":")
    return cast(CertificateAuthority, getattr(import_module(module), attribute)())
