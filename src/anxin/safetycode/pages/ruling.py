"""The rule sets as anybody may read them, and the page on which an issuer chooses one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts.public import Organisation
from anxin.accounts.values import REGIONAL_KINDS
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, any_of, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.redirects import see_other
from anxin.safetycode import actions, queries
from anxin.safetycode.forms import ChooseForm
from anxin.safetycode.pages import words
from anxin.safetycode.rules import SHIPPED
from anxin.safetycode.values import CREDIT

CHOOSERS = any_of(holds("safetycode.issue"), holds("workers.oversee"))


@page(PUBLIC)
def published(request: Request) -> HttpResponse:
    """Every rule set in words, and which issuer judges by which, from when, and why."""
    day = clock.local_date(clock.now())
    context = {
        "sets": [words.rule_set(SHIPPED.version(name, day)) for name in (*SHIPPED.choices, CREDIT)],
        "choices": [_row(row, coming=row.valid_from > day) for row in queries.choices_now(day)],
    }
    return render(request, "safetycode/rules.html", context)


def _row(row: Any, *, coming: bool) -> dict[str, Any]:
    return {"row": row, "coming": coming, "name": words.rule_name(row.rule_set, credit=row.credit)}


def _issuers(request: Request) -> list[Organisation]:
    """For whom the actor may choose: its own, the operator for all who issue."""
    rows = Organisation.objects.filter(kind__in=[str(kind) for kind in REGIONAL_KINDS]).order_by("name")
    if not request.actor.holds("workers.oversee"):
        rows = rows.filter(pk=request.actor.organisation_id)
    return list(rows)


@page(CHOOSERS, methods=("GET", "POST"))
def choose(request: Request) -> HttpResponse:
    """From which day on an issuer's codes are judged by which rule set."""
    at = clock.now()
    issuers = _issuers(request)
    form = ChooseForm(issuers, request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                data = form.cleaned_data
                actions.choose_rules(
                    issuer_id=UUID(data["issuer"]), rule_set=data["rule_set"], credit=data["credit"],
                    valid_from=data["valid_from"], reason=data["reason"], by=request.actor, at=at,
                )  # fmt: skip
                messages.success(request, _("赋码规则已保存并公布，到期自动生效。"))
                return see_other(reverse("safetycode:choose_rules"))
            except Refusal as refusal:
                tell(form, refusal)
                status = refusal.status
        else:
            status = 422
    day = clock.local_date(at)
    history = [
        _row(row, coming=row.valid_from > day) for issuer in issuers for row in queries.choices_of(issuer.pk)
    ]
    context = {"form": form, "history": history, "issuers": issuers}
    return render(request, "safetycode/choose.html", context, status=status)
