"""Signing in: phone first, by password for who has one, and by one click in the demo."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import CodeForm, PasswordSignInForm, PhoneForm
from anxin.accounts.pages.edge import begin, device_mark, device_of
from anxin.accounts.values import CodePurpose
from anxin.kit import clock
from anxin.kit.access import DEMO_ONLY, PUBLIC, SIGNED_IN, Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import tell
from anxin.kit.masks import mask_phone
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import next_of, see_other

PHONE = "anxin_sign_in_phone"


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def sign_in(request: Request) -> HttpResponse:
    """Ask for the phone number and send a code to it."""
    target = next_of(request)
    if request.method == "GET":
        if request.actor.person_id:
            return see_other(target)
        return _phone(request, PhoneForm(initial={"phone": request.session.get(PHONE, "")}), target)
    form = PhoneForm(request.POST)
    if form.is_valid():
        try:
            phone = actions.clean_phone(form.cleaned_data["phone"])
            actions.send_code(phone=phone, purpose=CodePurpose.SIGN_IN, by=request.actor, at=clock.now())
        except actions.CodeTooSoon as refusal:
            # The code sent before still works: who comes back a moment later should not be stuck here.
            if request.session.get(PHONE) != phone:
                tell(form, refusal)
                return _phone(request, form, target, refusal.status)
            messages.info(request, str(refusal))
        except Refusal as refusal:
            tell(form, refusal)
            return _phone(request, form, target, refusal.status)
        request.session[PHONE] = phone
        return see_other(_with_next("accounts:sign_in_code", target))
    return _phone(request, form, target, 422)


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def sign_in_code(request: Request) -> HttpResponse:
    """Ask for the code; a number nobody has yet becomes a new account."""
    target, phone = next_of(request), request.session.get(PHONE)
    if not phone:
        return see_other(_with_next("accounts:sign_in", target))
    if request.method == "GET":
        return _code(request, CodeForm(), phone, target)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code(request, form, phone, target, 422)
    try:
        row, _token = actions.sign_in_by_code(
            phone=phone,
            code=form.cleaned_data["code"],
            by=request.actor,
            at=clock.now(),
            device=device_of(request),
            device_mark=device_mark(request),
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _code(request, form, phone, target, refusal.status)
    del request.session[PHONE]
    if actions.post_missing(row, clock.now()):
        messages.warning(request, str(actions.SecondMissing()))
        target = reverse("accounts:security")
    return begin(request, row, target)


@page(PUBLIC, methods=("GET", "POST"), replay=False)
def sign_in_password(request: Request) -> HttpResponse:
    """Sign in with phone and password; one that is older than 90 days must be changed before acting in a post."""
    target = next_of(request)
    if request.method == "GET":
        if request.actor.person_id:
            return see_other(target)
        return _password(request, PasswordSignInForm(), target)
    form = PasswordSignInForm(request.POST)
    if not form.is_valid():
        return _password(request, form, target, 422)
    at = clock.now()
    try:
        row, _token = actions.sign_in_by_password(
            **form.cleaned_data,
            by=request.actor,
            at=at,
            device=device_of(request),
            device_mark=device_mark(request),
        )
    except Refusal as refusal:
        tell(form, refusal)
        return _password(request, form, target, refusal.status)
    if actions.password_due(row, at):
        messages.warning(request, str(actions.PasswordDue()))
        target = reverse("accounts:password")
    elif actions.post_missing(row, at):
        messages.warning(request, str(actions.SecondMissing()))
        target = reverse("accounts:security")
    return begin(request, row, target)


@page(PUBLIC, methods=("POST",), replay=False)
def sign_out(request: Request) -> HttpResponse:
    """End this sign-in and forget everything this browser's session held."""
    if request.actor.person_id and request.sign_in_id:
        actions.sign_out(sign_in_id=request.sign_in_id, by=request.actor, at=clock.now())
    request.session.flush()
    messages.success(request, _("已退出登录。"))
    return see_other("/")


@page(SIGNED_IN, methods=("POST",), replay=False)
def switch_post(request: Request) -> HttpResponse:
    """Act in another post from now on, or as oneself."""
    chosen = request.POST.get("appointment", "")
    key = uuid_or_none(chosen) if chosen else None
    if request.sign_in_id is None or (chosen and key is None):
        raise NotFound
    row = actions.choose_post(
        sign_in_id=request.sign_in_id, appointment_id=key, by=request.actor, at=clock.now()
    )
    if row.appointment:
        messages.success(request, _("现在代表“%(name)s”操作。") % {"name": row.appointment.organisation.name})
    else:
        messages.success(request, _("现在以个人身份操作。"))
    return see_other(next_of(request))


@page(DEMO_ONLY, methods=("POST",), replay=False)
def demo_sign_in(request: Request, key: str) -> HttpResponse:
    """One click, and one is this person of the demo."""
    row = actions.demo_sign_in(key=key, by=request.actor, at=clock.now(), device=device_of(request))
    return begin(request, row, next_of(request))


def _with_next(name: str, target: str) -> str:
    return reverse(name) + (f"?{urlencode({'next': target})}" if target != "/" else "")


def _phone(request: Request, form: PhoneForm, target: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": target, "doors": queries.demo_logins()}
    return render(request, "accounts/sign_in.html", context, status=status)


def _code(request: Request, form: CodeForm, phone: str, target: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": target, "phone": phone, "phone_masked": mask_phone(phone)}
    return render(request, "accounts/sign_in_code.html", context, status=status)


def _password(request: Request, form: PasswordSignInForm, target: str, status: int = 200) -> HttpResponse:
    return render(request, "accounts/sign_in_password.html", {"form": form, "next": target}, status=status)
