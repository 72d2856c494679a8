"""The replay guard: a write that comes twice is done once, and answered twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anxin.audit.models import Answer
from anxin.kit import clock
from anxin.kit.access import Request, refuse
from anxin.kit.crypto import seal, sha256, unseal
from anxin.kit.errors import Conflict, Invalid

KEEP_ANSWERS = timedelta(days=1)
KEY = re.compile(r"[!-~]{8,100}")


class KeyReused(Conflict):
    code = "key_reused"
    message = _("这次提交的编号已经用于另一项内容。请刷新页面后重新提交。")


class KeyMalformed(Invalid):
    code = "key_malformed"
    message = _("提交编号的格式不对：应为 8 到 100 个字母、数字或符号，不含空格。")


def replay(request: Request, key: str, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run a write once per key and person; the same write again gets the first answer.

    Refuses a key that came with other content (KeyReused) or is no key (KeyMalformed). An answer of 400 or
    above is not kept: the person corrects and sends again under the same key.
    """
    if not KEY.fullmatch(key):
        return refuse(request, KeyMalformed())
    who = str(request.actor.person_id or "anonymous")
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        answer = _claim(who, key, fingerprint)
        if answer is not None:
            return _again(request, answer, fingerprint)
        response = call()
        row = Answer.objects.filter(who=who, key=key)
        if response.status_code >= 400 or response.streaming:
            row.delete()
        else:
            row.update(
                status=response.status_code,
                location=response.headers.get("Location", ""),
                content_type=response.headers.get("Content-Type", ""),
                body=seal(getattr(response, "content", b""), f"audit_answer.body:{who}:{key}"),
            )
    return response


def _fingerprint(request: Request) -> str:
    if request.content_type == "multipart/form-data":
        files = [(n, f.name, f.size) for n, fs in sorted(request.FILES.lists()) for f in fs]
        fields = sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")
        content = repr((fields, files)).encode()
    elif request.content_type == "application/x-www-form-urlencoded":
        content = repr(sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")).encode()
    else:
        content = request.body
    return sha256(f"{request.method} {request.path}\n".encode() + content)


def _claim(who: str, key: str, fingerprint: str) -> Answer | None:
    """Insert the key, or wait for the one who holds it and return their answer."""
    try:
        with transaction.atomic():
            Answer.objects.create(who=who, key=key, fingerprint=fingerprint, at=clock.now())
        return None
    except IntegrityError:
        return Answer.objects.get(who=who, key=key)


def _again(request: Request, answer: Answer, fingerprint: str) -> HttpResponseBase:
    if answer.fingerprint != fingerprint or answer.status is None:
        return refuse(request, KeyReused())
    body = unseal(bytes(answer.body), f"audit_answer.body:{answer.who}:{answer.key}")
    response = HttpResponse(body, status=answer.status, content_type=answer.content_type or None)
    if answer.location:
        response.headers["Location"] = answer.location
    response.headers["Idempotent-Replay"] = "true"
    return response


def forget_answers(*, at: datetime) -> int:
    """Drop answers older than a day."""
    return Answer.objects.filter(at__lt=at - KEEP_ANSWERS).delete()[0]
