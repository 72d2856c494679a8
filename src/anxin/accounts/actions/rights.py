"""Requests for rights and their approval; rights that lapse when unused, and how they come back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, F, Func, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.posts import AlreadyAppointed, NotYourOwn, PostUnknown, give_post
from anxin.accounts.events import PostLapsing, PostSuspended, RightsAsked, RightsDecided
from anxin.accounts.models import Appointment, Organisation, RightRequest
from anxin.accounts.rules.lapse import NOTED_EVERY, UNUSED, WARNING, lapses_at
from anxin.accounts.states import RequestState
from anxin.accounts.values import ADMINISTRATORS, POSTS
from anxin.audit.public import record
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.models import begin, move

LONGEST = timedelta(days=366)


class WhyMissing(Invalid):
    code = "why_missing"
    message = _("请写明理由，至少 4 个字，审批人据此决定。")


class UntilWrong(Invalid):
    code = "until_wrong"
    message = _("截止日期应在今天之后、一年以内；长期需要请留空。")


class AlreadyAsked(Conflict):
    code = "already_asked"
    message = _("同一岗位已有一份申请在等待审批。")


@transaction.atomic
def ask_for_post(
    *, organisation_id: UUID, post: str, why: str, by: Actor, at: datetime, until: datetime | None = None
) -> RightRequest:
    """Ask for a(nother) post in an organisation to which one belongs, for good or until a moment.

    Refuses Forbidden, NotFound (no colleague there), PostUnknown, AlreadyAppointed, AlreadyAsked, WhyMissing,
    UntilWrong. Source: A-6.3.3d.
    """
    if by.person_id is None or not by.verified:
        raise Forbidden
    held = list(queries.appointments_of(by.person_id, at).filter(organisation_id=organisation_id))
    if not any(one.stands_in_for_id is None for one in held):
        raise NotFound
    definition = POSTS.get(post)
    if definition is None or definition.kind != held[0].organisation.kind:
        raise PostUnknown(field="post")
    if any(one.post == post and one.stands_in_for_id is None for one in held):
        raise AlreadyAppointed(field="post")
    if until is not None and not at < until <= at + LONGEST:
        raise UntilWrong(field="until")
    return _ask(held[0].organisation, post, why, None, until, by=by, at=at)


@transaction.atomic
def ask_for_return(*, appointment_id: UUID, why: str, by: Actor, at: datetime) -> RightRequest:
    """Ask for one's own post back that was suspended because it was not used.

    Refuses NotFound, AlreadyAsked, WhyMissing.
    """
    row = queries.suspended_of(by, at).filter(pk=appointment_id).first()
    if row is None:
        raise NotFound
    return _ask(row.organisation, row.post, why, row, None, by=by, at=at)


@transaction.atomic
def decide_request(
    *, request_id: UUID, approve: bool, by: Actor, at: datetime, answer: str = ""
) -> RightRequest:
    """Approve or refuse: by the organisation's head, or the security administrator; never one's own, nor for whom
    one stands in. A post of the three administrators is given by the security administrator alone.

    Refuses NotFound, Forbidden, NotYourOwn, WhyMissing (a refusal without reason), Moved, NotAllowed,
    OneAdministrator, AlreadyAppointed.
    """
    found = RightRequest.objects.visible_to(by).select_related("organisation").filter(pk=request_id)
    row: RightRequest | None = found.first()
    if row is None:
        raise NotFound
    if row.person_id in (by.person_id, by.on_behalf):
        raise NotYourOwn
    heads = by.holds("accounts.appoint") and by.organisation_id == row.organisation_id
    if not by.holds("accounts.organise") and (not heads or row.post in ADMINISTRATORS):
        raise Forbidden
    if not approve and len(answer.strip()) < 4:
        raise WhyMissing(field="answer")
    to = RequestState.APPROVED if approve else RequestState.REFUSED
    move(row, to, by=by, at=at, why=answer, decided_by=by.person_id, answer=answer.strip()[:200])
    if approve:
        _grant(row, by=by, at=at)
    record(
        f"accounts.request_{to}", by=by, at=at, subject="right_request", subject_id=row.pk,
        detail={"person": str(row.person_id), "post": row.post},
    )  # fmt: skip
    announce(RightsDecided(row.pk, row.person_id, row.post, approve, row.answer, at))
    return row


@transaction.atomic
def withdraw_request(*, request_id: UUID, by: Actor, at: datetime) -> RightRequest:
    """Take one's own open request back. Refuses NotFound, Moved, NotAllowed."""
    if by.person_id is None:
        raise NotFound
    row: RightRequest | None = RightRequest.objects.filter(pk=request_id, person_id=by.person_id).first()
    if row is None:
        raise NotFound
    move(row, RequestState.WITHDRAWN, by=by, at=at)
    record("accounts.request_withdrawn", by=by, at=at, subject="right_request", subject_id=row.pk)
    return row


