"""Agreeing to one text for one purpose, and taking it back: each in one step."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.contracts import public as contracts
from anxin.governance.models import Consent
from anxin.governance.queries import consents
from anxin.governance.values.consents import ASKED, FOR_THE_CODE, Purpose
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, Forbidden, NotFound
from anxin.safetycode import public as safetycode
from anxin.workers import public as workers


class TextChanged(Conflict):
    code = "consent_text_changed"
    message = _("这份同意书刚刚更新过，请重新阅读后再决定。")


class ConsentTakenBack(Forbidden):
    code = "consent_taken_back"
    message = _("您撤回了对签名笔迹的同意，不能在线手写签名。可在“我的个人信息—我的同意”里重新同意。")


@transaction.atomic
def give(*, purpose: Purpose, version: int, by: Actor, at: datetime) -> Consent:
    """Agree to the text of a version for one purpose. What was in force for an earlier one ends with it.

    Refuses TextChanged when the version read is not the one in force. Safe to run twice.
    Source: 个人信息保护法 art. 14, 29.
    """
    asked = ASKED[purpose]
    if version != asked.now.version:
        raise TextChanged
    accounts.lock(by.person)
    row = consents.in_force(by.person, purpose)
    if row is not None and row.version == version:
        return row
    if row is not None:
        Consent.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_channel=by.channel)
    row = Consent.objects.create(
        person_id=by.person, purpose=purpose, version=version, text_hash=asked.now.digest, given_at=at,
        channel=by.channel,
    )  # fmt: skip
    record("governance.consent", by=by, at=at, subject="consent", subject_id=row.pk,
           detail={"purpose": purpose, "version": version, "text": asked.now.digest})  # fmt: skip
    return row


@transaction.atomic
def take_back(*, purpose: Purpose, by: Actor, at: datetime) -> Consent:
    """Take a consent back; what it allowed ends at once. Refuses NotFound when there is none in force.

    Source: 个人信息保护法 art. 15, 47.
    """
    accounts.lock(by.person)
    row = consents.in_force(by.person, purpose)
    if row is None:
        raise NotFound
    Consent.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_channel=by.channel)
    row.refresh_from_db()
    record("governance.take_back_consent", by=by, at=at, subject="consent", subject_id=row.pk,
           detail={"purpose": purpose, "version": row.version})  # fmt: skip
    if purpose in FOR_THE_CODE:
        _suspend_code(by.person, at)
    if purpose is Purpose.LOCATION:
        _scans().filter(by_person=by.person).update(place=None)
    return row


def _suspend_code(person_id: UUID, at: datetime) -> None:
    worker = workers.worker_of(person_id)
    code = safetycode.code_of(worker.pk) if worker else None
    if worker and code and "suspend" in code.MACHINE.verbs(code.state):
        safetycode.suspend(worker_id=worker.pk, why="本人撤回了单独同意", by=SYSTEM, at=at)


def _scans() -> Any:
    return apps.get_model("safetycode.Scan")._base_manager


def drop_place(*, scan_id: UUID, by_person: UUID | None) -> None:
    """Do not keep where somebody scanned who took their consent to it back."""
    if by_person and consents.took_back(by_person, Purpose.LOCATION):
        _scans().filter(pk=scan_id).update(place=None)


def check_handwriting(*, contract_id: UUID) -> None:
    """Refuse the signature of somebody who took their consent to it back. Refuses: ConsentTakenBack."""
    person_id = contracts.Contract.objects.values_list("person_id", flat=True).get(pk=contract_id)
    if person_id and consents.took_back(person_id, Purpose.HANDWRITING):
        raise ConsentTakenBack
