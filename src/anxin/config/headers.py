"""What every answer carries, whoever gives it: pages, API, files, errors, redirects, static files, streams, simulators.

No inline script or style anywhere, nothing from elsewhere, in nobody's frame; a view may only be stricter.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

YEAR_S = 31_536_000
STYLE = re.compile(rb"<style>(.*?)</style>", re.DOTALL)


def policy() -> str:
    """The content security policy of our pages."""
    live = settings.ANXIN_LIVE_URL.rsplit("/live", 1)[0]
    cashier = settings.ANXIN_SIMULATOR_URL if settings.ANXIN_DEMO else ""
    return "; ".join(
        [
            "default-src 'self'",
            "script-src 'self'",
            "script-src-attr 'none'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            f"connect-src 'self' {live}",
            "worker-src 'self'",
            "frame-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            f"form-action 'self' {cashier}".strip(),
        ]
    )


def bare_policy(styles: str = "") -> str:
    """The policy of an answer that loads nothing; `styles` is the text of its one style element, if it has one."""
    allowed = ""
    if styles:
        digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
        allowed = f"style-src 'sha256-{digest}'; "
    return f"default-src 'none'; {allowed}base-uri 'none'; frame-ancestors 'none'"


def common() -> dict[str, str]:
    """The headers of every answer, beside the policy."""
    found = {
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Permitted-Cross-Domain-Policies": "none",
    }
    if settings.ANXIN_ORIGIN.startswith("https://"):
        found["Strict-Transport-Security"] = f"max-age={YEAR_S}"
    return found


class Headers:
    """For everything that Django and WhiteNoise answer."""

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in common().items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        actor = getattr(request, "actor", None)
        if actor is not None and actor.person_id:
            # What one person was shown is kept by no cache that another could ask.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class AsgiHeaders:
    """For the live server and the simulators, whose pages bring at most one style element of their own.

    `also` replaces or adds headers.
    """

    def __init__(self, app: ASGIApp, also: Mapping[str, str] | None = None) -> None:
        self.app = app
        self.also = dict(also or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}

        async def with_headers(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                # Held until the body begins: a page's style is named by its digest.
                start = message
                return
            if start:
                styles = STYLE.search(message.get("body", b"")) if _is_html(start) else None
                self._put(start, bare_policy(styles[1].decode() if styles else ""))
                begun, start = start, {}
                await send(begun)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _put(self, start: Message, policy: str) -> None:
        headers = MutableHeaders(scope=start)
        for name, value in {**common(), "Content-Security-Policy": policy, **self.also}.items():
            headers.setdefault(name, value)


def _is_html(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith("text/html")
