"""The only writers of text messages."""

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.kit import jobs
from anxin.kit.errors import Invalid
from anxin.kit.masks import mask_phone
from anxin.messaging.adapters import sms
from anxin.messaging.models import SmsMessage
from anxin.messaging.rules import is_final, useless_at, wait
from anxin.messaging.states import SmsState
from anxin.messaging.values import SmsTemplate, templates

log = logging.getLogger(__name__)
_PHONE = re.compile(r"1[3-9]\d{9}")
DELIVER = "messaging.deliver"
# A parameter longer than this is refused by the provider.
_PARAM_CHARS = 60


class PhoneMalformed(Invalid):
    code = "phone_malformed"
    message = _("手机号码应为 11 位数字，以 1 开头。")


@dataclass(frozen=True)
class Sms:
    """A message to queue: to whom, and what fills the template's places."""

    phone: str
    params: Mapping[str, str]


def queue(
    messages: Sequence[Sms], *, template: SmsTemplate, at: datetime, due_at: datetime | None = None
) -> list[UUID]:
    """Queue messages of one template, to be sent by jobs at `due_at` (at once if None). Returns their ids.

    Refuses a number that is no Chinese mobile number. Raises ValueError if a place of the template is not filled:
    that is a mistake of the caller.
    """
    rows = [_row(message, template, due_at or at, at) for message in messages]
    # No savepoint of its own: it is part of what the caller does, and fails with it.
    with transaction.atomic(savepoint=False):
        SmsMessage.objects.bulk_create(rows)
        for row in rows:
            jobs.defer(DELIVER, run_at=due_at, message_id=str(row.id))
    return [row.id for row in rows]


def _row(message: Sms, template: SmsTemplate, due_at: datetime, at: datetime) -> SmsMessage:
    if not _PHONE.fullmatch(message.phone):
        raise PhoneMalformed(field="phone")
    if missing := template.places - message.params.keys():
        raise ValueError(f"SMS template {template.name} lacks {sorted(missing)}")
    return SmsMessage(
        phone=message.phone,
        phone_masked=mask_phone(message.phone),
        template=template.name,
        params={place: str(message.params[place])[:_PARAM_CHARS] for place in template.places},
        due_at=due_at,
        created_at=at,
    )


@transaction.atomic
def deliver(*, message_id: UUID, at: datetime) -> SmsState | None:
    """Hand a queued message to the provider; on failure try again later: after a refusal five times in all, for a
    day while the provider is away, a code no longer than it lives.

    Safe to run twice: what is sent, given up, or being sent by another worker is left alone (None).
    """
    row = (
        SmsMessage.objects.select_for_update(skip_locked=True)
        .filter(pk=message_id, state=SmsState.QUEUED)
        .first()
    )
    if row is None:
        return None
    row.attempts += 1
    try:
        row.provider_id = sms.send(
            phone=row.phone,
            template_code=templates()[row.template].code,
            params=row.params,
            out_id=row.id.hex,
            at=at,
        )
        row.state, row.sent_at, row.error = SmsState.SENT, at, ""
    except sms.SmsRefused as refusal:
        _failed(row, refusal.code, at, pause=None if is_final(refusal.code) else wait(row.attempts))
    except sms.SmsUnreachable as silence:
        _failed(row, str(silence), at, pause=wait(row.attempts, silent=True))
    row.save(update_fields=["attempts", "provider_id", "state", "sent_at", "error", "due_at"])
    log.info("sms %s to %s: %s %s", row.template, row.phone_masked, row.state, row.error)
    return SmsState(row.state)


def _failed(row: SmsMessage, error: str, at: datetime, *, pause: timedelta | None) -> None:
    row.error = error[:200]
    useless = useless_at(row.params, row.created_at)
    if pause is None or (useless is not None and at + pause >= useless):
        row.state = SmsState.FAILED
        return
    row.due_at = at + pause
    jobs.defer(DELIVER, run_at=row.due_at, message_id=str(row.id))


def forget_phone(phone: str) -> int:
    """Delete every message to one phone: whoever had it has closed their account. Returns how many."""
    rows = SmsMessage.objects.filter(phone_masked=mask_phone(phone)).only("pk", "phone")
    gone, _rows = SmsMessage.objects.filter(pk__in=[row.pk for row in rows if row.phone == phone]).delete()
    return gone


def forget(*, before: datetime) -> int:
    """Delete messages made before a moment: phones and texts are kept no longer than needed."""
    gone, _rows = SmsMessage.objects.filter(created_at__lt=before).delete()
    return gone
