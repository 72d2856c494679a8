"""Signing in and out, in a browser and as a program, and choosing the post to act in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.codes import check_code, phone_digest
from anxin.accounts.actions.people import clean_phone, register_person
from anxin.accounts.models import Appointment, Lockout, Person, SignIn
from anxin.accounts.rules.sign_in import ABSOLUTE, LOCK, PASSWORD_FAILS, PASSWORD_LIFE, SEEN_EVERY
from anxin.accounts.values import POSTS, CodePurpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.errors import Forbidden, Invalid, NotFound, TooMany

READ, WRITE = "read", "write"
TOKEN_PREFIX = "anxin_"


class PasswordWrong(Invalid):
    code = "password_wrong"
    message = _("手机号或密码不对。还可以改用短信验证码登录。")


class LockedOut(TooMany):
    code = "locked_out"
    message = _("密码连续输错 5 次，密码登录已暂停，请 %(minutes)s 分钟后再试，或改用短信验证码登录。")


class AccountClosed(Forbidden):
    code = "account_closed"
    message = _("这个账号已停用。如有疑问，请联系平台客服。")


class PasswordDue(Forbidden):
    code = "password_due"
    message = _("您的密码已超过 90 天没有更换。请先更换密码，再以岗位身份操作。")


class ScopeUnknown(Invalid):
    code = "scope_unknown"
    message = _("没有这个授权范围：可用 read、write，或您所在岗位的权限名称。")


def sign_in_by_code(
    *, phone: str, code: str, by: Actor, at: datetime, device: str = "", scopes: Sequence[str] | None = None
) -> tuple[SignIn, str]:
    """Sign in with the code sent to the phone; a number nobody has yet is registered. See open_sign_in.

    Refuses PhoneMalformed, CodeWrong, AccountClosed. Source: B-7.2.1.
    """
    check_code(phone=phone, purpose=CodePurpose.SIGN_IN, code=code, at=at)
    with transaction.atomic():
        person = register_person(phone=phone, by=by, at=at)
        # The code proved the phone: an earlier lock on the password has no more reason.
        Lockout.objects.filter(phone_hash=phone_digest(clean_phone(phone))).delete()
        return open_sign_in(person_id=person.pk, how="code", by=by, at=at, device=device, scopes=scopes)


def sign_in_by_password(
    *,
    phone: str,
    password: str,
    by: Actor,
    at: datetime,
    device: str = "",
    scopes: Sequence[str] | None = None,
) -> tuple[SignIn, str]:
    """Sign in with a password. Unknown numbers, people without one and wrong ones get the same answer.

    Refuses PhoneMalformed, PasswordWrong, LockedOut (five fails: ten minutes), AccountClosed.
    Do not call it inside a transaction that a refusal undoes: the failed attempt must stay counted.
    """
    phone = clean_phone(phone)
    digest = phone_digest(phone)
    _count_attempt(digest, at)
    person = queries.person_by_phone(phone)
    if person is None or not person.has_usable_password():
        make_password(password)  # Takes as long as a check: time must not tell which numbers are known.
        raise PasswordWrong(field="password")
    if not check_password(password, person.password):
        record("accounts.password_wrong", by=by, at=at, subject="person", subject_id=person.pk)
        raise PasswordWrong(field="password")
    Lockout.objects.filter(phone_hash=digest).delete()
    return open_sign_in(person_id=person.pk, how="password", by=by, at=at, device=device, scopes=scopes)


@transaction.atomic
def open_sign_in(
    *,
    person_id: UUID,
    how: str,
    by: Actor,
    at: datetime,
    device: str = "",
    appointment_id: UUID | None = None,
    scopes: Sequence[str] | None = None,
    life: timedelta = ABSOLUTE,
) -> tuple[SignIn, str]:
    """Open a sign-in for a person who has been identified by `how`; returns it and, with `scopes`, a bearer token.

    `scopes` None = a browser; else "read" and "write", and names of permissions if the token shall have fewer than
    the post. The token is shown once; only its hash is kept. Without `appointment_id` the post used last is
    taken up again, or the only one. Refuses AccountClosed, NotFound (appointment), ScopeUnknown.
    """
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise AccountClosed
    _known_scopes(scopes or ())
    token = TOKEN_PREFIX + secrets.token_urlsafe(32) if scopes is not None else ""
    row = SignIn(
        person=person,
        how=how,
        token_hash=sha256(token.encode()) if token else None,
        scopes=list(scopes or ()),
        address=by.address,
        device=device[:200],
        signed_in_at=at,
        seen_at=at,
        expires_at=at + life,
    )
    if appointment_id is not None:
        row.appointment = _own_appointment(person_id, appointment_id, at)
    elif not password_due(row, at):
        row.appointment = queries.usual_appointment(person_id, at)
    row.save(force_insert=True)
    Person.objects.filter(pk=person.pk).update(last_login=at)
    record(
        "accounts.sign_in", by=queries.actor_for(person, row.appointment, address=by.address, request_id=by.request_id),
        at=at, subject="sign_in", subject_id=row.pk, detail={"how": how, "program": bool(token)},
    )  # fmt: skip
    return row, token


@transaction.atomic
def choose_post(*, sign_in_id: UUID, appointment_id: UUID | None, by: Actor, at: datetime) -> SignIn:
    """Act in another post from now on, None = as oneself. Refuses NotFound, PasswordDue."""
    found = SignIn.objects.visible_to(by).alive(at).select_related("person").filter(pk=sign_in_id)
    row: SignIn | None = found.first()
    if row is None:
        raise NotFound
    if appointment_id is not None and password_due(row, at):
        raise PasswordDue
    row.appointment = (
        _own_appointment(row.person_id, appointment_id, at) if appointment_id is not None else None
    )
    row.seen_at = at
    row.save(update_fields=["appointment", "seen_at"])
    record("accounts.choose_post", by=by, at=at, subject="sign_in", subject_id=row.pk,
           detail={"appointment": str(appointment_id or "")})  # fmt: skip
    return row


@transaction.atomic
def sign_out(*, sign_in_id: UUID, by: Actor, at: datetime) -> None:
    """End one sign-in of one's own. Refuses NotFound."""
    if (
        not SignIn.objects.visible_to(by)
        .filter(pk=sign_in_id, ended_at=None)
        .update(ended_at=at, token_hash=None)
    ):
        raise NotFound
    record("accounts.sign_out", by=by, at=at, subject="sign_in", subject_id=sign_in_id)


