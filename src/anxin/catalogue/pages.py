"""Pages of the catalogue: all services by category, one service in full, and the operator's editions."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.catalogue import actions, queries, rules
from anxin.catalogue.forms import PublishForm
from anxin.catalogue.values import Channel
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.redirects import see_other
from anxin.policies.values import CHANGE


@page(PUBLIC)
def services(request: Request) -> HttpResponse:
    """All services by category, or those that ?q= means."""
    asked = request.GET.get("q", "").strip()[:60]
    categories = queries.categories(clock.now())
    every = [item for category in categories for item in category.items]
    context: dict[str, Any] = {
        "categories": categories,
        "q": asked,
        "found": rules.rank(every, asked)[:12] if asked else [],
        "count": len(every),
    }
    return render(request, "catalogue/services.html", context)


@page(PUBLIC)
def service(request: Request, code: str) -> HttpResponse:
    """One service: how it is done, what is and is not in it, who may do it, what is usually paid."""
    item = queries.item(code, clock.now())
    context = {
        "item": item,
        "photos": sum(step.photo for step in item.steps),
        "orderable": item.channel is Channel.ORDER,
    }
    return render(request, "catalogue/service.html", context)


@page(holds(CHANGE))
def desk(request: Request) -> HttpResponse:
    """The editions: which one holds, which may be published."""
    return _desk(request, PublishForm(), clock.now())


@page(holds(CHANGE), methods=("POST",))
def publish(request: Request) -> HttpResponse:
    """Publish an edition that came with a release."""
    at = clock.now()
    form = PublishForm(request.POST)
    if not form.is_valid():
        return _desk(request, form, at, status=422)
    try:
        version = actions.publish(
            label=form.cleaned_data["label"],
            valid_from=form.cleaned_data["valid_from"],
            by=request.actor,
            at=at,
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _desk(request, form, at, status=refusal.status)
    messages.success(request, _("已发布目录版本 %(label)s。") % {"label": version.label})
    return see_other(reverse("catalogue:desk"))


def _desk(request: Request, form: PublishForm, at: datetime, status: int = 200) -> HttpResponse:
    versions = queries.versions()
    context = {
        "categories": queries.categories(at),
        "versions": versions,
        "current": next((version for version in versions if version.valid_from <= at), None),
        "unpublished": queries.unpublished(),
        "form": form,
        "at": at,
    }
    return render(request, "catalogue/desk.html", context, status=status)
