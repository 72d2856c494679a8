"""What every request passes: an id, language, who acts, the way back from a form's address, and the replay guard."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.urls import is_valid_path

from anxin.accounts.public import actor_of
from anxin.audit.public import replay
from anxin.config.interface import is_programs
from anxin.kit import logs, measure
from anxin.kit.access import UNSAFE, Request, refuse
from anxin.kit.actor import ANONYMOUS
from anxin.kit.errors import Malformed, NotFound, Refusal
from anxin.kit.network import client_address

log = logging.getLogger("anxin.request")
METHODS = UNSAFE | {"GET", "HEAD", "OPTIONS"}
Next = Callable[[Any], HttpResponseBase]


class RequestId:
    """Give each request an id that its log line, its audit rows and its error page share."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.request_id = secrets.token_hex(8)
        started = time.perf_counter()
        with logs.of_request(request.request_id):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.request_id
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
        return response


class Measured:
    """Count and time every request by the name of its page; an unknown address has none."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        counted, began = measure.Count(), time.perf_counter()
        with connection.execute_wrapper(counted):
            response = self.get_response(request)
        match = request.resolver_match
        name = match.view_name if match else "none"
        method = request.method if request.method in METHODS else "other"
        measure.REQUESTS.labels(name, method).observe(time.perf_counter() - began)
        measure.ANSWERS.labels(name, method, response.status_code).inc()
        measure.QUERIES.labels(name).inc(counted.queries)
        return response


class ClientAddress:
    """Let REMOTE_ADDR be the address that asks, also behind the operator's proxies: limits and audit go by it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            settings.ANXIN_TRUSTED_PROXIES,
        )
        if settings.ANXIN_ORIGIN.startswith("https://"):
            # We listen on the loopback only; whoever came here came through the proxy that speaks TLS.
            request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)


class Language(LocaleMiddleware):
    """Chinese unless the reader chose otherwise: the browser's own list does not decide, a program's word does."""

    def process_request(self, request: HttpRequest) -> None:
        if not is_programs(request) or settings.SESSION_COOKIE_NAME in request.COOKIES:
            request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)


class WhoActs:
    """Put the acting person, organisation and post on the request as `request.actor`."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        request.scopes = request.sign_in_id = request.appointment_id = None
        try:
            request.actor = actor_of(request)
        except Refusal as refusal:
            request.actor = ANONYMOUS
            return refuse(request, refusal)
        return self.get_response(request)


class FormsOwnPage:
    """The address of a form, asked for as a page, leads to the page above it.

    The address bar holds it when a form was refused: a reload, another language or large print ask for it.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        response = self.get_response(request)
        reader = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != 405 or not reader or is_programs(request):
            return response
        parts = request.path_info.strip("/").split("/")
        above = ["/".join(["", *parts[:length], ""]) for length in range(len(parts) - 1, 0, -1)]
        return HttpResponseRedirect(next(filter(is_valid_path, above), "/"))


class ReadableText:
    """Refuse the character NUL wherever it is sent: the database keeps no text that holds it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        if "\0" in request.path_info:
            return refuse(request, NotFound())
        if self._holds_nul(request):
            return refuse(request, Malformed())
        return self.get_response(request)

    def _holds_nul(self, request: Request) -> bool:
        if request.content_type == "application/json" and rb"\u0000" in request.body:
            return True
        sent = [request.GET, request.POST] if request.method in UNSAFE else [request.GET]
        return any("\0" in value for data in sent for _name, values in data.lists() for value in values)


class ReplayGuard:
    """Answer a write that comes twice with the answer of the first; nothing is done twice.

    Pages carry the key in a hidden field, programs in the Idempotency-Key header.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.method not in UNSAFE or not getattr(view, "replay", True):
            return None
        key = request.headers.get("Idempotency-Key") or request.POST.get("idempotency_key", "")
        if not key:
            return None
        if is_programs(request):
            # Only the operation knows whether it may be kept, and who may call it is asked before it is answered.
            request.once = partial(replay, request, key)
            return None
        return replay(request, key, partial(view, request, *args, **kwargs))


def template_context(request: Request) -> dict[str, Any]:
    """What every template may use beside its own context."""
    return {
        "actor": getattr(request, "actor", None),
        "demo": settings.ANXIN_DEMO,
        "origin": settings.ANXIN_ORIGIN,
        "simulator_url": settings.ANXIN_SIMULATOR_URL,
    }
