"""What was sent by somebody who had been signed out, shown to them again once they are back."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.shortcuts import render

from anxin.kit import clock
from anxin.kit import kept as keeping
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.redirects import ours, see_other

WRITTEN = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")


@page(SIGNED_IN)
def kept(request: Request) -> HttpResponse:
    """The form as it was written, to be sent after all or let go."""
    found = keeping.kept_for(request, request.actor.person_id, clock.now().timestamp())
    if found is None:
        return see_other("/")
    context = {
        "form": found,
        "written": [value for name, value in found.fields if WRITTEN.search(value)],
        "back": ours(request, found.back, "/"),
    }
    return render(request, "accounts/kept.html", context)
