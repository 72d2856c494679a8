"""The inbox: what I was told, newest first, by day."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.notices import actions, queries
from anxin.notices.models import Notice
from anxin.notices.values import family


@page(SIGNED_IN)
def inbox(request: Request) -> HttpResponse:
    """My notices; ?unread=1 those I have not read, ?before= those older than that one."""
    return render(request, "notices/inbox.html", _context(request))


@page(SIGNED_IN)
def fragment(request: Request) -> HttpResponse:
    """The same list alone, for the live refresh."""
    return render(request, "notices/list.html", _context(request))


@page(SIGNED_IN)
def badge(request: Request) -> HttpResponse:
    """How many I have not read, for the live badge."""
    return render(request, "notices/badge.html", {"unread": queries.unread_count(request.actor.person_id)})


@page(SIGNED_IN, methods=("POST",))
def read(request: Request, notice_id: UUID) -> HttpResponse:
    """Mark one as read and go where it leads."""
    row = actions.read(notice_id=notice_id, by=request.actor, at=clock.now())
    return see_other(row.url or reverse("notices:inbox"))


@page(SIGNED_IN, methods=("POST",))
def read_all(request: Request) -> HttpResponse:
    """Mark all as read."""
    actions.read_all(by=request.actor, at=clock.now())
    return see_other(reverse("notices:inbox"))


@page(SIGNED_IN, methods=("POST",))
def advertising(request: Request) -> HttpResponse:
    """Take no more advertising, or take it again."""
    actions.decline_advertising(declines="declines" in request.POST, by=request.actor, at=clock.now())
    return see_other(reverse("notices:inbox"))


def _context(request: Request) -> dict[str, Any]:
    unread = request.GET.get("unread") == "1"
    last = uuid_or_none(request.GET.get("before", ""))
    found = list(queries.inbox(request.actor, before_id=last, unread=unread))
    shown = found[: queries.PAGE]
    today = clock.local_date(clock.now())
    return {
        "layout": "web/desk.html" if request.actor.organisation_id else "web/phone.html",
        "days": [
            {"day": day, "is_today": day == today, "notices": [_told(row) for row in rows]}
            for day, rows in groupby(shown, key=lambda row: clock.local_date(row.at))
        ],
        "older": str(shown[-1].pk) if len(found) > queries.PAGE else "",
        "first": last is None,
        "unread_only": unread,
        "unread": queries.unread_count(request.actor.person_id),
        "topic": f"inbox:{request.actor.person_id}",
        "query": request.GET.urlencode(),
        "advertised": queries.takes_advertising(request.actor.person_id),
    }


def _told(row: Notice) -> dict[str, Any]:
    name, icon = family(row.kind)
    return {
        "id": row.id,
        "title": actions.fill(row.title, row.params),
        "body": actions.fill(row.body, row.params),
        "at": row.at,
        "is_read": row.read_at is not None,
        "leads_on": bool(row.url),
        "family": _(name),
        "icon": icon,
    }
