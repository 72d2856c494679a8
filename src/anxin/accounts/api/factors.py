"""One's own second factors for programs: what the page of security does, with the same fresh proof.

A passkey is made by the device: the app asks for the question, has the system answer it, and sends the answer as it is.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from anxin.accounts import actions, queries
from anxin.accounts.models import Person
from anxin.accounts.rules.factors import ISSUER, provisioning_uri
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, ruled
from anxin.kit.masks import mask_phone

router = Router(tags=["accounts"])


class PasskeyOut(Schema):
    id: UUID
    name: str
    created_at: datetime
    used_at: datetime | None
    backed_up: bool


class FactorsOut(Schema):
    """`missing`: a post of the person's may be taken up with a second factor only, and there is none."""

    totp: bool
    recovery_left: int
    passkeys: list[PasskeyOut]
    missing: bool


class TotpOut(Schema):
    """`uri` is what the QR code holds; `secret` is the same to type (Base32)."""

    uri: str
    secret: str


class TotpIn(Schema):
    code: str = Field(max_length=12)


class NameIn(Schema):
    name: str = Field(max_length=40)


class PasskeyIn(Schema):
    """`credential`: what the system answered to the question, PublicKeyCredential.toJSON()."""

    name: str = Field(max_length=40)
    credential: dict[str, Any]


class CodesOut(Schema):
    """Told this once; only keyed hashes are kept."""

    recovery_codes: list[str]


class PasskeyMadeOut(Schema):
    """The codes are those made with the first factor, else none."""

    passkey: PasskeyOut
    recovery_codes: list[str]


@router.get("/me/factors", response=FactorsOut, summary="我的登录验证方式")
@ruled(SIGNED_IN)
def factors(request: Request) -> Any:
    person = _person(request)
    ways = queries.ways(person)
    return {
        "totp": ways.totp, "recovery_left": ways.recovery_left, "passkeys": queries.passkeys_of(request.actor),
        "missing": bool(queries.needs_factor(person.pk, clock.now())),
    }  # fmt: skip


@router.post("/me/factors/totp", response={201: TotpOut}, summary="开始绑定验证器")
@ruled(fresh(SIGNED_IN), replay=False)
def begin_totp(request: Request, response: HttpResponse) -> Any:
    """For half an hour the same secret. In use only after /me/factors/totp/confirmation. 409: there is one."""
    row = actions.begin_totp(by=request.actor, at=clock.now())
    uri = provisioning_uri(bytes.fromhex(row.secret), mask_phone(_person(request).phone), ISSUER)
    response.headers["Cache-Control"] = "no-store"
    return Status(201, {"uri": uri, "secret": uri.partition("secret=")[2].partition("&")[0]})


@router.post("/me/factors/totp/confirmation", response=CodesOut, summary="输入首个动态口令，完成绑定")
@ruled(fresh(SIGNED_IN), replay=False)
def confirm_totp(request: Request, response: HttpResponse, data: TotpIn) -> Any:
    """The codes are those made with the first factor, else none. 422: wrong code; 409: begun too long ago."""
    codes = actions.confirm_totp(
        code=data.code, by=request.actor, at=clock.now(), sign_in_id=request.sign_in_id
    )
    response.headers["Cache-Control"] = "no-store"
    return {"recovery_codes": codes}


@router.delete("/me/factors/totp", response={204: None}, summary="移除验证器")
@ruled(fresh(SIGNED_IN))
def remove_totp(request: Request) -> Any:
    actions.remove_totp(by=request.actor, at=clock.now())
    return Status(204, None)


@router.post("/me/factors/recovery-codes", response=CodesOut, summary="换一批恢复码")
@ruled(fresh(SIGNED_IN), replay=False)
def new_codes(request: Request, response: HttpResponse) -> Any:
    """Ten new ones in place of all before. 404: there is no factor that they could replace."""
    response.headers["Cache-Control"] = "no-store"
    return {"recovery_codes": actions.issue_codes(by=request.actor, at=clock.now())}


@router.post("/me/factors/passkeys/questions", response={201: dict[str, Any]}, summary="开始登记通行密钥")
@ruled(SIGNED_IN, replay=False)
def ask_new_passkey(request: Request, response: HttpResponse) -> Any:
    """PublicKeyCredentialCreationOptionsJSON for the device, good once, for five minutes. 409: ten are there."""
    response.headers["Cache-Control"] = "no-store"
    return Status(201, json.loads(actions.ask_new_passkey(by=request.actor, at=clock.now())))


@router.post("/me/factors/passkeys", response={201: PasskeyMadeOut}, summary="登记通行密钥")
@ruled(fresh(SIGNED_IN), replay=False)
def add_passkey(request: Request, response: HttpResponse, data: PasskeyIn) -> Any:
    """422: the answer is not to be believed, or has no name; 409: registered before, or ten are there."""
    row, codes = actions.add_passkey(
        credential=json.dumps(data.credential), name=data.name, by=request.actor, at=clock.now(),
        sign_in_id=request.sign_in_id,
    )  # fmt: skip
    response.headers["Cache-Control"] = "no-store"
    return Status(201, {"passkey": row, "recovery_codes": codes})


@router.patch("/me/factors/passkeys/{passkey_id}", response={204: None}, summary="给通行密钥改名")
@ruled(SIGNED_IN)
def rename_passkey(request: Request, passkey_id: UUID, data: NameIn) -> Any:
    actions.rename_passkey(passkey_id=passkey_id, name=data.name, by=request.actor, at=clock.now())
    return Status(204, None)


@router.delete("/me/factors/passkeys/{passkey_id}", response={204: None}, summary="移除通行密钥")
@ruled(fresh(SIGNED_IN))
def remove_passkey(request: Request, passkey_id: UUID) -> Any:
    actions.remove_passkey(passkey_id=passkey_id, by=request.actor, at=clock.now())
    return Status(204, None)


def _person(request: Request) -> Person:
    person: Person = Person.objects.visible_to(request.actor).get(pk=request.actor.person_id)
    return person
