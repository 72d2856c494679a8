"""An organisation announces something: to whom and to how many, a look at the text, off it goes; what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.redirects import see_other
from anxin.notices import actions, queries
from anxin.notices.actions.announcing import NotYours
from anxin.notices.forms import AnnouncementForm
from anxin.notices.values import Purpose, Sender

RULE = holds("notices.send")
SHOWN = 50


@page(RULE, methods=("GET", "POST"))
def send(request: Request) -> HttpResponse:
    """Write, look at it with the number of people (`step=look`), send; below it what was sent before."""
    sender = queries.sender_of(request.actor)
    if sender is None:
        raise NotYours
    form = AnnouncementForm(request.POST or None, audiences=queries.audiences_of(sender))
    if request.method != "POST":
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    if request.POST.get("step") != "send":
        return _show(request, form, look=_look(sender, form))
    try:
        seen = request.POST.get("seen", "")
        actions.announce(
            **form.given, seen=int(seen) if seen.isdecimal() else None, by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return _show(request, form, status=refusal.status, look=_look(sender, form))
    messages.success(request, _("已开始发送，进度见“发过的通知”。"))
    return see_other(reverse("notices:send"))


@page(RULE)
def fragment(request: Request) -> HttpResponse:
    """The list of what was sent alone, for the live refresh."""
    return render(request, "notices/announced.html", {"sent": queries.announcements(request.actor)[:SHOWN]})


@page(RULE, methods=("POST",))
def stop(request: Request, announcement_id: UUID) -> HttpResponse:
    """Send no more of it."""
    row = queries.announcements(request.actor).filter(pk=announcement_id).first()
    if row is None:
        raise NotFound
    actions.stop(row, by=request.actor, at=clock.now())
    return see_other(reverse("notices:send"))


def _look(sender: Sender, form: AnnouncementForm) -> dict[str, Any] | None:
    """The text as it arrives, and how many it reaches now."""
    if "audience" not in form.cleaned_data:
        return None
    given = form.given
    chosen = next(one for one in queries.audiences_of(sender) if one.code == given["audience"])
    people, declined = queries.reached(sender, chosen, given["purpose"], clock.now())
    return {
        **given, "people": len(people), "declined": declined, "label": _(chosen.label),
        "sms": given["sms"] and given["purpose"] is Purpose.SERVICE,
    }  # fmt: skip


def _show(
    request: Request, form: AnnouncementForm, *, status: int = 200, look: dict[str, Any] | None = None
) -> HttpResponse:
    context = {
        "form": form, "look": look, "sent": queries.announcements(request.actor)[:SHOWN],
        "topic": f"announcements:{request.actor.organisation_id}",
    }  # fmt: skip
    return render(request, "notices/send.html", context, status=status)