@transaction.atomic
def sign_out_others(*, keep: UUID | None, by: Actor, at: datetime) -> int:
    """End every sign-in of one's own but `keep`. Returns how many ended."""
    others = SignIn.objects.visible_to(by).filter(person_id=by.person_id, ended_at=None).exclude(pk=keep)
    count = others.update(ended_at=at, token_hash=None)
    record("accounts.sign_out_others", by=by, at=at, subject="person", subject_id=by.person_id,
           detail={"count": count})  # fmt: skip
    return count


def seen(row: SignIn, at: datetime) -> None:
    """Note that the person is still here, once a minute at most."""
    if at - row.seen_at >= SEEN_EVERY:
        SignIn.objects.filter(pk=row.pk, seen_at=row.seen_at).update(seen_at=at)


def forget_sign_ins(*, at: datetime) -> int:
    """Drop sign-ins that ran out half a year ago (the audit trail keeps that they were)."""
    Lockout.objects.filter(last_at__lt=at - timedelta(days=1)).delete()
    return SignIn.objects.filter(expires_at__lt=at - timedelta(days=183)).delete()[0]


def password_due(row: SignIn, at: datetime) -> bool:
    """Whether a sign-in by password rests on one older than 90 days: then it gets no post."""
    changed = row.person.password_at
    return row.how == "password" and (changed is None or at - changed > PASSWORD_LIFE)


def _count_attempt(digest: bytes, at: datetime) -> None:
    """Count before the password is looked at: guesses sent side by side are counted one by one."""
    Lockout.objects.bulk_create([Lockout(phone_hash=digest, last_at=at)], ignore_conflicts=True)
    one = Lockout.objects.filter(phone_hash=digest)
    one.filter(until__lte=at).update(fails=0, until=None)
    # One statement: the fifth attempt is let through and shuts the door behind itself.
    fresh = Q(last_at__gt=at - LOCK)
    counted = one.filter(until=None).update(
        fails=Case(When(fresh, then=F("fails") + 1), default=Value(1)),
        until=Case(When(fresh & Q(fails__gte=PASSWORD_FAILS - 1), then=Value(at + LOCK)), default=None),
        last_at=at,
    )
    if counted:
        return
    row = one.first()
    left = row.until - at if row and row.until else LOCK
    raise LockedOut(field="password", minutes=max(1, ceil(left.total_seconds() / 60)))


def _own_appointment(person_id: UUID, appointment_id: UUID, at: datetime) -> Appointment:
    found = queries.appointments_of(person_id, at).filter(pk=appointment_id).first()
    if found is None:
        raise NotFound
    return found


def _known_scopes(scopes: Sequence[str]) -> None:
    known = {READ, WRITE}.union(*(post.permissions for post in POSTS.values()))
    if any(scope not in known for scope in scopes):
        raise ScopeUnknown(field="scopes")
