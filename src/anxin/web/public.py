"""Error pages, named in settings and urls; the names of the areas in words."""

from __future__ import annotations

import errno
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anxin.kit import kept
from anxin.kit.errors import Broken, CrossSite, Forbidden, NotFound, Refusal, Unavailable
from anxin.web.audit_words import AREAS as AREAS

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Unreadable(Refusal):
    code = "malformed"
    message = _("请求无法识别，请检查后再试。")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if refused := _of_interface(request, CrossSite()):
        return refused
    return render(request, "web/403_csrf.html", {"again": _again(request)}, status=403)


def _again(request: HttpRequest) -> list[tuple[str, str]]:
    """What may be sent once more: a form of our own page, shown to who is signed in, whose token has grown old since
    they signed in anew in another window. What another site made the browser send has another origin."""
    ours = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    person = getattr(getattr(request, "actor", None), "person_id", None)
    return kept.fields_of(request) if ours and kept.shown_to(request.POST, person) else []


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if refused := _of_interface(request, Unreadable()):
        return refused
    return render(request, "web/400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if refused := _of_interface(request, Forbidden()):
        return refused
    return render(request, "web/403.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    if refused := _of_interface(request, NotFound()):
        return refused
    return render(request, "web/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """A mistake of ours: 500. A database or disk that is away or full: 503, with the word when to try again."""
    trouble = sys.exc_info()[1]
    passing = isinstance(trouble, (OperationalError, InterfaceError)) or (
        isinstance(trouble, OSError) and trouble.errno in FULL
    )
    refusal = Unavailable() if passing else Broken()
    # Nothing here may ask the database: it is what failed.
    page = "web/503.html" if passing else "web/500.html"
    response = _of_interface(request, refusal) or render(
        request, page, {"again": request.get_full_path()}, status=refusal.status
    )
    if isinstance(refusal, Unavailable):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def _of_interface(request: HttpRequest, refusal: Refusal) -> HttpResponse | None:
    """What a program is told; None to a person, who gets a page."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse(refusal.told(getattr(request, "request_id", "")), status=refusal.status)
