"""What a program's request is held to before it comes to an operation, and what every answer of the interface keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _

from anxin.kit.access import UNSAFE, Request, refuse
from anxin.kit.actor import ANONYMOUS
from anxin.kit.errors import Refusal

PREFIX = "/api/"
FORMATS = ("application/json", "multipart/form-data")


class LengthNeeded(Refusal):
    status = 411
    code = "length_needed"
    message = _("请求须注明内容的长度（Content-Length），不支持分块发送。")


class TooLarge(Refusal):
    status = 413
    code = "too_large"
    message = _("内容太大，请删减后再发送。")


class WrongFormat(Refusal):
    status = 415
    code = "wrong_format"
    message = _("请求的内容应为 UTF-8 编码的 application/json；上传文件用 multipart/form-data。")


class WrongMethod(Refusal):
    status = 405
    code = "wrong_method"
    message = _("这个地址不支持这种请求方法，请查看接口说明。")


def is_programs(request: HttpRequest) -> bool:
    """Whether an address of the interface is asked for, by whomever."""
    return request.path_info.startswith(PREFIX)


class Interface:
    """Every refusal of the interface in its one form, also those that no operation was asked about; answers that are
    somebody's own are kept by no cache; what may be asked for may be asked for by HEAD."""

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        if not is_programs(request):
            return self.get_response(request)
        head = request.method == "HEAD"
        if head:
            request.method = "GET"
        refusal = _unreadable(request)
        response = refuse(request, refusal) if refusal else self.get_response(request)
        if response.status_code == 405:
            allowed = {one.strip() for one in response.headers["Allow"].split(",")}
            response = refuse(request, WrongMethod())
            response.headers["Allow"] = ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))
        actor = getattr(request, "actor", ANONYMOUS)
        if actor.person_id or request.method in UNSAFE:
            response.headers["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["Authorization"])
        return _bodyless(response) if head else response


def _unreadable(request: Request) -> Refusal | None:
    """Why a body cannot be read. Without its length the server would hand us none of it."""
    if request.method not in UNSAFE:
        return None
    if "Transfer-Encoding" in request.headers and not request.headers.get("Content-Length"):
        return LengthNeeded()
    length = request.headers.get("Content-Length") or "0"
    if not length.isdigit() or int(length) == 0:
        return None
    if request.content_type not in FORMATS or _charset(request) != "utf-8":
        return WrongFormat()
    whole = request.content_type == "application/json"
    return TooLarge() if whole and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else None


def _charset(request: Request) -> str:
    return (request.content_params or {}).get("charset", "utf-8").lower().replace("utf8", "utf-8")


def _bodyless(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer to HEAD: how long it would be, and nothing of it."""
    if isinstance(response, HttpResponse):
        length = len(response.content)
        response.content = b""
        response.headers["Content-Length"] = str(length)
    return response
