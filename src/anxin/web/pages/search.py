"""Where the search above any desk's list is sent, so that what is typed stands in no address."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpResponse

from anxin.kit import clock, seeking
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.redirects import ours, see_other


@page(SIGNED_IN, methods=("POST",), replay=False)
def search(request: Request) -> HttpResponse:
    """Back to the list, narrowed as its form asks, the typed words sealed."""
    here = urlsplit(ours(request, request.POST.get("list", ""), "/")).path
    query = seeking.query_of(request.POST, request.actor.person_id, clock.now().timestamp())
    return see_other(f"{here}?{query}" if query else here)
