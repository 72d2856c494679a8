"""The privacy notice, for everybody."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.governance.queries.notice import told
from anxin.governance.values.notice import NOTICES, notice_of
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.errors import NotFound


@page(PUBLIC)
def notice(request: Request) -> HttpResponse:
    """The notice in force and the whole register; an earlier version by ?version=."""
    at = clock.now()
    now = notice_of(clock.local(at).date())
    wanted = request.GET.get("version")
    shown = now if wanted is None else next((one for one in NOTICES if str(one.version) == wanted), None)
    if shown is None:
        raise NotFound
    context = {"shown": shown, "now": now, "versions": NOTICES[::-1], "groups": told(at)}
    return render(request, "governance/notice.html", context)
