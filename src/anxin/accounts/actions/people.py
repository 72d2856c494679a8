"""Registering people, their settings, and their passwords."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _text
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.events import PersonRegistered
from anxin.accounts.models import PasswordUse, Person, SignIn
from anxin.accounts.rules import is_phone, normal_phone, password_fault
from anxin.accounts.rules.sign_in import PASSWORDS_REMEMBERED
from anxin.accounts.values import PASSWORD_FAULT_LABELS, PasswordFault
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, SignInNeeded
from anxin.kit.events import announce

LANGUAGES = ("zh-hans", "en")
THEMES = ("auto", "light", "dark")


class PhoneMalformed(Invalid):
    code = "phone_malformed"
    message = _("手机号码应为 11 位数字，以 1 开头，例如 138 0013 8000。")


class PhoneTaken(Conflict):
    code = "phone_taken"
    message = _("这个手机号已经属于另一个账号。请直接用它登录，或换一个号码。")


class PasswordWeak(Invalid):
    code = "password_weak"
    message = "%(why)s"


class PasswordReused(Invalid):
    code = "password_reused"
    message = _("这个密码最近用过。请换一个与最近 5 次都不同的密码。")


class SettingUnknown(Invalid):
    code = "setting_unknown"
    message = _("没有这个选项，请从页面给出的选项中选择。")


def clean_phone(text: str, field: str = "phone") -> str:
    """The number in normal form. Refuses PhoneMalformed."""
    phone = normal_phone(text)
    if not is_phone(phone):
        raise PhoneMalformed(field=field)
    return phone


@transaction.atomic
def register_person(*, phone: str, name: str = "", by: Actor, at: datetime) -> Person:
    """The person with this mobile number, registered now if nobody has it yet (an existing one is left as it is).

    Whoever calls must have the number confirmed, or act for somebody who will confirm it at first sign-in.
    Refuses PhoneMalformed. Source: B-7.2.1.
    """
    phone = clean_phone(phone)
    if known := queries.person_by_phone(phone):
        return known
    person = Person(phone=phone, name=name.strip(), created_at=at)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        # Two first sign-ins at once: the other one made the row.
        found = queries.person_by_phone(phone)
        if found is None:
            raise
        return found
    record("accounts.register", by=by, at=at, subject="person", subject_id=person.pk)
    announce(PersonRegistered(person.pk))
    return person


@transaction.atomic
def change_settings(
    *,
    by: Actor,
    at: datetime,
    language: str | None = None,
    large_print: bool | None = None,
    theme: str | None = None,
) -> Person:
    """Change how the person reads the pages; None leaves a setting. Refuses SettingUnknown."""
    person = _self(by)
    if language is not None:
        if language not in LANGUAGES:
            raise SettingUnknown(field="language")
        person.language = language
    if theme is not None:
        if theme not in THEMES:
            raise SettingUnknown(field="theme")
        person.theme = theme
    if large_print is not None:
        person.large_print = large_print
    person.save(update_fields=["language", "theme", "large_print"])
    return person


@transaction.atomic
def change_phone(*, phone: str, by: Actor, at: datetime) -> Person:
    """Give the person another mobile number, which a one-time code (purpose phone_change) has just confirmed.

    Refuses PhoneMalformed, PhoneTaken. Other sign-ins stay: the person is the same.
    """
    person = _self(by)
    person.phone = clean_phone(phone)
    try:
        with transaction.atomic():
            person.save(update_fields=["phone", "phone_hash"])
    except IntegrityError:
        raise PhoneTaken(field="phone") from None
    record("accounts.change_phone", by=by, at=at, subject="person", subject_id=person.pk)
    return person


@transaction.atomic
def set_password(*, password: str, by: Actor, at: datetime, keep_sign_in: UUID | None = None) -> Person:
    """Set the sign-in password; every other sign-in of the person ends.

    The caller has confirmed the person by the old password or a one-time code (purpose password).
    Refuses PasswordWeak (8 characters, 10 beyond agencies, three of four classes), PasswordReused (last 5).
    """
    person = _self(by)
    check_new_password(password=password, by=by, at=at)
    person.password = make_password(password)
    person.password_at = at
    person.save(update_fields=["password", "password_at"])
    PasswordUse.objects.create(person=person, encoded=person.password, at=at)
    SignIn.objects.filter(person=person, ended_at=None).exclude(pk=keep_sign_in).update(ended_at=at)
    record("accounts.set_password", by=by, at=at, subject="person", subject_id=person.pk)
    return person


def check_new_password(*, password: str, by: Actor, at: datetime) -> None:
    """Refuses PasswordWeak and PasswordReused, as set_password does, and changes nothing."""
    if by.person_id is None:
        raise SignInNeeded
    strict = queries.has_platform_post(by.person_id, at)
    if fault := password_fault(password, strict=strict):
        raise PasswordWeak(field="password", why=_text(PASSWORD_FAULT_LABELS[fault]))
    if fault := _guessed_first(password, by):
        raise PasswordWeak(field="password", why=_text(PASSWORD_FAULT_LABELS[fault]))
    for used in PasswordUse.objects.filter(person_id=by.person_id).order_by("-at")[:PASSWORDS_REMEMBERED]:
        if check_password(password, used.encoded):
            raise PasswordReused(field="password")


def _guessed_first(password: str, by: Actor) -> PasswordFault | None:
    """Whether the password is one of the 20,000 most used, or holds the person's own number."""
    try:
        _common().validate(password)
    except ValidationError:
        return PasswordFault.COMMON
    phone = Person.objects.visible_to(by).get(pk=by.person).phone
    return PasswordFault.OWN if phone in password else None


@lru_cache(maxsize=1)
def _common() -> CommonPasswordValidator:
    return CommonPasswordValidator()


def _self(by: Actor) -> Person:
    """The acting person's row, locked."""
    if by.person_id is None:
        raise SignInNeeded
    person: Person | None = Person.objects.select_for_update().filter(pk=by.person_id, is_active=True).first()
    if person is None:
        raise Forbidden
    return person
