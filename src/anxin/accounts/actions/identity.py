"""The real name, checked once by our own arithmetic and by a provider."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts.adapters import identity
from anxin.accounts.events import PersonVerified
from anxin.accounts.models import IdentityCheck, Person
from anxin.accounts.rules import IdRefused, id_facts, normal_id
from anxin.accounts.rules.sign_in import IDENTITY_TRIES_A_DAY
from anxin.accounts.values import ID_FAULT_LABELS, IdentityResult
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, SignInNeeded, TooMany
from anxin.kit.events import announce
from anxin.kit.fields import blinds

NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{1,}(·[\u3400-\u9fff\U00020000-\U0003ffff]+)*")


class NameMalformed(Invalid):
    code = "name_malformed"
    message = _("请按身份证填写姓名：2 到 30 个汉字，少数民族姓名中间用“·”隔开。")


class IdNumberInvalid(Invalid):
    code = "id_number_invalid"
    message = "%(why)s"


class IdNumberTaken(Conflict):
    code = "id_number_taken"
    message = _(
        "这个身份证号码已经用于另一个账号。请用原来的手机号登录；如果不是您本人注册的，请联系平台客服。"
    )


class AlreadyVerified(Conflict):
    code = "already_verified"
    message = _("您已完成实名核验，无需再次填写。")


class IdentityMismatch(Invalid):
    code = "identity_mismatch"
    message = _("姓名与身份证号码不一致。请对照身份证检查后重新提交。")


class IdentityUnavailable(Conflict):
    status = 503
    code = "identity_unavailable"
    message = _("身份核验服务暂时没有回应，您的账号没有变化。请过几分钟再提交一次。")


class IdentityTooOften(TooMany):
    code = "identity_too_often"
    message = _("今天核验次数已达上限（5 次）。请明天再试，或联系平台客服人工核验。")


def verify_real_name(*, name: str, id_number: str, by: Actor, at: datetime) -> Person:
    """Check the acting person's name and identity number and, if they belong together, make them verified.

    Refuses NameMalformed, IdNumberInvalid (our own check, precise words), AlreadyVerified, IdNumberTaken,
    IdentityTooOften, IdentityMismatch, IdentityUnavailable. Every question to the provider is kept with its
    answer, also the failed ones, so it must not run in a transaction that a refusal undoes. Source: B-7.2.1.
    """
    name, number = clean_name(name), clean_id_number(id_number, at)
    person = _unverified(by.person_id)
    _not_taken(person.pk, number)
    day = IdentityCheck.objects.filter(person=person, at__gt=at - timedelta(days=1))
    if day.exclude(result=IdentityResult.UNAVAILABLE).count() >= IDENTITY_TRIES_A_DAY:
        raise IdentityTooOften
    try:
        # Outside of any transaction of ours: the provider may take seconds.
        answer = identity.two_factor(name, number, at=at)
    except identity.Unavailable as silence:
        _keep(person.pk, identity.PROVIDER, silence.request_id, IdentityResult.UNAVAILABLE, by=by, at=at)
        raise IdentityUnavailable from None
    if answer.result is not IdentityResult.MATCH:
        _keep(person.pk, answer.provider, answer.request_id, answer.result, by=by, at=at)
        raise IdentityMismatch(field="id_number")
    return record_verification(
        person_id=person.pk, name=name, id_number=number,
        provider=answer.provider, request_id=answer.request_id, by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def record_verification(
    *, person_id: UUID, name: str, id_number: str, provider: str, request_id: str, by: Actor, at: datetime
) -> Person:
    """Enter a positive answer of a provider (or "manual": papers seen) and make the person verified.

    By the person themself after the check, else by the system. Refuses as verify_real_name does, without asking.
    """
    if not by.is_system and by.person_id != person_id:
        raise Forbidden
    name, number = clean_name(name), clean_id_number(id_number, at)
    person = _unverified(person_id, lock=True)
    _not_taken(person_id, number)
    person.name, person.id_number = name, number
    person.verified_at, person.verified_how = at, provider
    try:
        with transaction.atomic():
            person.save(update_fields=["name", "id_number", "id_number_hash", "verified_at", "verified_how"])
    except IntegrityError:
        raise IdNumberTaken(field="id_number") from None
    _keep(person_id, provider, request_id, IdentityResult.MATCH, by=by, at=at)
    announce(PersonVerified(person_id))
    return person


def clean_name(text: str, field: str = "name") -> str:
    """A name as on the identity card. Refuses NameMalformed."""
    name = re.sub(r"[\s\u3000]", "", text).replace("•", "·").replace("．", "·")
    if not 2 <= len(name) <= 30 or not NAME.fullmatch(name):
        raise NameMalformed(field=field)
    return name


def clean_id_number(text: str, at: datetime, field: str = "id_number") -> str:
    """An identity number in normal form. Refuses IdNumberInvalid with the precise fault."""
    try:
        id_facts(text, local_date(at))
    except IdRefused as refused:
        raise IdNumberInvalid(field=field, why=_text(ID_FAULT_LABELS[refused.fault])) from None
    return normal_id(text)


def _unverified(person_id: UUID | None, *, lock: bool = False) -> Person:
    if person_id is None:
        raise SignInNeeded
    rows = Person.objects.select_for_update() if lock else Person.objects.all()
    person: Person = rows.get(pk=person_id)
    if person.is_verified:
        raise AlreadyVerified
    return person


def _not_taken(person_id: UUID, number: str) -> None:
    digests = blinds(Person, "id_number_hash", number)
    if Person.objects.filter(id_number_hash__in=digests).exclude(pk=person_id).exists():
        raise IdNumberTaken(field="id_number")


@transaction.atomic
def _keep(
    person_id: UUID, provider: str, request_id: str, result: IdentityResult, *, by: Actor, at: datetime
) -> None:
    row = IdentityCheck.objects.create(
        person_id=person_id, provider=provider, request_id=request_id, result=result, at=at
    )
    record("accounts.verify_real_name", by=by, at=at, subject="person", subject_id=person_id,
           detail={"check": str(row.pk), "provider": provider, "result": result})  # fmt: skip
