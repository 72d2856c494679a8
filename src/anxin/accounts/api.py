"""Accounts for programs: tokens, who am I, posts, real name, staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from anxin.accounts import actions, queries
from anxin.accounts.models import Appointment, Person, SignIn
from anxin.accounts.values import CodePurpose
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, holds, ruled
from anxin.kit.errors import Invalid, NotFound
from anxin.kit.masks import mask_phone

router = Router(tags=["accounts"])


class CredentialMissing(Invalid):
    code = "credential_missing"


class PhoneIn(Schema):
    phone: str = Field(max_length=24)


class TokenIn(Schema):
    """Either the code from the text message or the password."""

    phone: str = Field(max_length=24)
    code: str | None = Field(None, max_length=12)
    password: str | None = Field(None, max_length=200)
    device: str = Field("", max_length=200)
    scopes: list[str] = Field(default_factory=lambda: ["read", "write"], max_length=60)


class PostOut(Schema):
    id: UUID
    organisation_id: UUID
    organisation: str
    kind: str
    post: str
    label: str
    permissions: list[str]


class MeOut(Schema):
    id: UUID
    name: str
    phone_masked: str
    verified: bool
    language: str
    large_print: bool
    theme: str
    post: PostOut | None
    posts: list[PostOut]


class TokenOut(Schema):
    token: str
    expires_at: datetime
    me: MeOut


class SettingsIn(Schema):
    language: str | None = None
    large_print: bool | None = None
    theme: str | None = None


class RealNameIn(Schema):
    name: str = Field(max_length=60)
    id_number: str = Field(max_length=40)


class ChoiceIn(Schema):
    appointment_id: UUID | None = None


class PurposeIn(Schema):
    purpose: CodePurpose


class PasswordIn(Schema):
    code: str = Field(max_length=12)
    password: str = Field(max_length=200)


class SignInOut(Schema):
    id: UUID
    how: str
    program: bool
    device: str
    address: str
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime
    here: bool


class StaffIn(Schema):
    phone: str = Field(max_length=24)
    name: str = Field(max_length=30)
    post: str = Field(max_length=32)


class StaffOut(Schema):
    id: UUID
    person_id: UUID
    name: str
    phone_masked: str
    verified: bool
    post: str
    label: str
    since: datetime


def _post(row: Appointment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "organisation_id": row.organisation_id,
        "organisation": row.organisation.name,
        "kind": row.organisation.kind,
        "post": row.post,
        "label": _(row.definition.label),
        "permissions": sorted(row.definition.permissions),
    }


def _me(person: Person, acting: UUID | None, at: datetime) -> dict[str, Any]:
    posts = [_post(row) for row in queries.appointments_of(person.pk, at)]
    return {
        "id": person.pk,
        "name": person.name,
        "phone_masked": mask_phone(person.phone),
        "verified": person.is_verified,
        "language": person.language,
        "large_print": person.large_print,
        "theme": person.theme,
        "posts": posts,
        "post": next((one for one in posts if one["id"] == acting), None),
    }


def _person(request: HttpRequest) -> Person:
    actor = request.actor  # type: ignore[attr-defined]
    person: Person = Person.objects.visible_to(actor).get(pk=actor.person_id)
    return person


@router.post("/sign-in/codes", response={202: None}, summary="向手机号发送登录验证码")
@ruled(PUBLIC)
def send_sign_in_code(request: Request, data: PhoneIn) -> Any:
    """Answers 202 alike whether anybody has the number. 429: too soon."""
    actions.send_code(phone=data.phone, purpose=CodePurpose.SIGN_IN, by=request.actor, at=clock.now())
    return Status(202, None)


@router.post("/sign-in/tokens", response={201: TokenOut}, summary="用验证码或密码换取访问令牌")
@ruled(PUBLIC)
def make_token(request: Request, data: TokenIn) -> Any:
    """A bearer token for 12 hours, shown once. Scopes: read, write, and permissions to be limited to."""
    at = clock.now()
    how: dict[str, Any] = {
        "phone": data.phone, "by": request.actor, "at": at, "device": data.device, "scopes": data.scopes,
    }  # fmt: skip
    if data.code is not None:
        row, token = actions.sign_in_by_code(code=data.code, **how)
    elif data.password is not None:
        row, token = actions.sign_in_by_password(password=data.password, **how)
    else:
        raise CredentialMissing(field="code")
    return Status(
        201, {"token": token, "expires_at": row.expires_at, "me": _me(row.person, row.appointment_id, at)}
    )


@router.delete("/sign-in/tokens/current", response={204: None}, summary="作废当前令牌")
@ruled(SIGNED_IN)
def end_token(request: Request) -> Any:
    if request.sign_in_id is None:
        raise NotFound
    actions.sign_out(sign_in_id=request.sign_in_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/me", response=MeOut, summary="我是谁、有哪些岗位")
@ruled(SIGNED_IN)
def me(request: Request) -> Any:
    return _me(_person(request), request.appointment_id, clock.now())


@router.patch("/me", response=MeOut, summary="修改显示设置")
@ruled(SIGNED_IN)
def change_me(request: Request, data: SettingsIn) -> Any:
    at = clock.now()
    person = actions.change_settings(**data.dict(), by=request.actor, at=at)
    return _me(person, request.appointment_id, at)


@router.post("/me/real-name", response=MeOut, summary="实名核验")
@ruled(SIGNED_IN)
def real_name(request: Request, data: RealNameIn) -> Any:
    """409 id_number_taken, 422 id_number_invalid or identity_mismatch, 429 too often, 503 provider silent."""
    at = clock.now()
    person = actions.verify_real_name(name=data.name, id_number=data.id_number, by=request.actor, at=at)
    return _me(person, request.appointment_id, at)


@router.post("/me/post", response=MeOut, summary="切换岗位")
@ruled(SIGNED_IN)
def choose_post(request: Request, data: ChoiceIn) -> Any:
    """Kept with the token; for a single call send the header X-Anxin-Post instead."""
    if request.sign_in_id is None:
        raise NotFound
    at = clock.now()
    row = actions.choose_post(
        sign_in_id=request.sign_in_id, appointment_id=data.appointment_id, by=request.actor, at=at
    )
    return _me(row.person, row.appointment_id, at)


@router.post("/me/codes", response={202: None}, summary="向本人手机发送确认验证码")
@ruled(SIGNED_IN)
def send_own_code(request: Request, data: PurposeIn) -> Any:
    """To one's own phone: purposes contract and password."""
    if data.purpose not in (CodePurpose.CONTRACT, CodePurpose.PASSWORD):
        raise NotFound
    phone = _person(request).phone
    actions.send_code(phone=phone, purpose=data.purpose, by=request.actor, at=clock.now())
    return Status(202, None)


