"""The JSON API: the same actions as the pages, one error form for every refusal."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.utils.translation import gettext
from ninja.errors import HttpError, ValidationError

from anxin.config.interface import WrongFormat
from anxin.config.openapi import Api
from anxin.config.reading import Reader
from anxin.kit.errors import Malformed, NotFound, Refusal, TooMany

DESCRIPTION = """家政服务数字化平台开放接口 · the open home-services platform

- `Authorization: Bearer …` says who acts, `X-Anxin-Post` (the id of one of one's posts) for whom; without it the
  post last chosen by POST /me/post.
- `Accept-Language: en` has people's words in English; without it they are Chinese. Programs go by `code`.
- Bodies are JSON in UTF-8, files come in multipart/form-data, both with Content-Length. A write with a name that its
  form does not know is refused whole (`name_unknown`), whether the name stands in the body or in the address.
- Money is in fen, moments bring their time zone.
"""

api = Api(
    title="Anxin 安心",
    version="1.0.0",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url="docs/",
    parser=Reader(),
)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal | type[Refusal]) -> HttpResponse:
    """Every refusal: {code, message, field, request_id} under its own HTTP status."""
    told = refusal if isinstance(refusal, Refusal) else refusal()
    body = told.told(getattr(request, "request_id", ""))
    response = api.create_response(request, body, status=refusal.status)
    if isinstance(told, TooMany):
        response.headers["Retry-After"] = str(told.retry_after)
    return response


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit the schema, told in the same form; what was sent is not echoed."""
    problems = [{"field": _field(e["loc"]), "problem": e["msg"]} for e in error.errors]
    body = {
        "code": "malformed",
        "message": gettext("请求的格式不符合接口说明。"),
        "field": problems[0]["field"] if problems else None,
        "problems": problems,
        "request_id": getattr(request, "request_id", ""),
    }
    return api.create_response(request, body, status=422)


def _field(place: tuple[str | int, ...]) -> str:
    """As the caller names it: not where it was sent, nor what our code calls the whole body."""
    where, *names = map(str, place)
    return ".".join(names[1:] if where == "body" else names)


@api.exception_handler(RawPostDataException)
def of_another_format(request: HttpRequest, error: RawPostDataException) -> HttpResponse:
    """A form was sent where JSON is wanted."""
    return refused(request, WrongFormat())


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that cannot be read at all, in the same form."""
    return api.create_response(
        request, Malformed().told(getattr(request, "request_id", "")), status=error.status_code
    )


@api.exception_handler(Http404)
@api.exception_handler(ObjectDoesNotExist)
def missing(request: HttpRequest, error: Exception) -> HttpResponse:
    """What does not exist and what is not yours look the same from outside."""
    return refused(request, NotFound())


for area in settings.AREAS:
    if find_spec(f"anxin.{area}.api") is not None:
        api.add_router("", import_module(f"anxin.{area}.api").router)
