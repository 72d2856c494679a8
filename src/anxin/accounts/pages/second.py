"""The second factor of a sign-in, sign-in by passkey, and by a link that works once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import SecondForm
from anxin.accounts.models import SignIn
from anxin.accounts.pages.edge import begin, device_mark, device_of
from anxin.accounts.public import SIGN_IN
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import next_of, see_other


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def second(request: Request) -> HttpResponse:
    """Ask who has passed the first factor for the second."""
    target, at = next_of(request), clock.now()
    waiting = _waiting(request)
    if waiting is None:
        return see_other(target if request.actor.person_id else reverse("accounts:sign_in"))
    form = SecondForm(sent(request))
    status = attempt(
        form,
        lambda: actions.show_second(sign_in_id=waiting.pk, by=request.actor, at=at, **form.cleaned_data),
    )
    if status == DONE:
        waiting.refresh_from_db()
        return begin(request, waiting, target)
    context = {"form": form, "next": target, "ways": queries.ways(waiting.person)}
    return render(request, "accounts/second.html", context, status=status)


@page(PUBLIC, methods=("POST",), replay=False)
def passkey_question(request: Request) -> HttpResponse:
    """What the browser asks a passkey: for a sign-in of whoever it is, or as proof of the person who is (nearly) in."""
    if request.POST.get("purpose") == "sign_in":
        question = actions.ask_passkey(purpose="sign_in", at=clock.now())
    else:
        waiting = _waiting(request)
        who = request.actor.person_id or (waiting.person_id if waiting else None)
        if who is None:
            raise actions.PasskeyRefused
        question = actions.ask_passkey(purpose="second", at=clock.now(), person_id=who)
    return HttpResponse(question, content_type="application/json")


@page(PUBLIC, methods=("POST",), replay=False)
def passkey_sign_in(request: Request) -> HttpResponse:
    """Sign in with the passkey that answered."""
    target = next_of(request)
    try:
        row, _token = actions.sign_in_by_passkey(
            credential=request.POST.get("credential", ""),
            by=request.actor,
            at=clock.now(),
            device=device_of(request),
            device_mark=device_mark(request),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return see_other(reverse("accounts:sign_in"))
    return begin(request, row, target)


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def link(request: Request, token: str) -> HttpResponse:
    """Sign in by a link that works once. Only the button uses it up, so that a preview of it does not."""
    at = clock.now()
    if request.method == "GET":
        if not actions.link_is_open(token, at):
            raise actions.LinkSpent
        return render(request, "accounts/link.html")
    row = actions.use_link(
        token=token, by=request.actor, at=at, device=device_of(request), device_mark=device_mark(request)
    )
    messages.success(request, _("已登录。请先绑定第二重验证，这个链接不能再用。"))
    return begin(request, row, reverse("accounts:security"))


def _waiting(request: Request) -> SignIn | None:
    known = request.session.get(SIGN_IN)
    key = uuid_or_none(known) if known else None
    return queries.waiting_sign_in(key, clock.now()) if key else None
