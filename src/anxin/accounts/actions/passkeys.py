"""Passkeys (WebAuthn level 2): register, sign in or confirm by one, name, remove."""

from __future__ import annotations

import json
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from anxin.accounts.actions.proof import note_proof
from anxin.accounts.actions.recovery import drop_codes_if_last, issue_codes
from anxin.accounts.events import FactorChanged
from anxin.accounts.models import Challenge, Passkey, Person
from anxin.accounts.rules.factors import CHALLENGE_LIFE, MOST_PASSKEYS
from anxin.accounts.values import FactorChange, FactorKind
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.masks import mask_phone


class PasskeyRefused(Invalid):
    code = "passkey_refused"
    message = _("通行密钥没有通过验证。请再试一次，或改用其他方式。")


class PasskeyTaken(Conflict):
    code = "passkey_taken"
    message = _("这个通行密钥已经登记过了。")


class TooManyPasskeys(Conflict):
    code = "too_many_passkeys"
    message = _("通行密钥最多登记 10 个，请先移除不用的。")


class PasskeyNameMissing(Invalid):
    code = "passkey_name_missing"
    message = _("请给这个通行密钥起个名字，例如“办公电脑”，不超过 40 个字。")


def relying_party() -> str:
    """The domain to which passkeys are bound: that of the product's own address."""
    return urlsplit(settings.ANXIN_ORIGIN).hostname or "localhost"


def origins() -> list[str]:
    """Who may bring an answer: our own pages, and the apps that the operator names."""
    return [settings.ANXIN_ORIGIN, *settings.ANXIN_PASSKEY_ORIGINS]


@transaction.atomic
def ask_new_passkey(*, by: Actor, at: datetime) -> str:
    """What the browser needs to make a passkey (JSON for navigator.credentials.create). Refuses TooManyPasskeys."""
    person = Person.objects.visible_to(by).get(pk=by.person)
    known = list(Passkey.objects.visible_to(by).filter(person_id=by.person))
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    row = _challenge("register", by.person, at)
    shown = person.name or mask_phone(person.phone)
    return options_to_json(
        generate_registration_options(
            rp_id=relying_party(),
            rp_name="安心家政",
            user_id=person.pk.bytes,
            user_name=mask_phone(person.phone),
            user_display_name=shown,
            challenge=bytes(row.asked),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[_descriptor(one) for one in known],
        ),
    )


def add_passkey(
    *, credential: str, name: str, by: Actor, at: datetime, sign_in_id: UUID | None = None
) -> tuple[Passkey, list[str]]:
    """Register the passkey the browser made; returns it, and recovery codes if the person had none (shown once).

    Refuses PasskeyNameMissing, PasskeyRefused, PasskeyTaken, TooManyPasskeys.
    """
    if not 1 <= len(name.strip()) <= 40:
        raise PasskeyNameMissing(field="name")
    asked = _take(credential, "register", by.person, at)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=asked,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused from None
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.person)
        if Passkey.objects.visible_to(by).filter(person_id=by.person).count() >= MOST_PASSKEYS:
            raise TooManyPasskeys
        row = Passkey(
            person_id=by.person,
            name=name.strip(),
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            transports=_transports(credential),
            aaguid=made.aaguid,
            backed_up=made.credential_backed_up,
            created_at=at,
        )
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError:
            raise PasskeyTaken from None
        record("accounts.add_passkey", by=by, at=at, subject="passkey", subject_id=row.pk)
        announce(FactorChanged(by.person, FactorChange.PASSKEY_ADDED, at))
        note_proof(sign_in_id=sign_in_id, how=FactorKind.PASSKEY, by=by, at=at)
        return row, issue_codes(by=by, at=at, only_if_none=True)


