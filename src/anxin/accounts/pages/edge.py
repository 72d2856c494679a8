"""The browser's side of a sign-in: its cookie, its layout, and what the device calls itself."""

from __future__ import annotations

import secrets
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse

from anxin.accounts import queries
from anxin.accounts.models import SignIn
from anxin.accounts.public import SIGN_IN
from anxin.accounts.values.consents import Purpose
from anxin.kit import kept
from anxin.kit.access import Request
from anxin.kit.redirects import see_other

# First match wins: every Edge also says Chrome, every Chrome also says Safari.
BROWSERS = (
    ("MicroMessenger", "微信"),
    ("AlipayClient", "支付宝"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

DEVICE = settings.SESSION_COOKIE_NAME.replace("session", "device")


def device_of(request: Request) -> str:
    """What the device calls itself, in two words: Chrome · Windows."""
    agent = request.headers.get("User-Agent", "")
    found = [next((words for mark, words in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found))


def begin(request: Request, row: SignIn, target: str) -> HttpResponse:
    """Bind the browser to a sign-in. The session's key changes, so that one planted before is worth nothing."""
    if request.session.get(SIGN_IN):
        form = request.session.get(kept.SLOT)
        request.session.flush()
        if form:
            # Of a sign-in that ended by itself; it is shown to its owner alone.
            request.session[kept.SLOT] = form
    else:
        request.session.cycle_key()
    request.session[SIGN_IN] = str(row.pk)
    rotate_token(request)
    response = see_other(_on_the_way(row, target))
    _set_cookie(response, DEVICE, device_mark(request))
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and row.person.language != settings.LANGUAGE_CODE:
        _set_cookie(response, settings.LANGUAGE_COOKIE_NAME, row.person.language, httponly=False)
    return response


def _on_the_way(row: SignIn, target: str) -> str:
    """What stands between a sign-in and where it leads: the second factor, then the privacy notice."""
    if row.second_due:
        first = reverse("accounts:second")
    elif row.how != "demo" and not queries.consented(row.person_id, Purpose.NOTICE):
        # Who comes through a door of the demo is made up.
        first = reverse("accounts:notice")
    else:
        return target
    return f"{first}?{urlencode({'next': target})}" if target != "/" else first


def _set_cookie(response: HttpResponse, name: str, value: str, *, httponly: bool = True) -> None:
    response.set_cookie(
        name,
        value,
        max_age=400 * 86_400,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=httponly,
        samesite="Lax",
    )


def device_mark(request: Request) -> str:
    """What this browser is known by from one sign-in to the next: its cookie, or a new mark."""
    mark: str | None = getattr(request, "device_mark", None) or request.COOKIES.get(DEVICE)
    if mark is None or len(mark) != 43:
        mark = secrets.token_urlsafe(32)
    request.device_mark = mark  # type: ignore[attr-defined]
    return mark


def layout(request: Request) -> str:
    """Staff at a desk read their own account at the desk; everybody else as on a phone."""
    return "web/desk.html" if request.actor.post else "web/phone.html"
