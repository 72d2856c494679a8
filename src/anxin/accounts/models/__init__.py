"""Tables of accounts."""

from anxin.accounts.models.people import Appointment, Organisation, Person
from anxin.accounts.models.sign_in import (
    Code,
    DemoLogin,
    IdentityCheck,
    Lockout,
    PasswordUse,
    SignIn,
    SignInQuerySet,
)

__all__ = [
    "Appointment",
    "Code",
    "DemoLogin",
    "IdentityCheck",
    "Lockout",
    "Organisation",
    "PasswordUse",
    "Person",
    "SignIn",
    "SignInQuerySet",
]
