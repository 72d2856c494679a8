"""How the reader sees the pages: print size, theme, language. Works for strangers too, by cookie."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from anxin.accounts.public import change_settings
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.redirects import ours
from anxin.web.preferences import COOKIE, KEEP_SECONDS, preferences_of
from anxin.web.sides import may_switch, take_side


@page(PUBLIC, methods=("POST",), replay=False)
def preferences(request: Request) -> HttpResponse:
    """Take whichever of print, theme, language, side was sent; go back to where the reader was."""
    chosen = preferences_of(request).with_theme(request.POST.get("theme", ""))
    if "print" in request.POST:
        chosen = replace(chosen, large=request.POST["print"] == "large")
    response = HttpResponseRedirect(_back(request), status=303)
    response.set_cookie(
        COOKIE,
        chosen.cookie(),
        max_age=KEEP_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=KEEP_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    if request.actor.person_id:
        change_settings(
            language=language if language in dict(settings.LANGUAGES) else None,
            large_print=chosen.large,
            theme=chosen.theme,
            by=request.actor,
            at=clock.now(),
        )
    if may_switch(request):
        take_side(request, request.POST.get("side", ""))
    return response


def _back(request: Request) -> str:
    return ours(request, request.POST.get("next", ""), "/")
