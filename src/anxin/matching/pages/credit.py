"""The operator enters a credit score with its reason and source."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, holds, page
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.redirects import see_other
from anxin.matching import actions
from anxin.matching.forms import CreditForm
from anxin.matching.values import HEAD_START
from anxin.policies import public as policies
from anxin.workers.values import CREDIT_GRADES


@page(holds("reviews.manage"), methods=("GET", "POST"))
def enter(request: Request) -> HttpResponse:
    """What a score means stands beside the form."""
    form = CreditForm(sent(request))
    before: list[int] = []
    status = attempt(
        form, lambda: before.append(actions.enter_credit(**form.asked, by=request.actor, at=clock.now()))
    )
    if status == DONE:
        words = {"before": before[0], "score": form.cleaned_data["score"]}
        messages.success(request, _("信用分由 %(before)s 改为 %(score)s，已通知本人或机构。") % words)
        return see_other(reverse("matching:credit"))
    ahead = policies.read(HEAD_START, at=clock.now())
    grades = [(grade, least, round(ahead[grade])) for grade, least in CREDIT_GRADES]
    return render(request, "matching/credit.html", {"form": form, "grades": grades}, status=status)
