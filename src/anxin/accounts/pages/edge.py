"""The browser's side of a sign-in: its cookie, its layout, and what the device calls itself."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.middleware.csrf import rotate_token

from anxin.accounts.models import SignIn
from anxin.accounts.public import SIGN_IN
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


def device_of(request: Request) -> str:
    """What the device calls itself, in two words: Chrome · Windows."""
    agent = request.headers.get("User-Agent", "")
    found = [next((words for mark, words in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found))


def begin(request: Request, row: SignIn, target: str) -> HttpResponse:
    """Bind the browser to a sign-in. The session's key changes, so that one planted before is worth nothing."""
    if request.session.get(SIGN_IN):
        request.session.flush()
    else:
        request.session.cycle_key()
    request.session[SIGN_IN] = str(row.pk)
    rotate_token(request)
    response = see_other(target)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and row.person.language != settings.LANGUAGE_CODE:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            row.person.language,
            max_age=400 * 86_400,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response


def layout(request: Request) -> str:
    """Staff at a desk read their own account at the desk; everybody else as on a phone."""
    return "web/desk.html" if request.actor.post.startswith(("agency.", "operator.")) else "web/phone.html"
