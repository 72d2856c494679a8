"""Being let see a whole card: who scanned asks, the worker's phone shows a number, the worker agrees."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, NotFound, TooMany
from anxin.kit.live import touch
from anxin.notices.public import tell
from anxin.safetycode.models import Ask, SafetyCode
from anxin.safetycode.queries.asks import key_hash
from anxin.safetycode.queries.tokens import read_token

HOLDS = timedelta(minutes=5)
# As many at once as a worker could tell apart.
MOST_WAITING = 5
NUMBERS = range(10, 100)
KEEP_ASKS = timedelta(days=1)


class NoSuchAsk(NotFound):
    code = "no_such_ask"
    message = _("没有找到这个查看请求，或它已经过期。请重新扫码。")


class TooManyAsks(TooMany):
    code = "too_many_asks"
    message = _("已有好几个人在请求查看，请等服务员处理后再试。")


class AskOver(Conflict):
    code = "ask_over"
    message = _("这个请求已经处理过，或超过五分钟失效了。请重新扫码请求。")


class NotAgreed(Conflict):
    code = "not_agreed"
    message = _("服务员还没有同意，暂时不能查看完整证件。")


@transaction.atomic
def ask(*, token: str, by: Actor, at: datetime) -> tuple[Ask, str]:
    """Ask the worker of a scanned code to be shown the whole card. Returns the ask and the key that opens it, once.

    Refuses: TokenForged, TokenExpired, TooManyAsks. Nothing of who asks is kept.
    """
    code = SafetyCode.objects.select_for_update(of=("self",)).get(pk=read_token(token, at).code.pk)
    # A number is free again once its ask has run out.
    Ask.objects.filter(code=code, answered_at=None, expires_at__lte=at).update(answered_at=at, granted=False)
    taken = set(Ask.objects.filter(code=code, answered_at=None).values_list("number", flat=True))
    if len(taken) >= MOST_WAITING:
        raise TooManyAsks
    key = secrets.token_urlsafe(24)
    row = Ask.objects.create(
        code=code, number=secrets.choice([n for n in NUMBERS if n not in taken]), key_hash=key_hash(key), at=at,
        expires_at=at + HOLDS,
    )  # fmt: skip
    tell(
        code.worker.person_id, kind="safetycode.asked", url="/code/", at=at,
        title=gettext_noop("有人请求查看您的完整证件"),
        body=gettext_noop("对方手机上的数字是 %(number)s。核对一致再同意，五分钟内有效。"),
        params={"number": row.number},
    )  # fmt: skip
    touch(f"code:{code.worker_id}")
    return row, key


@transaction.atomic
def answer(*, ask_id: UUID, granted: bool, by: Actor, at: datetime) -> Ask:
    """The worker lets them see it, or does not. Refuses: NoSuchAsk (of somebody else's code), AskOver."""
    rows = Ask.objects.select_related("code").filter(pk=ask_id, code__worker__person=by.person_id)
    row = rows.select_for_update(of=("self",)).first()
    if row is None or by.person_id is None:
        raise NoSuchAsk
    if row.answered_at is not None or at >= row.expires_at:
        raise AskOver
    row.answered_at, row.granted = at, granted
    row.save(update_fields=["answered_at", "granted"])
    record("safetycode.answer_ask", by=by, at=at, subject="safetycode", subject_id=row.code_id,
           detail={"granted": granted})  # fmt: skip
    touch(f"code:{row.code.worker_id}")
    return row


@transaction.atomic
def open_whole(*, key: str, by: Actor, at: datetime) -> Ask:
    """Use the worker's leave: once, within the five minutes. Refuses: NoSuchAsk, NotAgreed, AskOver."""
    row = Ask.objects.select_for_update(of=("self",)).filter(key_hash=key_hash(key)).first()
    if row is None:
        raise NoSuchAsk
    if row.opened_at is not None or at >= row.expires_at:
        raise AskOver
    if not row.granted:
        raise NotAgreed
    row.opened_at = at
    row.save(update_fields=["opened_at"])
    note_whole(code=row.code, how="asked", by=by, at=at)
    return row


def note_whole(*, code: SafetyCode, how: str, by: Actor, at: datetime) -> None:
    """Write down that a card was shown whole: to whom it is theirs to know, or who was let."""
    record(
        "safetycode.show_whole", by=by, at=at, subject="safetycode", subject_id=code.pk, detail={"how": how}
    )


def forget_asks(*, at: datetime) -> int:
    """Drop the asks of before yesterday."""
    return Ask.objects.filter(expires_at__lt=at - KEEP_ASKS).delete()[0]
