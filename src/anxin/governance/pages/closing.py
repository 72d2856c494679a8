"""Closing one's account: what is destroyed, what stays and why, what is still open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.governance.actions import closing as actions
from anxin.governance.models import Closing
from anxin.governance.pages.edge import layout
from anxin.governance.queries.duties import duties
from anxin.governance.states import ClosingState
from anxin.governance.values.copies import CLOSING_DAYS
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, page
from anxin.kit.errors import Refusal
from anxin.kit.redirects import see_other
from anxin.policies import public as policies


@page(fresh(SIGNED_IN), methods=("GET", "POST"))
def closing(request: Request) -> HttpResponse:
    """Ask for the end, or take it back."""
    at, actor = clock.now(), request.actor
    if request.method == "POST":
        try:
            if "withdraw" in request.POST:
                actions.withdraw(by=actor, at=at)
                messages.success(request, _("已撤回，账号照常使用。"))
            else:
                actions.ask(by=actor, at=at)
                messages.success(request, _("已收到注销申请。"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return see_other(reverse("governance:closing"))
    asked = Closing.objects.filter(person_id=actor.person, state=ClosingState.ASKED).first()
    context = {
        "asked": asked, "duties": [] if asked else duties(actor.person, at), "layout": layout(request),
        "days": policies.read(CLOSING_DAYS, at=at),
    }  # fmt: skip
    return render(request, "governance/closing.html", context)
