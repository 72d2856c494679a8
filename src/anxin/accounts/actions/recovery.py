"""Recovery codes: ten to write down, each good once when the phone or the key is lost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from anxin.accounts import queries
from anxin.accounts.events import FactorChanged
from anxin.accounts.models import RecoveryCode
from anxin.accounts.rules.factors import new_recovery_codes, normal_recovery
from anxin.accounts.values import FactorChange
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import hmac_sign, signed_by_us
from anxin.kit.errors import NotFound
from anxin.kit.events import announce

PURPOSE = "recovery_code"


@transaction.atomic
def issue_codes(*, by: Actor, at: datetime, only_if_none: bool = False) -> list[str]:
    """Ten new codes in place of all before; they are shown once, only their keyed hashes are kept.

    With `only_if_none` nothing happens (and nothing is returned) if the person has codes. Refuses NotFound for who
    has no second factor that they could replace.
    """
    mine = RecoveryCode.objects.visible_to(by).select_for_update().filter(person_id=by.person)
    if only_if_none and mine.filter(used_at=None).exists():
        return []
    if not queries.has_factor(by.person):
        raise NotFound
    mine.delete()
    texts = new_recovery_codes()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person_id=by.person, code_hash=_hash(by.person, text), created_at=at) for text in texts
    )
    record("accounts.issue_recovery_codes", by=by, at=at, subject="person", subject_id=by.person)
    if not only_if_none:
        announce(FactorChanged(by.person, FactorChange.CODES_ISSUED, at))
    return texts


def use_recovery(*, person_id: UUID, code: str, at: datetime) -> bool:
    """Whether this is a recovery code of the person that was not used yet. It is used up by that."""
    text = normal_recovery(code)
    if not text:
        return False
    message = _message(person_id, text)
    found = None
    for row in RecoveryCode.objects.filter(person_id=person_id, used_at=None):
        if signed_by_us(PURPOSE, message, bytes(row.code_hash)):
            found = row
    if found is None:
        return False
    if not RecoveryCode.objects.filter(pk=found.pk, used_at=None).update(used_at=at):
        return False
    announce(FactorChanged(person_id, FactorChange.CODE_USED, at))
    return True


def drop_codes_if_last(person_id: UUID) -> None:
    """Codes replace a factor: with the last factor they go as well."""
    if not queries.has_factor(person_id):
        RecoveryCode.objects.filter(person_id=person_id).delete()


def _hash(person_id: UUID, text: str) -> bytes:
    return hmac_sign(PURPOSE, _message(person_id, normal_recovery(text)))


def _message(person_id: UUID, text: str) -> bytes:
    return f"{person_id}:{text}".encode()
