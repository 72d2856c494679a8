"""Tables of accounts."""

from anxin.accounts.models.consents import Consent
from anxin.accounts.models.factors import Challenge, Passkey, RecoveryCode, SignInLink, Totp
from anxin.accounts.models.people import Appointment, Organisation, Person
from anxin.accounts.models.rights import RightRequest, RightRequestMoved
from anxin.accounts.models.sign_in import (
    Code,
    DemoLogin,
    IdentityCheck,
    Lockout,
    PasswordUse,
    SignIn,
    SignInQuerySet,
    limits,
)

__all__ = [
    "Appointment",
    "Challenge",
    "Code",
    "Consent",
    "DemoLogin",
    "IdentityCheck",
    "Lockout",
    "Organisation",
    "Passkey",
    "PasswordUse",
    "Person",
    "RecoveryCode",
    "RightRequest",
    "RightRequestMoved",
    "SignIn",
    "SignInLink",
    "SignInQuerySet",
    "Totp",
    "limits",
]
