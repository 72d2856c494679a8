"""Authenticator apps (RFC 6238): set up, confirm, use, take away."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from anxin.accounts.actions.proof import note_proof
from anxin.accounts.actions.recovery import drop_codes_if_last, issue_codes
from anxin.accounts.events import FactorChanged
from anxin.accounts.models import Totp
from anxin.accounts.rules.factors import SETUP_LIFE, new_secret, step_of
from anxin.accounts.values import FactorChange, FactorKind
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid, NotFound
from anxin.kit.events import announce


class TotpWrong(Invalid):
    code = "totp_wrong"
    message = _(
        "动态口令不对。请输入验证器 App 里此刻显示的 6 位数字；用过的口令要等下一个，手机时间也要准。"
    )


class TotpThere(Conflict):
    code = "totp_there"
    message = _("您已经绑定了验证器。要换一部手机，请先移除原来的再绑定。")


class SetupStale(Conflict):
    code = "setup_stale"
    message = _("这次绑定已过期，请重新扫描页面上的新二维码。")


@transaction.atomic
def begin_totp(*, by: Actor, at: datetime) -> Totp:
    """The app being set up: the one begun within half an hour, else a new secret. Refuses TotpThere."""
    mine = Totp.objects.visible_to(by).select_for_update().filter(person_id=by.person)
    if mine.filter(confirmed_at__isnull=False).exists():
        raise TotpThere
    pending: Totp | None = mine.filter(confirmed_at=None).first()
    if pending and at - pending.created_at < SETUP_LIFE:
        return pending
    mine.filter(confirmed_at=None).delete()
    row = Totp(person_id=by.person, secret=new_secret().hex(), created_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        # The same page asked for twice at once: the other one made it.
        found: Totp = mine.get(confirmed_at=None)
        return found
    return row


@transaction.atomic
def confirm_totp(*, code: str, by: Actor, at: datetime, sign_in_id: UUID | None = None) -> list[str]:
    """Take the app into use by its first code; returns recovery codes if the person had none, to be shown once.

    The sign-in in which it is done has shown its second factor by that. Refuses SetupStale, TotpWrong, TotpThere.
    """
    mine = Totp.objects.visible_to(by).select_for_update().filter(person_id=by.person)
    row: Totp | None = mine.filter(confirmed_at=None, created_at__gt=at - SETUP_LIFE).first()
    if row is None:
        raise SetupStale
    step = step_of(code, bytes.fromhex(row.secret), at)
    if step is None:
        raise TotpWrong(field="code")
    row.confirmed_at, row.used_at, row.last_step = at, at, step
    try:
        with transaction.atomic():
            row.save(update_fields=["confirmed_at", "used_at", "last_step"])
    except IntegrityError:
        raise TotpThere from None
    record("accounts.add_totp", by=by, at=at, subject="person", subject_id=by.person)
    announce(FactorChanged(by.person, FactorChange.TOTP_ADDED, at))
    note_proof(sign_in_id=sign_in_id, how=FactorKind.TOTP, by=by, at=at)
    return issue_codes(by=by, at=at, only_if_none=True)


@transaction.atomic
def remove_totp(*, by: Actor, at: datetime) -> None:
    """Take the app away. Refuses NotFound."""
    mine = Totp.objects.visible_to(by).filter(person_id=by.person)
    if not mine.filter(confirmed_at__isnull=False).exists():
        raise NotFound
    mine.delete()
    drop_codes_if_last(by.person)
    record("accounts.remove_totp", by=by, at=at, subject="person", subject_id=by.person)
    announce(FactorChanged(by.person, FactorChange.TOTP_REMOVED, at))


def use_totp(*, person_id: UUID, code: str, at: datetime) -> bool:
    """Whether this is the app's code of now, not used before. It is used up by that."""
    row: Totp | None = Totp.objects.filter(person_id=person_id, confirmed_at__isnull=False).first()
    if row is None:
        return False
    step = step_of(code, bytes.fromhex(row.secret), at)
    if step is None:
        return False
    # Of two requests with one code the first moves the step on, the second finds it moved.
    fresh = Totp.objects.filter(Q(last_step__lt=step), pk=row.pk)
    return bool(fresh.update(last_step=step, used_at=at))
