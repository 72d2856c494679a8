"""An organisation's electronic seal: make, suspend, resume, revoke, and the log of its use."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from anxin.contracts import queries
from anxin.contracts.actions import keys
from anxin.contracts.engine.certificates import LABEL
from anxin.contracts.forms import ReasonForm
from anxin.contracts.models import Seal
from anxin.contracts.pages.common import see_other
from anxin.contracts.states import SealState
from anxin.contracts.values import SEAL_LABELS
from anxin.kit import clock
from anxin.kit.access import Request, fresh, holds, page
from anxin.kit.errors import NotFound


@page(fresh(holds("contracts.seal")), methods=("GET", "POST"))
def seal(request: Request) -> HttpResponse:
    """The seal of the actor's organisation; POST makes one."""
    organisation = request.actor.organisation_id
    if organisation is None:
        raise NotFound
    if request.method == "POST":
        keys.make_seal(organisation_id=organisation, by=request.actor, at=clock.now())
        return see_other(reverse("contracts:seal"))
    row = queries.seal_of(organisation)
    context = {
        "seal": row,
        "words": SEAL_LABELS[SealState(row.state)] if row else "",
        "history": row.history.order_by("at", "id") if row else [],
        "uses": queries.uses_of(row) if row else [],
        "holders": queries.holders(organisation, clock.now()),
        "form": ReasonForm(),
        "ca": LABEL,
    }
    return render(request, "contracts/seal.html", context)


@page(holds("contracts.seal"))
def picture(request: Request, seal_id: UUID) -> HttpResponse:
    """The seal's picture."""
    row = _seal(request, seal_id)
    response = HttpResponse(bytes(row.picture), content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _seal(request: Request, seal_id: UUID) -> Seal:
    row: Seal | None = Seal.objects.visible_to(request.actor).filter(pk=seal_id).first()
    if row is None:
        raise NotFound
    return row


def _change(to: SealState) -> Callable[..., HttpResponseBase]:
    @page(fresh(holds("contracts.seal")), methods=("POST",))
    def change(request: Request, seal_id: UUID) -> HttpResponse:
        reason = request.POST.get("reason", "")
        keys.change_seal(_seal(request, seal_id), to, reason=reason, by=request.actor, at=clock.now())
        return see_other(reverse("contracts:seal"))

    return change


suspend = _change(SealState.SUSPENDED)
resume = _change(SealState.ACTIVE)
revoke = _change(SealState.REVOKED)
