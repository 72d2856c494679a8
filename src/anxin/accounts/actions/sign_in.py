"""Signing in and out, in a browser and as a program, and choosing the post to act in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts import queries
from anxin.accounts.actions.codes import check_code, phone_digest
from anxin.accounts.actions.lockout import count_attempt, forgive, minutes
from anxin.accounts.actions.passkeys import use_passkey
from anxin.accounts.actions.people import clean_phone, register_person
from anxin.accounts.actions.second import SecondNeeded, check_second
from anxin.accounts.events import NewDevice
from anxin.accounts.models import Appointment, Lockout, Person, SignIn
from anxin.accounts.rules.factors import needs_second
from anxin.accounts.rules.sign_in import ABSOLUTE, PASSWORD_LIFE
from anxin.accounts.values import POSTS, CodePurpose, FactorKind, OrganisationKind
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256
from anxin.kit.errors import Forbidden, Invalid, NotFound, Refusal, TooMany
from anxin.kit.events import announce
from anxin.kit.network import inside

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


class SecondMissing(Forbidden):
    code = "second_factor_missing"
    message = _(
        "平台、协会、主管部门和信用服务机构的岗位需要第二重验证。请先绑定验证器 App 或登记通行密钥，再切换到岗位。"
    )


class AddressOutside(Forbidden):
    code = "address_outside"
    message = _("平台岗位只能在指定的办公网络内使用。请回到办公网络，或联系系统管理员。")


class ScopeUnknown(Invalid):
    code = "scope_unknown"
    message = _("没有这个授权范围：可用 read、write，或您所在岗位的权限名称。")


def sign_in_by_code(
    *,
    phone: str,
    code: str,
    by: Actor,
    at: datetime,
    device: str = "",
    device_mark: str = "",
    scopes: Sequence[str] | None = None,
    second: str = "",
) -> tuple[SignIn, str]:
    """Sign in with the code sent to the phone; a number nobody has yet is registered. See open_sign_in.

    `second` is the second factor of a program (a browser shows it on the next page).
    Refuses PhoneMalformed, CodeWrong, AccountClosed, and for a program SecondNeeded, SecondWrong. Source: B-7.2.1.
    """
    check_code(phone=phone, purpose=CodePurpose.SIGN_IN, code=code, at=at)
    shown = _second_of_program(queries.person_by_phone(clean_phone(phone)), second, scopes, by, at)
    with transaction.atomic():
        person = register_person(phone=phone, by=by, at=at)
        # The code proved the phone: an earlier lock on the password has no more reason.
        Lockout.objects.filter(phone_hash=phone_digest(clean_phone(phone))).delete()
        return open_sign_in(
            person_id=person.pk, how="code", by=by, at=at, device=device, device_mark=device_mark,
            scopes=scopes, second=shown,
        )  # fmt: skip


def sign_in_by_password(
    *,
    phone: str,
    password: str,
    by: Actor,
    at: datetime,
    device: str = "",
    device_mark: str = "",
    scopes: Sequence[str] | None = None,
    second: str = "",
) -> tuple[SignIn, str]:
    """Sign in with a password. Unknown numbers, people without one and wrong ones get the same answer.

    Refuses PhoneMalformed, PasswordWrong, LockedOut (five fails: ten minutes), AccountClosed.
    Do not call it inside a transaction that a refusal undoes: the failed attempt must stay counted.
    """
    phone = clean_phone(phone)
    digest = phone_digest(phone)
    if wait := count_attempt(digest, at):
        raise LockedOut(field="password", minutes=minutes(wait))
    person = queries.person_by_phone(phone)
    if person is None or not person.has_usable_password():
        make_password(password)  # Takes as long as a check: time must not tell which numbers are known.
        raise PasswordWrong(field="password")
    if not check_password(password, person.password):
        record("accounts.password_wrong", by=by, at=at, subject="person", subject_id=person.pk)
        raise PasswordWrong(field="password")
    forgive(digest)
    shown = _second_of_program(person, second, scopes, by, at)
    return open_sign_in(
        person_id=person.pk, how="password", by=by, at=at, device=device, device_mark=device_mark,
        scopes=scopes, second=shown,
    )  # fmt: skip


def sign_in_by_passkey(
    *,
    credential: str,
    by: Actor,
    at: datetime,
    device: str = "",
    device_mark: str = "",
    scopes: Sequence[str] | None = None,
) -> tuple[SignIn, str]:
    """Sign in with a passkey alone: possession and the device's own check of its user are two factors.

    See open_sign_in. Refuses PasskeyRefused, AccountClosed, ScopeUnknown.
    """
    key = use_passkey(credential=credential, purpose="sign_in", by=by, at=at)
    return open_sign_in(
        person_id=key.person_id, how="passkey", by=by, at=at, device=device, device_mark=device_mark,
        scopes=scopes, second=FactorKind.PASSKEY,
    )  # fmt: skip


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
    second: FactorKind | None = None,
    device_mark: str = "",
) -> tuple[SignIn, str]:
    """Open a sign-in for a person who has been identified by `how`; returns it and, with `scopes`, a bearer token.

    `scopes` None = a browser; else "read" and "write", and names of permissions if the token shall have fewer than
    the post. The token is shown once; only its hash is kept. Without `appointment_id` the post used last is
    taken up again, or the only one. `second` is the second factor that was shown as well; without it, who has one
    must show it before the sign-in counts (not so at a door of the demo), and posts that need one are not given.
    Refuses AccountClosed, NotFound (appointment), ScopeUnknown, SecondMissing, AddressOutside.
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
        device_hash=sha256((device_mark or f"program {device}").encode()),
        second_due=second is None and not _is_door(how) and queries.has_factor(person_id),
        second_how=second or "",
        second_at=at if second else None,
    )
    row.proved_at = None if row.second_due or _is_door(how) else at
    row.appointment = _first_post(row, appointment_id, by.address, at)
    _tell_new_device(row, at)
    row.save(force_insert=True)
    Person.objects.filter(pk=person.pk).update(last_login=at)
    record(
        "accounts.sign_in", by=queries.actor_for(person, row.appointment, address=by.address, request_id=by.request_id),
        at=at, subject="sign_in", subject_id=row.pk, detail={"how": how, "program": bool(token)},
    )  # fmt: skip
    return row, token


