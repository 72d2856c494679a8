"""Proving anew who one is, before what is grave: on a page of its own, or on the way of the form being sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anxin.accounts import actions, queries
from anxin.accounts.forms import StepUpForm
from anxin.accounts.models import Person
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, UNSAFE, Request, page
from anxin.kit.errors import Invalid, NotFound, Refusal, StepUpNeeded
from anxin.kit.forms import tell
from anxin.kit.redirects import next_of, ours, see_other

OWN = frozenset(
    {
        "csrfmiddlewaretoken",
        "step_up_answer",
        "step_up_password",
        "step_up_passkey",
        "step_up_send",
        "step_up_back",
    }
)


class ProofMissing(Invalid):
    code = "proof_missing"
    message = lazy("请填写，再按确认。")


class StepUp:
    """Stops a form that needs a fresh proof, asks for it on a page that carries the form along, and lets it on.

    It stands before the replay guard: the form goes on under its own key, once.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: Request, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        rule = getattr(view, "rule", None)
        if rule is None or request.method not in UNSAFE or request.method not in view.methods:
            return None
        # Who may not do it at all is told so by the page itself; a file cannot be carried along.
        if rule.check(request.actor) is not StepUpNeeded or request.FILES:
            return None
        return _confirm(request, kept=True)


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def step_up(request: Request) -> HttpResponse:
    """Prove who one is, and go back to what was being done."""
    if request.method == "GET" and request.actor.fresh:
        return see_other(next_of(request))
    return _confirm(request, kept=False) or see_other(next_of(request))


@page(SIGNED_IN, methods=("POST",), replay=False)
def code(request: Request) -> HttpResponse:
    """Send the code to one's own phone, from a page that asks for it among its own fields."""
    told, kind, status = _("验证码已发送到您的手机。"), "good", 200
    try:
        actions.send_proof_code(by=request.actor, at=clock.now())
    except Refusal as refusal:
        told, kind, status = str(refusal), "bad", refusal.status
    if request.htmx:
        return render(request, "accounts/_step_up_told.html", {"told": told, "kind": kind}, status=status)
    (messages.success if kind == "good" else messages.error)(request, told)
    return see_other(next_of(request))


def _confirm(request: Request, *, kept: bool) -> HttpResponse | None:
    """None once the proof has come with the request, else the page that asks for it."""
    person: Person = Person.objects.visible_to(request.actor).get(pk=request.actor.person_id)
    ways, status = queries.ways(person), 403 if kept else 200
    form = StepUpForm(ways=ways)
    if request.method == "POST" and OWN & set(request.POST) - {"csrfmiddlewaretoken"}:
        form = StepUpForm(request.POST, ways=ways)
        try:
            if "step_up_send" in request.POST:
                actions.send_proof_code(by=request.actor, at=clock.now())
                form = StepUpForm(ways=ways)
                messages.success(request, _("验证码已发送到 %(phone)s。") % {"phone": ways.phone_masked})
            elif _prove(request, form):
                return None
            else:
                status = 422
        except Refusal as refusal:
            status = refusal.status
            tell(form, refusal)
    fields = [(name, one) for name, values in request.POST.lists() if name not in OWN for one in values]
    context = {
        "form": form,
        "ways": ways,
        "kept": fields if kept else [],
        "action": request.get_full_path(),
        "next": next_of(request),
        "back": _back(request) if kept else next_of(request),
    }
    return render(request, "accounts/step_up.html", context, status=status)


def _back(request: Request) -> str:
    """The page with the form. This one has the address to which the form is sent, so it carries that page's along."""
    return ours(request, request.POST.get("step_up_back") or request.headers.get("Referer", "/"), "/")


def _prove(request: Request, form: StepUpForm) -> bool:
    """Whether the proof was right. Refuses what `prove` refuses, at the field of ours that it concerns."""
    if request.sign_in_id is None:
        raise NotFound
    if not form.is_valid():
        return False
    typed = {name.removeprefix("step_up_"): value for name, value in form.cleaned_data.items()}
    if not any(typed.values()):
        raise ProofMissing(field="step_up_answer")
    try:
        actions.prove(sign_in_id=request.sign_in_id, by=request.actor, at=clock.now(), **typed)
    except Refusal as refusal:
        refusal.field = "step_up_password" if refusal.field == "password" else "step_up_answer"
        raise
    request.actor = replace(request.actor, fresh=True)
    return True