@transaction.atomic
def ask_passkey(*, purpose: str, at: datetime, person_id: UUID | None = None) -> str:
    """What the browser needs to sign with a passkey (JSON for navigator.credentials.get).

    purpose "sign_in": whoever has a passkey of this house; "second": one of this person's.
    """
    row = _challenge(purpose, person_id, at)
    known = Passkey.objects.filter(person_id=person_id) if person_id else []
    return options_to_json(
        generate_authentication_options(
            rp_id=relying_party(),
            challenge=bytes(row.asked),
            allow_credentials=[_descriptor(one) for one in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )


def use_passkey(
    *, credential: str, purpose: str, by: Actor, at: datetime, person_id: UUID | None = None
) -> Passkey:
    """The passkey that signed our challenge, once. Refuses PasskeyRefused: unknown, of somebody else, another origin,
    without verification of the user, an old challenge, or a counter that went backwards (a copied key)."""
    asked = _take(credential, purpose, person_id, at)
    known = Passkey.objects.filter(credential_id=_raw_id(credential)).select_related("person")
    row: Passkey | None = known.first()
    if row is None or (person_id is not None and row.person_id != person_id) or not row.person.is_active:
        raise PasskeyRefused
    try:
        done = verify_authentication_response(
            credential=credential,
            expected_challenge=asked,
            expected_rp_id=relying_party(),
            expected_origin=origins(),
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        record("accounts.passkey_refused", by=by, at=at, subject="passkey", subject_id=row.pk)
        raise PasskeyRefused from None
    # The counter is compared once more in the statement: two answers with one count are one too many.
    counted = Passkey.objects.filter(pk=row.pk, sign_count=row.sign_count)
    if not counted.update(sign_count=done.new_sign_count, used_at=at):
        raise PasskeyRefused
    return row


@transaction.atomic
def rename_passkey(*, passkey_id: UUID, name: str, by: Actor, at: datetime) -> None:
    """Give one of one's passkeys another name. Refuses NotFound, PasskeyNameMissing."""
    if not 1 <= len(name.strip()) <= 40:
        raise PasskeyNameMissing(field="name")
    if not Passkey.objects.visible_to(by).filter(pk=passkey_id).update(name=name.strip()):
        raise NotFound
    record("accounts.rename_passkey", by=by, at=at, subject="passkey", subject_id=passkey_id)


@transaction.atomic
def remove_passkey(*, passkey_id: UUID, by: Actor, at: datetime) -> None:
    """Take one of one's passkeys away. Refuses NotFound."""
    if not Passkey.objects.visible_to(by).filter(pk=passkey_id).delete()[0]:
        raise NotFound
    drop_codes_if_last(by.person)
    record("accounts.remove_passkey", by=by, at=at, subject="passkey", subject_id=passkey_id)
    announce(FactorChanged(by.person, FactorChange.PASSKEY_REMOVED, at))


def forget_challenges(*, at: datetime) -> int:
    """Drop challenges that nobody answered in time."""
    return Challenge.objects.filter(created_at__lt=at - CHALLENGE_LIFE).delete()[0]


def _challenge(purpose: str, person_id: UUID | None, at: datetime) -> Challenge:
    return Challenge.objects.create(
        purpose=purpose, person_id=person_id, asked=secrets.token_bytes(32), created_at=at
    )


def _take(credential: str, purpose: str, person_id: UUID | None, at: datetime) -> bytes:
    """The challenge this answer says it signs, taken away: an answer sent again finds none."""
    try:
        said = parse_client_data_json(
            base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"])
        ).challenge
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused from None
    found = Challenge.objects.filter(asked=said, purpose=purpose, created_at__gt=at - CHALLENGE_LIFE)
    found = found.filter(person_id=person_id) if person_id else found.filter(person=None)
    if not found.delete()[0]:
        raise PasskeyRefused
    return said


def _raw_id(credential: str) -> bytes:
    try:
        return base64url_to_bytes(json.loads(credential)["id"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused from None


def _transports(credential: str) -> list[str]:
    try:
        told: Any = json.loads(credential)["response"].get("transports", [])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PasskeyRefused from None
    return (
        [one for one in told if isinstance(one, str) and len(one) <= 20][:8] if isinstance(told, list) else []
    )


def _descriptor(row: Passkey) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(id=bytes(row.credential_id))
