"""The customer's word on the proposed worker, and the worker's on the proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.redirects import see_other
from anxin.orders import queries
from anxin.orders.actions import assign
from anxin.orders.forms.steps import ReasonForm
from anxin.orders.pages.common import card_of, proposal_of, to_order
from anxin.safetycode import public as safetycode


@page(SIGNED_IN, methods=("POST",))
def agree(request: Request, number: str) -> HttpResponse:
    """The customer takes the proposed worker."""
    card = card_of(request, number)
    assign.agree(card, by=request.actor, at=clock.now())
    messages.success(request, _("已选定服务员，接下来请看合同。"))
    return to_order(number)


@page(SIGNED_IN, methods=("GET", "POST"))
def reject(request: Request, number: str) -> HttpResponse:
    """The customer asks for another worker; the reason goes into the next round."""
    card = card_of(request, number)
    form = ReasonForm(sent(request))
    status = attempt(form, lambda: assign.reject(card, **form.cleaned_data, by=request.actor, at=clock.now()))
    if status == DONE:
        messages.success(request, _("好的，机构会按您的要求再选一位。"))
        return to_order(number)
    return _reason(request, form, status, number, "reject")


@page(SIGNED_IN, methods=("POST",))
def confirm(request: Request, number: str) -> HttpResponse:
    """The worker confirms after reading the need in full."""
    proposal = proposal_of(request, number)
    assign.confirm(proposal, by=request.actor, at=clock.now())
    messages.success(request, _("已确认，名片已送给客户。"))
    return to_order(number)


@page(SIGNED_IN, methods=("GET", "POST"))
def decline(request: Request, number: str) -> HttpResponse:
    """The worker says no, with a reason."""
    proposal = proposal_of(request, number)
    form = ReasonForm(sent(request))
    status = attempt(
        form, lambda: assign.decline(proposal, **form.cleaned_data, by=request.actor, at=clock.now())
    )
    if status == DONE:
        # The order is not theirs to see any more.
        messages.success(request, _("已婉拒，机构会另派他人。"))
        return see_other(reverse("web:today"))
    return _reason(request, form, status, number, "decline")


def _reason(request: Request, form: ReasonForm, status: int, number: str, what: str) -> HttpResponse:
    """The page that asks for the reason of a refusal."""
    context = {"form": form, "number": number, "what": what}
    return render(request, "orders/reason.html", context, status=status)


@page(SIGNED_IN)
def whole_card(request: Request, number: str) -> HttpResponse:
    """Lets the customer of a running order see the whole card of the worker who comes. For everybody else there is
    nothing to add to the page that asks, whether there is such a worker or order or not."""
    worker_id = queries.coming_to(request.actor, number)
    if worker_id is None or request.actor.person_id is None:
        return HttpResponse(status=204)
    token = safetycode.whole_token(worker_id, request.actor.person_id)
    return render(request, "orders/_whole.html", {"token": token})
