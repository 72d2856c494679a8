"""Agreeing to one text for one purpose, taking it back, and asking for it where what it is about is taken."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.closing import lock
from anxin.accounts.events import ConsentWithdrawn
from anxin.accounts.models import Consent
from anxin.accounts.values.consents import ASKED, CONSENT_FIELD, Purpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce


class TextChanged(Conflict):
    code = "consent_text_changed"
    message = _("这份同意书刚刚更新过，请重新阅读后再决定。")


class ConsentNeeded(Invalid):
    code = "consent_needed"
    message = _("要提交%(what)s，需要您单独同意：请阅读说明，愿意就勾选后再提交。不同意不影响其他功能。")


class ConsentOfAnother(Forbidden):
    code = "consent_of_another"
    message = _("本人还没有同意收集%(what)s，别人不能代为同意。请本人在手机上打开“我的同意”自己决定。")


@transaction.atomic
def give_consent(*, purpose: Purpose, version: int, by: Actor, at: datetime) -> Consent:
    """Agree to the text of a version for one purpose. What was in force for an earlier one ends with it.

    Refuses TextChanged when the version read is not the one in force. Safe to run twice.
    Source: 个人信息保护法 art. 14, 29.
    """
    asked = ASKED[purpose]
    if version != asked.now.version:
        raise TextChanged(field=CONSENT_FIELD + purpose)
    lock(by.person)
    row = queries.consent_in_force(by.person, purpose)
    if row is not None and row.version == version:
        return row
    if row is not None:
        Consent.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_channel=by.channel)
    row = Consent.objects.create(
        person_id=by.person, purpose=purpose, version=version, text_hash=asked.now.digest, given_at=at,
        channel=by.channel,
    )  # fmt: skip
    record("accounts.give_consent", by=by, at=at, subject="consent", subject_id=row.pk,
           detail={"purpose": purpose, "version": version, "text": asked.now.digest})  # fmt: skip
    return row


@transaction.atomic
def withdraw_consent(*, purpose: Purpose, by: Actor, at: datetime) -> Consent:
    """Take a consent back; what it allowed ends at once. Refuses NotFound when there is none in force.

    Source: 个人信息保护法 art. 15, 47.
    """
    lock(by.person)
    row = queries.consent_in_force(by.person, purpose)
    if row is None:
        raise NotFound
    Consent.objects.filter(pk=row.pk).update(withdrawn_at=at, withdrawn_channel=by.channel)
    row.refresh_from_db()
    record("accounts.withdraw_consent", by=by, at=at, subject="consent", subject_id=row.pk,
           detail={"purpose": purpose, "version": row.version})  # fmt: skip
    announce(ConsentWithdrawn(by.person, purpose, at))
    return row


def ask_consent(*, purpose: Purpose, person_id: UUID, version: int | None, by: Actor, at: datetime) -> None:
    """Before what the purpose is about is taken of a person: their consent to the present text, given now or before.

    `version`: what the person ticked. Refuses ConsentNeeded, TextChanged; ConsentOfAnother: nobody agrees for others.
    Source: 个人信息保护法 art. 29.
    """
    if queries.consented(person_id, purpose):
        return
    what = _text(ASKED[purpose].title)
    if by.person_id != person_id:
        raise ConsentOfAnother(what=what)
    if version is None:
        raise ConsentNeeded(field=CONSENT_FIELD + purpose, what=what)
    give_consent(purpose=purpose, version=version, by=by, at=at)
