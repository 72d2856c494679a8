"""The only writers of the inbox."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext

from anxin.accounts.public import Person
from anxin.accounts.values import FACTOR_CHANGE_LABELS, FactorChange
from anxin.kit import clock, live
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound
from anxin.kit.moments import said
from anxin.kit.text import gettext_noop
from anxin.messaging import public as messaging
from anxin.messaging.values import NOTICE
from anxin.notices import rules
from anxin.notices.models import Announcement, Notice
from anxin.notices.values import NIGHT_ENDS, NIGHT_STARTS
from anxin.policies import public as policies


def tell(person_id: UUID, *, at: datetime, **what: Any) -> Notice:
    """Tell one person; the rest as `tell_all`."""
    return tell_all([person_id], at=at, **what)[0]


def tell_all(
    people: Iterable[UUID],
    *,
    kind: str,
    title: str,
    body: str = "",
    params: Mapping[str, Any] | None = None,
    url: str = "",
    at: datetime,
    sms: bool = False,
) -> list[Notice]:
    """Put a notice into the inbox of each, in the present transaction, and send it by SMS as well if `sms`.

    `kind` is "<area>.<what>". `title` and `body` are Chinese source texts with %(name)s places filled from `params`;
    they are translated when read. `url` is a path in the product. SMS at night wait for the morning (policy).
    """
    if url and (not url.startswith("/") or url.startswith("//")):
        raise ValueError("a notice leads into the product: its url is a path")
    filled = {name: str(value) for name, value in (params or {}).items()}
    rows = [
        Notice(person_id=person_id, kind=kind, title=title, body=body, params=filled, url=url, at=at)
        for person_id in people
    ]
    # No savepoint of its own: it is part of what the caller does, and fails with it.
    with transaction.atomic(savepoint=False):
        Notice.objects.bulk_create(rows)
        for row in rows:
            live.touch(f"inbox:{row.person_id}")
        if sms and rows:
            _send(rows, at)
    return rows


def tell_new_device(person_id: UUID, *, how: str, device: str, address: str, at: datetime) -> None:
    """Tell a person that they (or somebody) signed in where they were not known.

    Whoever came by a code has just had a text message on that phone: one more would say nothing new.
    """
    tell(
        person_id,
        kind="accounts.new_device",
        title=gettext_noop("在新设备上登录"),
        body=gettext_noop(
            "%(device)s（%(address)s）刚刚登录了您的账号。不是您本人？请立即退出那台设备并更换密码。"
        ),
        params={"device": device or "—", "address": address or "—"},
        url="/me/",
        at=at,
        sms=how != "code",
    )


def tell_factor_change(person_id: UUID, *, change: FactorChange, at: datetime) -> None:
    """Tell a person that something about their second factors changed."""
    tell(
        person_id,
        kind="accounts.second_factor",
        title=FACTOR_CHANGE_LABELS[change],
        body=gettext_noop("您账号的第二重验证有变动。不是您本人操作？请立即更换密码，并联系平台客服。"),
        url="/me/security/",
        at=at,
        sms=True,
    )


def _send(rows: list[Notice], at: datetime) -> None:
    hours = policies.read_many(NIGHT_STARTS, NIGHT_ENDS, at=at)
    here = clock.local(at)
    due = rules.daytime(here, hours[NIGHT_STARTS.key], hours[NIGHT_ENDS.key])
    texts = {"title": fill(rows[0].title, rows[0].params), "body": fill(rows[0].body, rows[0].params)}
    prefetch_related_objects(rows, Prefetch("person", Person.objects.only("phone")))
    # Who closed their account has no number any more; that must stop nothing that concerns others too.
    messages = [messaging.Sms(row.person.phone, texts) for row in rows if row.person.phone]
    messaging.send_all(messages, NOTICE, at=at, due_at=None if due == here else due.astimezone(UTC))


def fill(text: str, params: Mapping[str, str]) -> str:
    """The text in the reader's language with its places filled; what stands in them may be words of ours too (a colour,
    a warning) or a moment."""
    filled = {name: said(value) for name, value in (params or {}).items()}
    return rules.fill(gettext(text), filled) if text else ""


@transaction.atomic
def read(*, notice_id: UUID, by: Actor, at: datetime) -> Notice:
    """Mark one of the actor's notices as read; again is no error. NotFound for other people's."""
    row: Notice | None = Notice.objects.visible_to(by).filter(pk=notice_id).first()
    if row is None:
        raise NotFound
    if Notice.objects.filter(pk=row.pk, read_at=None).update(read_at=at):
        row.read_at = at
        live.touch(f"inbox:{row.person_id}")
    return row


@transaction.atomic
def read_all(*, by: Actor, at: datetime) -> int:
    """Mark all of the actor's notices that came until `at` as read. Returns how many."""
    changed = Notice.objects.visible_to(by).filter(read_at=None, at__lte=at).update(read_at=at)
    if changed:
        live.touch(f"inbox:{by.person_id}")
    return changed


def forget(*, at: datetime) -> int:
    """Delete notices and announcements older than two years."""
    gone, _rows = Notice.objects.filter(at__lt=at - timedelta(days=730)).delete()
    Announcement.objects.filter(created_at__lt=at - timedelta(days=730)).delete()
    return gone
