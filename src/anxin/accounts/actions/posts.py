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
from anxin.accounts.events import Appointed, Dismissed, StandInEnded
from anxin.accounts.models import Appointment, Organisation, Person
from anxin.accounts.rules import UsccRefused, parse_uscc
from anxin.accounts.values import POSTS, REGIONAL_KINDS, USCC_FAULT_LABELS, OrganisationKind, Uscc
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.events import announce
from anxin.kit.typesetting import unprintable


class UsccInvalid(Invalid):
    code = "uscc_invalid"
    message = "%(why)s"


class UsccTaken(Conflict):
    code = "uscc_taken"
    message = _("这个统一社会信用代码已经登记过。请让本单位负责人把您加为员工，或核对代码。")


class NameMissing(Invalid):
    code = "name_missing"
    message = _("请填写单位名称，与营业执照或登记证书一致，不超过 120 个字。")


class NameUnprintable(Invalid):
    code = "name_unprintable"
    message = _(
        "单位名称里的“%(characters)s”字库里没有，印不到合同和印章上。请核对后换用印得出的写法，或联系客服。"
    )


class RegionUnknown(Invalid):
    code = "region_unknown"
    message = _("请选择单位所在城市的区县，或全市。")


class OneAdministrator(Conflict):
    code = "one_administrator"
    message = _("系统管理员、安全管理员、审计管理员不能由同一人兼任，代理也不行。请另选一位。")


class NotYourOwn(Forbidden):
    code = "not_your_own"
    message = _("不能给自己增加权限。请提交权限申请，由其他负责人或安全管理员审批。")


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
    region: str = "",
    head_id: UUID | None = None,
) -> Organisation:
    """Enter an organisation; `head_id` becomes its first head (the operator has none: its posts are apart).

    `region` is the county or city that an association or bureau answers for, by default the county of its town,
    else its city. A verified person may found an agency; other kinds need "accounts.organise" or the system.
    Refuses UsccInvalid, UsccTaken, NameMissing, NameUnprintable, RegionUnknown, Forbidden.
    """
    kind = OrganisationKind(kind)
    if not (by.holds("accounts.organise") or (kind is OrganisationKind.AGENCY and by.verified)):
        raise Forbidden
    if not 2 <= len(name.strip()) <= 120:
        raise NameMissing(field="name")
    if missing := unprintable(name):
        raise NameUnprintable(field="name", characters="、".join(missing))
    row = Organisation(
        kind=kind,
        name=name.strip(),
        uscc=check_uscc(uscc).code if uscc else None,
        city_code=city_code,
        town_code=town_code,
        region=_region(kind, region, town_code, city_code),
        created_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise UsccTaken(field="uscc") from None
    record("accounts.found_organisation", by=by, at=at, subject="organisation", subject_id=row.pk)
    if head_id is not None:
        give_post(head_id, row, f"{kind}.head", by=by, at=at)
    return row


def _region(kind: OrganisationKind, region: str, town_code: str, city_code: str) -> str:
    if kind not in REGIONAL_KINDS:
        return ""
    found = region or town_code[:6] or city_code
    if not found.isdecimal() or len(found) not in (4, 6) or not found.startswith(city_code):
        raise RegionUnknown(field="region")
    return found


@transaction.atomic
def appoint(*, person_id: UUID, organisation_id: UUID, post: str, by: Actor, at: datetime) -> Appointment:
    """Give a person a post ("agency.dispatcher") in an organisation, from `at` on.

    The head appoints in their own organisation ("accounts.appoint"), the operator everywhere
    ("accounts.organise"); nobody gives themself what they do not hold already. Refuses Forbidden, NotFound,
    PostUnknown, AlreadyAppointed, NotYourOwn, OneAdministrator. Source: A-6.3.3d.
    """
    _may_staff(by, organisation_id)
    organisation = Organisation.objects.filter(pk=organisation_id).first()
    if organisation is None or not Person.objects.filter(pk=person_id).exists():
        raise NotFound
    wanted = POSTS[post].permissions if post in POSTS else frozenset()
    if person_id == by.person_id and not wanted <= by.permissions:
        raise NotYourOwn(field="post")
    return give_post(person_id, organisation, post, by=by, at=at)


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

    Whoever stands in for them ends with it. Refuses NotFound (none, ended, or of another organisation), LastHead.
    """
    row = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("stands_in_for")
        .filter(pk=appointment_id, period__contains=at)
        .first()
    )
    if row is None:
        raise NotFound
    try:
        _may_staff(by, row.organisation_id)
    except Forbidden:
        raise NotFound from None
    if row.stands_in_for is not None:
        stop(row, by=by, at=at)
        return row
    # Both of two last heads dismissing each other at once: the organisation's row makes them queue.
    Organisation.objects.select_for_update().get(pk=row.organisation_id)
    counts = row.post.endswith(".head") and row.suspended_at is None
    if counts and not by.is_system and queries.heads(row.organisation_id, at) <= 1:
        raise LastHead
    for stand_in in Appointment.objects.select_for_update(of=("self",)).filter(
        stands_in_for=row, period__endswith__gt=at
    ):
        stop(stand_in, by=by, at=at)
    row.period = DateTimeTZRange(row.period.lower, max(at, row.period.lower + timedelta(microseconds=1)))
    row.save(update_fields=["period"])
    record("accounts.dismiss", by=by, at=at, subject="appointment", subject_id=row.pk)
    announce(Dismissed(row.pk, row.person_id, row.organisation_id))
    return row


def stop(row: Appointment, *, by: Actor, at: datetime) -> None:
    """End a stand-in that the caller has locked, tell both, and write it down."""
    begun = row.period.lower
    row.period = DateTimeTZRange(begun, max(at, begun + timedelta(microseconds=1)))
    row.save(update_fields=["period"])
    record("accounts.end_stand_in", by=by, at=at, subject="appointment", subject_id=row.pk)
    principal = row.stands_in_for.person_id if row.stands_in_for else row.person_id
    announce(StandInEnded(row.pk, row.person_id, principal, row.post, at))


def enter(row: Appointment, *, field: str) -> None:
    """Write a new appointment, in the caller's transaction. Refuses OneAdministrator, AlreadyAppointed, at `field`."""
    # Both exclusions are about the person: two who write at the same moment would each wait for the other.
    Person.objects.select_for_update(no_key=True).values_list("pk").get(pk=row.person_id)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "one_administrator" in str(error):
            raise OneAdministrator(field=field) from None
        raise AlreadyAppointed(field=field) from None


def give_post(
    person_id: UUID,
    organisation: Organisation,
    post: str,
    *,
    by: Actor,
    at: datetime,
    until: datetime | None = None,
) -> Appointment:
    """Enter an appointment; the caller has made sure that `by` may. Refuses PostUnknown, AlreadyAppointed,
    OneAdministrator."""
    definition = POSTS.get(post)
    if definition is None or definition.kind != organisation.kind:
        raise PostUnknown(field="post")
    row = Appointment(
        person_id=person_id,
        organisation=organisation,
        post=post,
        period=DateTimeTZRange(at, until),
        appointed_by=by.person_id,
        created_at=at,
    )
    enter(row, field="post")
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
