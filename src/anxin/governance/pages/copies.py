"""A copy of all one's data: ask, watch it grow, fetch it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.governance.actions import copies as actions
from anxin.governance.models import Copy
from anxin.governance.pages.edge import layout
from anxin.governance.states import CopyState
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, page
from anxin.kit.errors import Refusal
from anxin.kit.redirects import see_other

STATES = {
    CopyState.ASKED: "wait",
    CopyState.READY: "good",
    CopyState.FAILED: "bad",
    CopyState.EXPIRED: "quiet",
}


@page(SIGNED_IN, methods=("GET", "POST"))
def copies(request: Request) -> HttpResponse:
    """My copies, newest first; POST asks for another. Alone, as a fragment, while one is being built."""
    at = clock.now()
    if request.method == "POST":
        try:
            actions.ask(by=request.actor, at=at)
            messages.success(request, _("已开始准备，好了会通知您。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return see_other(reverse("governance:copies"))
    rows = Copy.objects.visible_to(request.actor).filter(person_id=request.actor.person_id)
    found = [
        (row, actions.link(row, at) if row.state == CopyState.READY else "")
        for row in rows.defer("body").order_by("-created_at")[:10]
    ]
    context = {
        "found": found, "waits": any(row.state == CopyState.ASKED for row, _token in found),
        "layout": layout(request),
    }  # fmt: skip
    return render(request, "governance/_copies.html" if request.htmx else "governance/copies.html", context)


@page(fresh(SIGNED_IN))
def copy(request: Request, token: str) -> HttpResponse:
    """The ZIP, for its owner alone."""
    packed = actions.fetch(token=token, by=request.actor, at=clock.now())
    answer = HttpResponse(packed, content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="anxin-my-data.zip"'
    answer["Cache-Control"] = "no-store"
    return answer
