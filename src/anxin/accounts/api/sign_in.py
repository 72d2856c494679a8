"""Tokens for programs."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from anxin.accounts import actions
from anxin.accounts.api.schemas import PasskeyTokenIn, PhoneIn, TokenIn, TokenOut, me_shape
from anxin.accounts.models import SignIn
from anxin.accounts.values import CodePurpose
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, ruled
from anxin.kit.errors import Invalid, NotFound

router = Router(tags=["accounts"])


class CredentialMissing(Invalid):
    code = "credential_missing"


@router.post("/sign-in/codes", response={202: None}, summary="向手机号发送登录验证码")
@ruled(PUBLIC, replay=False)
def send_sign_in_code(request: Request, data: PhoneIn) -> Any:
    """Answers 202 alike whether anybody has the number. 429: too soon."""
    actions.send_code(phone=data.phone, purpose=CodePurpose.SIGN_IN, by=request.actor, at=clock.now())
    return Status(202, None)


@router.post("/sign-in/tokens", response={201: TokenOut}, summary="用验证码或密码换取访问令牌")
@ruled(PUBLIC, replay=False)
def make_token(request: Request, data: TokenIn) -> Any:
    """A bearer token for 12 hours, shown once. Scopes: read, write, and permissions to be limited to."""
    at = clock.now()
    how: dict[str, Any] = {
        "phone": data.phone, "by": request.actor, "at": at, "device": data.device, "scopes": data.scopes,
        "second": data.second,
    }  # fmt: skip
    if data.code is not None:
        row, token = actions.sign_in_by_code(code=data.code, **how)
    elif data.password is not None:
        row, token = actions.sign_in_by_password(password=data.password, **how)
    else:
        raise CredentialMissing(field="code")
    return Status(201, _shape(row, token, at))


@router.post("/sign-in/passkeys/questions", response={201: dict[str, Any]}, summary="开始用通行密钥登录")
@ruled(PUBLIC, replay=False)
def ask_passkey(request: Request, response: HttpResponse) -> Any:
    """PublicKeyCredentialRequestOptionsJSON for the device, good once, for five minutes. It names nobody."""
    response.headers["Cache-Control"] = "no-store"
    return Status(201, json.loads(actions.ask_passkey(purpose="sign_in", at=clock.now())))


@router.post("/sign-in/passkeys/tokens", response={201: TokenOut}, summary="用通行密钥换取访问令牌")
@ruled(PUBLIC, replay=False)
def make_token_by_passkey(request: Request, data: PasskeyTokenIn) -> Any:
    """As /sign-in/tokens; a passkey is both factors. 422: the answer is not to be believed."""
    at = clock.now()
    row, token = actions.sign_in_by_passkey(
        credential=json.dumps(data.credential),
        by=request.actor,
        at=at,
        device=data.device,
        scopes=data.scopes,
    )
    return Status(201, _shape(row, token, at))


@router.delete("/sign-in/tokens/current", response={204: None}, summary="作废当前令牌")
@ruled(SIGNED_IN)
def end_token(request: Request) -> Any:
    if request.sign_in_id is None:
        raise NotFound
    actions.sign_out(sign_in_id=request.sign_in_id, by=request.actor, at=clock.now())
    return Status(204, None)


def _shape(row: SignIn, token: str, at: datetime) -> dict[str, Any]:
    return {"token": token, "expires_at": row.expires_at, "me": me_shape(row.person, row.appointment_id, at)}