@transaction.atomic
def choose_post(*, sign_in_id: UUID, appointment_id: UUID | None, by: Actor, at: datetime) -> SignIn:
    """Act in another post from now on, None = as oneself. Refuses NotFound, PasswordDue, SecondMissing,
    AddressOutside."""
    found = SignIn.objects.visible_to(by).alive(at).select_related("person").filter(pk=sign_in_id)
    row: SignIn | None = found.first()
    if row is None:
        raise NotFound
    row.appointment = None
    if appointment_id is not None:
        row.appointment = _own_appointment(row.person_id, appointment_id, at)
        if refusal := post_refusal(row, row.appointment, by.address, at):
            raise refusal
    row.seen_at = at
    row.save(update_fields=["appointment", "seen_at"])
    record("accounts.choose_post", by=by, at=at, subject="sign_in", subject_id=row.pk,
           detail={"appointment": str(appointment_id or "")})  # fmt: skip
    return row


def password_due(row: SignIn, at: datetime) -> bool:
    """Whether a sign-in by password rests on one older than 90 days: then it gets no post."""
    changed = row.person.password_at
    return row.how == "password" and (changed is None or at - changed > PASSWORD_LIFE)


def post_refusal(row: SignIn, appointment: Appointment, address: str, at: datetime) -> type[Refusal] | None:
    """Why this sign-in may not act in this post from this address now; None if it may."""
    if password_due(row, at):
        return PasswordDue
    kind = appointment.organisation.kind
    # A sign-in that still waits for its second factor keeps its post: nobody acts by it before that is shown.
    shown = row.second_at is not None or row.second_due or _is_door(row.how)
    if needs_second(kind, settings.ANXIN_SECOND_FACTOR) and not shown:
        return SecondMissing
    allowed = settings.ANXIN_ADMIN_NETWORKS
    if kind == OrganisationKind.OPERATOR and allowed and not inside(address, allowed):
        return AddressOutside
    return None


def post_missing(row: SignIn, at: datetime) -> bool:
    """Whether the person holds a post that this sign-in may take up once a second factor is set up."""
    if row.second_at is not None or row.second_due or _is_door(row.how):
        return False
    held = queries.appointments_of(row.person_id, at)
    return any(needs_second(one.organisation.kind, settings.ANXIN_SECOND_FACTOR) for one in held)


def _tell_new_device(row: SignIn, at: datetime) -> None:
    if not _is_door(row.how) and not queries.known_device(row.person_id, row.device_hash, at):
        announce(NewDevice(row.person_id, row.pk, row.how, row.device, row.address, at))


def _is_door(how: str) -> bool:
    """A one-click door of the demo shows nothing of who comes; outside the demo there is none."""
    return how == "demo" and bool(settings.ANXIN_DEMO)


def _first_post(row: SignIn, appointment_id: UUID | None, address: str, at: datetime) -> Appointment | None:
    """The post in which a sign-in begins: the one asked for, or else the usual one if it may be taken up."""
    if appointment_id is not None:
        asked = _own_appointment(row.person_id, appointment_id, at)
        refusal = post_refusal(row, asked, address, at)
        if refusal and refusal is not PasswordDue:
            raise refusal
        return asked
    usual = queries.usual_appointment(row.person_id, at)
    return usual if usual and not post_refusal(row, usual, address, at) else None


def _second_of_program(
    person: Person | None, second: str, scopes: Sequence[str] | None, by: Actor, at: datetime
) -> FactorKind | None:
    """A program shows both factors in one call, since a token has no page that could ask for the second."""
    if scopes is None or person is None or not queries.has_factor(person.pk):
        return None
    if not second:
        raise SecondNeeded(field="second")
    return check_second(person_id=person.pk, by=by, at=at, answer=second)


def _own_appointment(person_id: UUID, appointment_id: UUID, at: datetime) -> Appointment:
    found = queries.appointments_of(person_id, at).filter(pk=appointment_id).first()
    if found is None:
        raise NotFound
    return found


def _known_scopes(scopes: Sequence[str]) -> None:
    known = {READ, WRITE}.union(*(post.permissions for post in POSTS.values()))
    if any(scope not in known for scope in scopes):
        raise ScopeUnknown(field="scopes")
