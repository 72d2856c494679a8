"""The privacy notice, put before whoever signs in for the first time, or since it was changed."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from anxin.accounts import actions, queries
from anxin.accounts.values.consents import ASKED, Purpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import Refusal
from anxin.kit.redirects import next_of, see_other


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def notice(request: Request) -> HttpResponse:
    """Ask to read and agree; who does not signs out, or closes the account. Source: 个人信息保护法 art. 14, 17."""
    target, error, status = next_of(request), "", 200
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            actions.give_consent(
                purpose=Purpose.NOTICE, version=int(version) if version.isdecimal() and len(version) < 5 else 0,
                by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            error, status = str(refusal), refusal.status
    if not error and queries.consented(request.actor.person, Purpose.NOTICE):
        return see_other(target)
    context = {"asked": ASKED[Purpose.NOTICE], "next": target, "error": error}
    return render(request, "accounts/notice.html", context, status=status)
