"""An organisation's word to many: written down with everybody it goes to, told in batches by a job, stopped at will."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, SignInNeeded, TooMany
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import begin, move
from anxin.kit.text import gettext_noop
from anxin.notices import queries
from anxin.notices.actions.telling import tell_all
from anxin.notices.models import Announcement, NoAdvertising, Recipient
from anxin.notices.states import AnnouncementState
from anxin.notices.values import (
    ANNOUNCEMENTS_A_DAY,
    BODY_LENGTH,
    TITLE_LENGTH,
    Purpose,
    may_send,
)
from anxin.policies import public as policies

BATCH = 200


class NotYours(Forbidden):
    code = "announcement_not_allowed"
    message = _("当前岗位不能群发通知。请切换到有“发送通知”权限的岗位。")


class AudienceUnknown(Invalid):
    code = "audience_unknown"
    message = _("本单位不能发给这些人，请重新选择。")


class WordsMissing(Invalid):
    code = "announcement_words"
    message = _("请填写标题（不超过 %(title)s 字）和正文（不超过 %(body)s 字）。")


class NoAdsBySms(Invalid):
    code = "no_ads_by_sms"
    message = _("推广消息只发站内信，不发短信。")


class NobodyThere(Conflict):
    code = "nobody_there"
    message = _("现在没有可以送达的人，没有发送。")


class AudienceChanged(Conflict):
    code = "audience_changed"
    message = _("收件人数已变为 %(count)s 人，请核对后再发送。")


class EnoughToday(TooMany):
    code = "announcements_enough"
    message = _("24 小时内最多群发 %(most)s 条，请稍后再发。")


@transaction.atomic
def announce(
    *, audience: str, purpose: Purpose, title: str, body: str, sms: bool, seen: int | None = None, by: Actor,
    at: datetime,
) -> Announcement:  # fmt: skip
    """Write down a text to the people of the actor's organisation or region, and have it sent.

    seen: how many the sender was shown; another number now is refused, so that nobody writes to more than they meant.
    Refuses: NotYours, AudienceUnknown, WordsMissing, NoAdsBySms, EnoughToday, NobodyThere, AudienceChanged.
    """
    sender = queries.sender_of(by)
    if sender is None or not may_send(by):
        raise NotYours
    chosen = next((one for one in queries.audiences_of(sender) if one.code == audience), None)
    if chosen is None:
        raise AudienceUnknown("audience")
    title, body = title.strip(), body.strip()
    if not (0 < len(title) <= TITLE_LENGTH and 0 < len(body) <= BODY_LENGTH):
        raise WordsMissing("body", title=TITLE_LENGTH, body=BODY_LENGTH)
    if sms and purpose is Purpose.MARKETING:
        raise NoAdsBySms("sms")
    # One after the other: of two at the limit only one goes through.
    accounts.Organisation.objects.select_for_update(no_key=True).get(pk=sender.organisation_id)
    most = policies.read(ANNOUNCEMENTS_A_DAY, at=at)
    if queries.sent_since(sender.organisation_id, at - timedelta(days=1)) >= most:
        raise EnoughToday(retry_after=3600, most=most)
    people, declined = queries.reached(sender, chosen, purpose, at)
    if not people:
        raise NobodyThere
    if seen is not None and seen != len(people):
        raise AudienceChanged(count=len(people))
    assert by.person_id is not None  # a post is held by a person
    row = Announcement(
        organisation_id=sender.organisation_id, by_person=by.person_id, purpose=str(purpose), audience=audience,
        title=title, body=body, sms=sms, total=len(people), declined=declined, created_at=at,
    )  # fmt: skip
    begin(row, by=by, at=at)
    Recipient.objects.bulk_create(
        [Recipient(announcement=row, person_id=person) for person in sorted(people)], batch_size=1000
    )
    defer("notices.send_on", announcement_id=str(row.pk))
    record("notices.announce", by=by, at=at, subject="announcement", subject_id=row.pk,
           detail={"audience": audience, "purpose": str(purpose), "people": len(people), "sms": sms})  # fmt: skip
    touch(topic(row))
    return row


@transaction.atomic
def send_on(announcement_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> Announcement:
    """Tell the next batch; when nobody is left it is sent. Safe to run twice: whoever has been told is marked so."""
    row: Announcement = (
        Announcement.objects.select_for_update().select_related("organisation").get(pk=announcement_id)
    )
    if row.state != AnnouncementState.SENDING:
        return row
    batch = list(Recipient.objects.filter(announcement=row, notice=None).order_by("id")[:BATCH])
    if batch:
        told = tell_all(
            [one.person_id for one in batch], kind=f"announcements.{row.purpose}", title=gettext_noop("%(title)s"),
            body=gettext_noop("%(body)s（%(sender)s）"), at=at, sms=row.sms,
            params={"title": row.title, "body": row.body, "sender": row.organisation.name},
        )  # fmt: skip
        for one, notice in zip(batch, told, strict=True):
            one.notice = notice
        Recipient.objects.bulk_update(batch, ["notice"])
        Announcement.objects.filter(pk=row.pk).update(told=F("told") + len(batch))
        row.told += len(batch)
    if len(batch) < BATCH:
        move(row, AnnouncementState.SENT, by=by, at=at)
    else:
        defer("notices.send_on", announcement_id=str(row.pk))
    touch(topic(row))
    return row


@transaction.atomic
def stop(row: Announcement, *, by: Actor, at: datetime) -> Announcement:
    """Send no more of it; who has it keeps it. Refuses: NotYours, NotAllowed (already sent), Moved."""
    if not may_send(by) or by.organisation_id != row.organisation_id:
        raise NotYours
    row = Announcement.objects.select_for_update().get(pk=row.pk)
    move(row, AnnouncementState.STOPPED, by=by, at=at)
    record("notices.stop_announcement", by=by, at=at, subject="announcement", subject_id=row.pk)
    touch(topic(row))
    return row


@transaction.atomic
def decline_advertising(*, declines: bool, by: Actor, at: datetime) -> None:
    """Take no more advertising, or take it again. Said twice it is no error. Refuses: SignInNeeded."""
    if by.person_id is None:
        raise SignInNeeded
    if declines:
        NoAdvertising.objects.get_or_create(person_id=by.person_id, defaults={"at": at})
    else:
        NoAdvertising.objects.filter(person=by.person_id).delete()
    record("notices.advertising", by=by, at=at, subject="person", subject_id=by.person_id,
           detail={"declines": declines})  # fmt: skip


def topic(row: Announcement) -> str:
    """What the sender's page listens to."""
    return f"announcements:{row.organisation_id}"
