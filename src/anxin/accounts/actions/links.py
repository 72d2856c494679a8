"""Links that sign in once: for the first administrators, and for who lost phone and second factor."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts.actions.sign_in import open_sign_in
from anxin.accounts.events import FactorChanged
from anxin.accounts.models import Passkey, Person, RecoveryCode, SignIn, SignInLink, Totp
from anxin.accounts.rules.factors import LINK_LIFE
from anxin.accounts.values import FactorChange
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.errors import Forbidden, NotFound
from anxin.kit.events import announce


class LinkSpent(NotFound):
    code = "link_spent"
    message = _("这个登录链接已经用过或已过期（30 分钟内有效，只能用一次）。请让管理员重新生成。")


@transaction.atomic
def make_link(*, person_id: UUID, by: Actor, at: datetime, appointment_id: UUID | None = None) -> str:
    """The token of a link that signs this person in once within half an hour; only its hash is kept.

    Links given before are void. Only from the terminal: refuses Forbidden for all but the system.
    """
    if not by.is_system:
        raise Forbidden
    token = secrets.token_urlsafe(32)
    SignInLink.objects.filter(person_id=person_id, used_at=None).update(expires_at=at)
    row = SignInLink.objects.create(
        token_hash=sha256(token.encode()),
        person_id=person_id,
        appointment_id=appointment_id,
        created_at=at,
        expires_at=at + LINK_LIFE,
    )
    record("accounts.make_link", by=by, at=at, subject="person", subject_id=person_id,
           detail={"link": str(row.pk)})  # fmt: skip
    return token


@transaction.atomic
def use_link(*, token: str, by: Actor, at: datetime, device: str = "", device_mark: str = "") -> SignIn:
    """Sign in by a link and use it up. Refuses LinkSpent (unknown, used, too old), AccountClosed."""
    found = SignInLink.objects.filter(token_hash=sha256(token.encode()), used_at=None, expires_at__gt=at)
    row = found.first()
    if row is None or not found.update(used_at=at):
        raise LinkSpent
    made, _token = open_sign_in(
        person_id=row.person_id, how="link", by=by, at=at, device=device, device_mark=device_mark
    )
    return made


def link_is_open(token: str, at: datetime) -> bool:
    """Whether a link would still sign in. Looking does not use it up: mail scanners and previews look."""
    return SignInLink.objects.filter(
        token_hash=sha256(token.encode()), used_at=None, expires_at__gt=at
    ).exists()


@transaction.atomic
def reset_factors(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Take all second factors from a person who lost them, and end their sign-ins; they set up new ones.

    Refuses Forbidden for all but the system (`anxin admin reset`).
    """
    if not by.is_system:
        raise Forbidden
    Person.objects.select_for_update().get(pk=person_id)
    for model in (Totp, Passkey, RecoveryCode):
        model.objects.visible_to(by).filter(person_id=person_id).delete()
    SignIn.objects.filter(person_id=person_id, ended_at=None).update(ended_at=at, token_hash=None)
    record("accounts.reset_factors", by=by, at=at, subject="person", subject_id=person_id)
    announce(FactorChanged(person_id, FactorChange.RESET, at))


def forget_links(*, at: datetime) -> int:
    """Drop links that ran out a day ago (the audit trail keeps that they were)."""
    return SignInLink.objects.filter(expires_at__lt=at - 48 * LINK_LIFE).delete()[0]
