"""The end of an account, a corrected name, and a lock on one person: for the area that guards personal data."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from anxin.accounts.actions.identity import clean_name
from anxin.accounts.events import NameCorrected
from anxin.accounts.models import Appointment, Person, SignIn
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.events import announce


def lock(person_id: UUID) -> None:
    """Hold one person's row until the transaction ends, so that what is counted of them is counted once."""
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person_id)


@transaction.atomic
def correct_name(*, person_id: UUID, name: str, by: Actor, at: datetime) -> Person:
    """Write the name that a check has shown to be right. Refuses NameMalformed. Source: 个人信息保护法 art. 46."""
    row: Person = Person.objects.select_for_update(no_key=True).get(pk=person_id)
    row.name = clean_name(name)
    row.save(update_fields=["name"])
    record("accounts.correct_name", by=by, at=at, subject="person", subject_id=person_id)
    announce(NameCorrected(person_id))
    return row


@transaction.atomic
def end_account(*, person_id: UUID, by: Actor, at: datetime) -> None:
    """Nobody signs in as this person any more, and they hold no post. Safe to run twice."""
    Person.objects.filter(pk=person_id).update(is_active=False, password=make_password(None), last_login=None)
    SignIn.objects.filter(person_id=person_id, ended_at=None).update(ended_at=at, token_hash=None)
    for post in Appointment.objects.filter(person_id=person_id, period__contains=at):
        post.period = DateTimeTZRange(post.period.lower, at)
        post.save(update_fields=["period"])
    record("accounts.end_account", by=by, at=at, subject="person", subject_id=person_id)
