"""Founding organisations, appointing and dismissing staff, and choosing the post to act in."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.people import register_person
from anxin.accounts.events import Appointed, Dismissed
from anxin.accounts.models import Appointment, Organisation, Person
from anxin.accounts.rules import UsccRefused, parse_uscc
from anxin.accounts.values import POSTS, USCC_FAULT_LABELS, OrganisationKind, Uscc
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce


class UsccInvalid(Invalid):
    code = "uscc_invalid"
    message = "%(why)s"


class UsccTaken(Conflict):
    code = "uscc_taken"
    message = _("这个统一社会信用代码已经登记过。请让本单位负责人把您加为员工，或核对代码。")


class NameMissing(Invalid):
    code = "name_missing"
    message = _("请填写单位名称，与营业执照或登记证书一致，不超过 120 个字。")


class PostUnknown(Invalid):
    code = "post_unknown"
    message = _("这类单位没有这个岗位。请从列表中选择。")


class AlreadyAppointed(Conflict):
    code = "already_appointed"
    message = _("这位同事已经在这个岗位上了。")


class LastHead(Conflict):
    code = "last_head"
    message = _("这是本单位最后一位负责人。请先任命另一位负责人，再免去这一位。")


def check_uscc(code: str, field: str = "uscc") -> Uscc:
    """The parts of a unified social credit code. Refuses UsccInvalid in words; `organisation_ok` is a warning."""
    try:
        return parse_uscc(code)
    except UsccRefused as refused:
        raise UsccInvalid(field=field, why=_text(USCC_FAULT_LABELS[refused.fault])) from None


@transaction.atomic
def found_organisation(
    *,
    kind: str,
    name: str,
    city_code: str,
    by: Actor,
    at: datetime,
    uscc: str | None = None,
    town_code: str = "",
    head_id: UUID | None = None,
) -> Organisation:
    """Enter an organisation; `head_id` becomes its first head (agencies only, other kinds have no such post).

    A verified person may found an agency; other kinds need "accounts.organise" or the system.
    Refuses UsccInvalid, UsccTaken, NameMissing, Forbidden.
    """
    kind = OrganisationKind(kind)
    if not (by.holds("accounts.organise") or (kind is OrganisationKind.AGENCY and by.verified)):
        raise Forbidden
    if not 2 <= len(name.strip()) <= 120:
        raise NameMissing(field="name")
    row = Organisation(
        kind=kind,
        name=name.strip(),
        uscc=check_uscc(uscc).code if uscc else None,
        city_code=city_code,
        town_code=town_code,
        created_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise UsccTaken(field="uscc") from None
    record("accounts.found_organisation", by=by, at=at, subject="organisation", subject_id=row.pk)
    if head_id is not None:
        _appoint(head_id, row, "agency.head", by=by, at=at)
    return row


@transaction.atomic
def appoint(*, person_id: UUID, organisation_id: UUID, post: str, by: Actor, at: datetime) -> Appointment:
    """Give a person a post ("agency.dispatcher") in an organisation, from `at` on.

    The head appoints in their own organisation ("accounts.appoint"), the operator everywhere
    ("accounts.organise"). Refuses Forbidden, NotFound, PostUnknown, AlreadyAppointed. Source: A-6.3.3d.
    """
    _may_staff(by, organisation_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None or not Person.objects.filter(pk=person_id).exists():
        raise NotFound
    return _appoint(person_id, organisation, post, by=by, at=at)


@transaction.atomic
def appoint_by_phone(
    *, phone: str, name: str, organisation_id: UUID, post: str, by: Actor, at: datetime
) -> Appointment:
    """Give a post to whoever has this number; a person not known yet is registered under the name given.

    Refuses PhoneMalformed and what `appoint` refuses.
    """
    _may_staff(by, organisation_id)
    person = register_person(phone=phone, name=name, by=by, at=at)
    return appoint(person_id=person.pk, organisation_id=organisation_id, post=post, by=by, at=at)


@transaction.atomic
def dismiss(*, appointment_id: UUID, by: Actor, at: datetime) -> Appointment:
    """End an appointment at `at`; who acts in it right now is stopped at once.

    Refuses NotFound (none, ended, or of another organisation), LastHead.
    """
    row = Appointment.objects.select_for_update().filter(pk=appointment_id).first()
    if row is None or not row.covers(at):
        raise NotFound
    try:
        _may_staff(by, row.organisation_id)
    except Forbidden:
        raise NotFound from None
    # Both of two last heads dismissing each other at once: the organisation's row makes them queue.
    Organisation.objects.select_for_update().get(pk=row.organisation_id)
    if row.post.endswith(".head") and not by.is_system and queries.heads(row.organisation_id, at) <= 1:
        raise LastHead
    row.period = DateTimeTZRange(row.period.lower, max(at, row.period.lower + timedelta(microseconds=1)))
    row.save(update_fields=["period"])
    record("accounts.dismiss", by=by, at=at, subject="appointment", subject_id=row.pk)
    announce(Dismissed(row.pk, row.person_id, row.organisation_id))
    return row


def _appoint(
    person_id: UUID, organisation: Organisation, post: str, *, by: Actor, at: datetime
) -> Appointment:
    definition = POSTS.get(post)
    if definition is None or definition.kind != organisation.kind:
        raise PostUnknown(field="post")
    row = Appointment(
        person_id=person_id,
        organisation=organisation,
        post=post,
        period=DateTimeTZRange(at, None),
        appointed_by=by.person_id,
        created_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise AlreadyAppointed(field="post") from None
    record(
        "accounts.appoint",
        by=by, at=at, subject="appointment", subject_id=row.pk,
        detail={"person": str(person_id), "organisation": str(organisation.pk), "post": post},
    )  # fmt: skip
    announce(Appointed(row.pk, person_id, organisation.pk))
    return row


def _may_staff(by: Actor, organisation_id: UUID) -> None:
    own = by.holds("accounts.appoint") and by.organisation_id == organisation_id
    if not (own or by.holds("accounts.organise")):
        raise Forbidden
