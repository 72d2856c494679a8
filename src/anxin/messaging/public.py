"""The door of messaging: transports only. What is told to whom is decided by `notices` and by sign-in."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from anxin.messaging.actions import PhoneMalformed, Sms, forget_phone, queue
from anxin.messaging.queries import counts, demo_phone, recent, state
from anxin.messaging.values import SmsTemplate, templates

__all__ = [
    "PhoneMalformed", "Sms", "SmsTemplate", "counts", "demo_phone", "forget_phone", "recent", "send_all",
    "send_sms", "state",
]  # fmt: skip


def send_sms(
    phone: str,
    template: SmsTemplate | str,
    params: Mapping[str, str],
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> UUID:
    """Queue one text message in the present transaction; a job sends it at `due_at` (at once if None).

    `template` is a declared SmsTemplate or its name. Returns the message's id. Refuses a malformed number.
    """
    return send_all([Sms(phone, params)], template, at=at, due_at=due_at)[0]


def send_all(
    messages: Sequence[Sms], template: SmsTemplate | str, *, at: datetime, due_at: datetime | None = None
) -> list[UUID]:
    """The same for several people at once; all or none. Returns the ids."""
    known = templates()[template] if isinstance(template, str) else template
    return queue(messages, template=known, at=at, due_at=due_at)