@router.put("/me/password", response={204: None}, summary="设置或更换登录密码")
@ruled(SIGNED_IN)
def set_password(request: Request, data: PasswordIn) -> Any:
    """Confirmed by a code of purpose password; other sign-ins and tokens end."""
    at = clock.now()
    actions.check_new_password(password=data.password, by=request.actor, at=at)
    actions.check_code(phone=_person(request).phone, purpose=CodePurpose.PASSWORD, code=data.code, at=at)
    actions.set_password(password=data.password, by=request.actor, at=at, keep_sign_in=request.sign_in_id)
    return Status(204, None)


@router.get("/me/sign-ins", response=list[SignInOut], summary="我在哪些设备上登录")
@ruled(SIGNED_IN)
def sign_ins(request: Request) -> Any:
    return [_sign_in(row, request.sign_in_id) for row in queries.sign_ins_of(request.actor, clock.now())]


@router.delete("/me/sign-ins/{sign_in_id}", response={204: None}, summary="退出某处登录")
@ruled(SIGNED_IN)
def end_sign_in(request: Request, sign_in_id: UUID) -> Any:
    actions.sign_out(sign_in_id=sign_in_id, by=request.actor, at=clock.now())
    return Status(204, None)


@router.get("/staff", response=list[StaffOut], summary="本单位在岗员工")
@ruled(holds("accounts.appoint"))
def staff(request: Request) -> Any:
    organisation = request.actor.organisation_id
    return [_staff(row) for row in queries.staff_of(organisation, clock.now())] if organisation else []


@router.post("/staff", response={201: StaffOut}, summary="任命同事")
@ruled(holds("accounts.appoint"))
def appoint(request: Request, data: StaffIn) -> Any:
    if request.actor.organisation_id is None:
        raise NotFound
    row = actions.appoint_by_phone(
        **data.dict(), organisation_id=request.actor.organisation_id, by=request.actor, at=clock.now()
    )
    return Status(201, _staff(row))


@router.delete("/staff/{appointment_id}", response={204: None}, summary="免去岗位")
@ruled(holds("accounts.appoint"))
def dismiss(request: Request, appointment_id: UUID) -> Any:
    actions.dismiss(appointment_id=appointment_id, by=request.actor, at=clock.now())
    return Status(204, None)


def _sign_in(row: SignIn, here: UUID | None) -> dict[str, Any]:
    fields = ("how", "device", "address", "signed_in_at", "seen_at", "expires_at")
    return {name: getattr(row, name) for name in fields} | {
        "id": row.pk,
        "program": row.token_hash is not None,
        "here": row.pk == here,
    }


def _staff(row: Appointment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "person_id": row.person_id,
        "name": row.person.name,
        "phone_masked": mask_phone(row.person.phone),
        "verified": row.person.is_verified,
        "post": row.post,
        "label": _(row.definition.label),
        "since": row.period.lower,
    }
