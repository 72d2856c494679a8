"""One's own second factors: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import PasskeyForm, TotpForm
from anxin.accounts.models import Person, Totp
from anxin.accounts.pages.edge import layout
from anxin.accounts.rules.factors import ISSUER, provisioning_uri
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.masks import mask_phone
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other


@page(SIGNED_IN)
def security(request: Request) -> HttpResponse:
    """The second factors one has."""
    return _security(request, PasskeyForm())


@page(fresh(SIGNED_IN), methods=("GET", "POST"), replay=False)
def totp(request: Request) -> HttpResponse:
    """Set an authenticator app up: scan, type the first code; recovery codes are shown once."""
    at = clock.now()
    if request.method == "GET":
        try:
            return _setup(request, TotpForm(), actions.begin_totp(by=request.actor, at=at))
        except actions.TotpThere as refusal:
            messages.info(request, str(refusal))
            return see_other(reverse("accounts:security"))
    form = TotpForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            codes = actions.confirm_totp(
                code=form.cleaned_data["code"], by=request.actor, at=at, sign_in_id=request.sign_in_id
            )
        except actions.TotpThere as refusal:
            messages.info(request, str(refusal))
            return see_other(reverse("accounts:security"))
        except Refusal as refusal:
            tell(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("验证器已绑定。下次登录会请您输入动态口令。"))
            return _shown_once(request, codes)
    return _setup(request, form, actions.begin_totp(by=request.actor, at=at), status)


@page(fresh(SIGNED_IN), methods=("POST",), replay=False)
def totp_removal(request: Request) -> HttpResponse:
    """Take the authenticator app away."""
    actions.remove_totp(by=request.actor, at=clock.now())
    messages.success(request, _("验证器已移除。请在手机的验证器 App 里也删去“安心家政”。"))
    return see_other(reverse("accounts:security"))


@page(fresh(SIGNED_IN), methods=("POST",), replay=False)
def recovery(request: Request) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    return _shown_once(request, actions.issue_codes(by=request.actor, at=clock.now()))


@page(SIGNED_IN, methods=("POST",), replay=False)
def passkey_question(request: Request) -> HttpResponse:
    """What the browser needs to make a passkey."""
    question = actions.ask_new_passkey(by=request.actor, at=clock.now())
    return HttpResponse(question, content_type="application/json")


@page(fresh(SIGNED_IN), methods=("POST",), replay=False)
def passkeys(request: Request) -> HttpResponse:
    """Register the passkey that the browser made."""
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _security(request, form, 422)
    try:
        row, codes = actions.add_passkey(
            **form.cleaned_data, by=request.actor, at=clock.now(), sign_in_id=request.sign_in_id
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _security(request, form, refusal.status)
    messages.success(request, _("通行密钥“%(name)s”已登记，下次可以用它直接登录。") % {"name": row.name})
    return _shown_once(request, codes)


@page(SIGNED_IN, methods=("POST",), replay=False)
def passkey_name(request: Request, passkey_id: str) -> HttpResponse:
    """Give a passkey another name."""
    try:
        actions.rename_passkey(
            passkey_id=uuid_or_not_found(passkey_id),
            name=request.POST.get("name", ""),
            by=request.actor,
            at=clock.now(),
        )
    except actions.PasskeyNameMissing as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("accounts:security"))


@page(fresh(SIGNED_IN), methods=("POST",), replay=False)
def passkey_removal(request: Request, passkey_id: str) -> HttpResponse:
    """Take a passkey away."""
    actions.remove_passkey(passkey_id=uuid_or_not_found(passkey_id), by=request.actor, at=clock.now())
    messages.success(request, _("通行密钥已移除，不能再用它登录。"))
    return see_other(reverse("accounts:security"))


def _security(request: Request, form: PasskeyForm, status: int = 200) -> HttpResponse:
    person = _person(request)
    context = {
        "form": form,
        "ways": queries.ways(person),
        "passkeys": queries.passkeys_of(request.actor),
        "missing": queries.needs_factor(person.pk, clock.now()),
    }
    return _render(request, "security", context, status)


def _setup(request: Request, form: TotpForm, row: Totp, status: int = 200) -> HttpResponse:
    secret = bytes.fromhex(row.secret)
    uri = provisioning_uri(secret, mask_phone(_person(request).phone), ISSUER)
    typed = uri.partition("secret=")[2].partition("&")[0]
    context = {
        "form": form,
        "picture": segno.make(uri, error="m").svg_data_uri(scale=5, border=2, light="#fff"),
        "secret": " ".join(typed[i : i + 4] for i in range(0, len(typed), 4)),
        "uri": uri,
    }
    return _render(request, "totp", context, status)


def _shown_once(request: Request, codes: list[str]) -> HttpResponse:
    """Recovery codes are the answer to the form itself: nothing keeps them until another page is asked for."""
    if not codes:
        return see_other(reverse("accounts:security"))
    response = _render(request, "recovery", {"codes": codes})
    response.headers["Cache-Control"] = "no-store"
    return response


def _person(request: Request) -> Person:
    person: Person = Person.objects.visible_to(request.actor).get(pk=request.actor.person_id)
    return person


def _render(request: Request, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"accounts/{name}.html", {**context, "layout": layout(request)}, status=status)