def note_use(row: Appointment, at: datetime) -> None:
    """Note, once a day, that somebody acts in the post."""
    if row.used_at is None or at - row.used_at >= NOTED_EVERY:
        Appointment.objects.filter(pk=row.pk).update(used_at=at, warned_at=None)


@transaction.atomic
def lapse_unused(*, at: datetime) -> tuple[int, int]:
    """Warn holders of posts unused for 83 days, suspend those unused for 90. Returns (warned, suspended).

    The last security administrator is warned only: nobody else could give anything back. Source: standards §13.1.
    """
    last = Coalesce(F("used_at"), Func(F("period"), function="lower", output_field=DateTimeField()))
    idle = (
        Appointment.objects.select_for_update(skip_locked=True)
        .alias(last=last)
        .filter(period__contains=at, suspended_at=None, stands_in_for=None, last__lte=at - UNUSED + WARNING)
        .order_by("id")
    )
    warned = suspended = 0
    for row in idle:
        used = row.used_at or row.begins
        if row.warned_at is None:
            Appointment.objects.filter(pk=row.pk).update(warned_at=at)
            announce(PostLapsing(row.pk, row.person_id, row.post, max(lapses_at(used), at + WARNING), at))
            warned += 1
        # Who was not warned in time (the clock stood still) has the whole week from the warning.
        elif at >= max(lapses_at(used), row.warned_at + WARNING) and not _only_security(row, at):
            _suspend(row, at)
            suspended += 1
    return warned, suspended


def _suspend(row: Appointment, at: datetime) -> None:
    Appointment.objects.filter(pk=row.pk).update(suspended_at=at)
    record("accounts.suspend_post", by=SYSTEM, at=at, subject="appointment", subject_id=row.pk)
    announce(PostSuspended(row.pk, row.person_id, row.organisation_id, row.post, at))


def _only_security(row: Appointment, at: datetime) -> bool:
    if row.post != "operator.security":
        return False
    others = Appointment.objects.filter(
        post=row.post, period__contains=at, suspended_at=None, stands_in_for=None
    )
    return not others.exclude(pk=row.pk).exists()


def _ask(
    organisation: Organisation, post: str, why: str, returned: Appointment | None, until: datetime | None,
    *, by: Actor, at: datetime,
) -> RightRequest:  # fmt: skip
    if len(why.strip()) < 4:
        raise WhyMissing(field="why")
    row = RightRequest(
        person_id=by.person, organisation=organisation, post=post, appointment=returned, until=until,
        why=why.strip()[:200], created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError:
        raise AlreadyAsked(field="post") from None
    record(
        "accounts.ask_rights", by=by, at=at, subject="right_request", subject_id=row.pk,
        detail={"organisation": str(organisation.pk), "post": post},
    )  # fmt: skip
    announce(RightsAsked(row.pk, row.person_id, organisation.pk, post, at))
    return row


def _grant(row: RightRequest, *, by: Actor, at: datetime) -> None:
    if row.appointment_id is not None:
        back = Appointment.objects.filter(~Q(suspended_at=None), pk=row.appointment_id, period__contains=at)
        if not back.update(suspended_at=None, warned_at=None, used_at=at):
            raise NotFound
        return
    given = give_post(row.person_id, row.organisation, row.post, by=by, at=at, until=row.until)
    RightRequest.objects.filter(pk=row.pk).update(appointment=given)
