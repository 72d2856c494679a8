"""One-time codes by text message."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts.actions.people import clean_phone
from anxin.accounts.models import Code, Person
from anxin.accounts.rules.sign_in import (
    ADDRESS_LIMITS,
    CLOCK_SLACK,
    CODE_ATTEMPTS,
    CODE_LIFE,
    PHONE_LIMITS,
    wait_for,
)
from anxin.accounts.values import PURPOSE_LABELS, CodeProof, CodePurpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import blind_index, hmac_sign, signed_by_us
from anxin.kit.errors import Invalid, TooMany
from anxin.kit.fields import blind, blinds
from anxin.kit.masks import mask_phone
from anxin.kit.network import network_of
from anxin.messaging.public import send_sms


class CodeTooSoon(TooMany):
    code = "code_too_soon"
    message = _("验证码发送太频繁，请在 %(wait)s后再试。上一条短信里的验证码 5 分钟内仍然有效。")


class CodeWrong(Invalid):
    code = "code_wrong"
    message = _("验证码不对或已失效。请核对最近一条短信中的 6 位数字；输错 5 次或超过 5 分钟请重新获取。")


@transaction.atomic
def send_code(*, phone: str, purpose: str, by: Actor, at: datetime) -> Code:
    """Send a six-digit code to a phone; it lasts five minutes and replaces the one before for this purpose.

    It answers alike whether anybody has the number. Refuses PhoneMalformed, CodeTooSoon (1 a minute, 5 an hour,
    10 a day for a phone; 20 a minute, 100 an hour, 500 a day for a network address).
    """
    purpose = CodePurpose(purpose)
    phone = clean_phone(phone)
    digest = phone_digest(phone)
    _one_at_a_time(digest)
    of_phone = Code.objects.filter(phone_hash__in=blinds(Person, "phone_hash", phone))
    # Of IPv6 one subscriber has a whole network: the next address of it is nobody else.
    network = network_of(by.address)
    _hold_to_limits(of_phone, network, at)
    of_phone.filter(purpose=purpose, used_at=None, replaced_at=None).update(replaced_at=at)
    text = f"{secrets.randbelow(10**6):06d}"
    row = Code(
        phone_hash=digest, phone_masked=mask_phone(phone), purpose=purpose, address=network, sent_at=at
    )
    row.code_hash = hmac_sign("code", _salted(row, text))
    row.save(force_insert=True)
    minutes = str(int(CODE_LIFE.total_seconds() // 60))
    if purpose is CodePurpose.SIGN_IN:
        send_sms(phone, "login_code", {"code": text, "minutes": minutes}, at=at)
    else:
        what = _text(PURPOSE_LABELS[purpose])
        send_sms(phone, "confirm_code", {"purpose": what, "code": text, "minutes": minutes}, at=at)
    record("accounts.send_code", by=by, at=at, subject="code", subject_id=row.pk, detail={"purpose": purpose})
    return row


def check_code(*, phone: str, purpose: str, code: str, at: datetime) -> CodeProof:
    """Use up the code that was sent to this phone for this purpose, and return the proof of it.

    Refuses CodeWrong: wrong digits, none sent, older than five minutes, used, replaced, or tried five times;
    the words are the same for all. Call it before the action it confirms, not inside: a wrong code costs an
    attempt, and that must stay when the action is undone.
    """
    open_codes = Code.objects.filter(
        phone_hash__in=blinds(Person, "phone_hash", clean_phone(phone)),
        purpose=CodePurpose(purpose),
        used_at=None,
        replaced_at=None,
    )
    # Count first, in one conditional statement: five guesses sent at once are five attempts.
    counted = open_codes.filter(
        attempts__lt=CODE_ATTEMPTS, sent_at__gt=at - CODE_LIFE, sent_at__lte=at + CLOCK_SLACK
    ).update(attempts=F("attempts") + 1)
    row = open_codes.first() if counted else None
    if row is None or not signed_by_us("code", _salted(row, code.strip()), bytes(row.code_hash)):
        raise CodeWrong(field="code")
    if not Code.objects.filter(pk=row.pk, used_at=None, replaced_at=None).update(used_at=at):
        raise CodeWrong(field="code")
    return CodeProof(row.pk, row.purpose, row.phone_masked, row.sent_at, at)


def forget_codes(*, at: datetime) -> int:
    """Drop codes older than two days: no limit looks further back."""
    return Code.objects.filter(sent_at__lt=at - timedelta(days=2)).delete()[0]


def phone_digest(phone: str) -> bytes:
    """The keyed hash under which a phone is found without being stored."""
    return blind(Person, "phone_hash", phone)


def _salted(row: Code, text: str) -> bytes:
    # The row's id is the salt: a million possible codes hash to other values in every row.
    return f"{row.pk}:{text}".encode()


def _one_at_a_time(digest: bytes) -> None:
    """Two requests for one phone queue up, so that both cannot pass the limit."""
    key = int.from_bytes(blind_index("accounts.code.lock", digest.hex())[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def _hold_to_limits(of_phone: QuerySet[Code], network: str, at: datetime) -> None:
    for found, limits in (
        (of_phone, PHONE_LIMITS),
        (Code.objects.filter(address=network) if network else Code.objects.none(), ADDRESS_LIMITS),
    ):
        span = max(span for span, most in limits)
        sent = list(found.filter(sent_at__gt=at - span).values_list("sent_at", flat=True))
        if wait := wait_for(sent, limits, at):
            raise CodeTooSoon(field="phone", retry_after=ceil(wait.total_seconds()), wait=_span(wait))


def _span(wait: timedelta) -> str:
    seconds = max(1, ceil(wait.total_seconds()))
    if seconds <= 90:
        return _text("%(n)s 秒") % {"n": seconds}
    minutes = ceil(seconds / 60)
    return (
        _text("%(n)s 分钟") % {"n": minutes}
        if minutes <= 90
        else _text("%(n)s 小时") % {"n": ceil(minutes / 60)}
    )
