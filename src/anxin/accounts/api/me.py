"""One's own account for programs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ninja import Router, Status

from anxin.accounts import actions, queries
from anxin.accounts.api.schemas import (
    ChoiceIn,
    MeOut,
    PasswordIn,
    ProofIn,
    PurposeIn,
    RealNameIn,
    SettingsIn,
    SignInOut,
    me_shape,
    sign_in_shape,
)
from anxin.accounts.models import Person
from anxin.accounts.values import CodePurpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, ruled
from anxin.kit.errors import NotFound

router = Router(tags=["accounts"])


@router.get("/me", response=MeOut, summary="我是谁、有哪些岗位")
@ruled(SIGNED_IN)
def me(request: Request) -> Any:
    return me_shape(_person(request), request.appointment_id, clock.now())


@router.patch("/me", response=MeOut, summary="修改显示设置")
@ruled(SIGNED_IN)
def change_me(request: Request, data: SettingsIn) -> Any:
    at = clock.now()
    person = actions.change_settings(**data.dict(), by=request.actor, at=at)
    return me_shape(person, request.appointment_id, at)


@router.post("/me/real-name", response=MeOut, summary="实名核验")
@ruled(SIGNED_IN, replay=False)
def real_name(request: Request, data: RealNameIn) -> Any:
    """409 id_number_taken, 422 id_number_invalid or identity_mismatch, 429 too often, 503 provider silent."""
    at = clock.now()
    person = actions.verify_real_name(name=data.name, id_number=data.id_number, by=request.actor, at=at)
    return me_shape(person, request.appointment_id, at)


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
    return me_shape(row.person, row.appointment_id, at)


@router.post("/me/codes", response={202: None}, summary="向本人手机发送确认验证码")
@ruled(SIGNED_IN, replay=False)
def send_own_code(request: Request, data: PurposeIn) -> Any:
    """To one's own phone: purposes contract, password and step_up."""
    if data.purpose not in (CodePurpose.CONTRACT, CodePurpose.PASSWORD, CodePurpose.STEP_UP):
        raise NotFound
    phone = _person(request).phone
    actions.send_code(phone=phone, purpose=data.purpose, by=request.actor, at=clock.now())
    return Status(202, None)


@router.post("/me/proof", response={204: None}, summary="再次确认是本人，5 分钟内可办重要操作")
@ruled(SIGNED_IN, replay=False)
def prove(request: Request, data: ProofIn) -> Any:
    """Operations that answer 403 step_up_needed go through for five minutes after this.

    `answer`: a TOTP or a recovery code by who has a second factor, else a code of purpose step_up; or `password`.
    """
    if request.sign_in_id is None:
        raise NotFound
    actions.prove(
        sign_in_id=request.sign_in_id,
        answer=data.answer,
        password=data.password,
        by=request.actor,
        at=clock.now(),
    )
    return Status(204, None)


@router.put("/me/password", response={204: None}, summary="设置或更换登录密码")
@ruled(SIGNED_IN, replay=False)
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
    return [sign_in_shape(row, request.sign_in_id) for row in queries.sign_ins_of(request.actor, clock.now())]


@router.delete("/me/sign-ins/{sign_in_id}", response={204: None}, summary="退出某处登录")
@ruled(SIGNED_IN)
def end_sign_in(request: Request, sign_in_id: UUID) -> Any:
    actions.sign_out(sign_in_id=sign_in_id, by=request.actor, at=clock.now())
    return Status(204, None)


def _person(request: Request) -> Person:
    person: Person = Person.objects.visible_to(request.actor).get(pk=request.actor.person_id)
    return person
