"""One's own account: who am I, in which posts, where signed in; real name, password, phone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import CodeForm, PasswordForm, PhoneForm, RealNameForm
from anxin.accounts.models import Person
from anxin.accounts.pages.edge import layout
from anxin.accounts.values import CodePurpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, fresh, page
from anxin.kit.errors import Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.masks import mask_id, mask_name, mask_phone
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import next_of, see_other

NEW_PHONE = "anxin_new_phone"


@page(SIGNED_IN)
def me(request: Request) -> HttpResponse:
    """Who am I here, in which posts, and where am I signed in."""
    at = clock.now()
    person = _person(request)
    context = {
        "person": person,
        "name_masked": mask_name(person.name) if person.name else "",
        "phone_masked": mask_phone(person.phone),
        "id_masked": mask_id(person.id_number) if person.id_number else "",
        "appointments": list(queries.appointments_of(person.pk, at)),
        "ways": queries.ways(person),
        "acting": request.appointment_id,
        "sign_ins": queries.sign_ins_of(request.actor, at),
        "here": request.sign_in_id,
    }
    return _render(request, "me", context)


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def real_name(request: Request) -> HttpResponse:
    """Say one's real name; it is checked at once."""
    person, target = _person(request), next_of(request)
    if person.is_verified:
        return see_other(target if target != "/" else reverse("accounts:me"))
    form = RealNameForm(sent(request))
    status = attempt(
        form,
        lambda: actions.verify_real_name(**form.cleaned_data, by=request.actor, at=clock.now()),
    )
    if status == DONE:
        messages.success(request, _("实名核验已通过，可以下单和接单了。"))
        return see_other(target if target != "/" else reverse("accounts:me"))
    return _render(request, "real_name", {"form": form, "next": target}, status)


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def password(request: Request) -> HttpResponse:
    """Set or change the sign-in password, confirmed by a code sent to one's own phone."""
    person = _person(request)
    form = PasswordForm(sent(request))
    status = attempt(form, lambda: _set_password(request, person, form.cleaned_data))
    if status == DONE:
        messages.success(request, _("密码已更新，其他设备上的登录已退出。"))
        return see_other(reverse("accounts:me"))
    context = {"form": form, "phone_masked": mask_phone(person.phone), "has": person.has_usable_password()}
    return _render(request, "password", context, status)


def _set_password(request: Request, person: Person, typed: dict[str, str]) -> None:
    at = clock.now()
    # Weak passwords are refused before the code is used up, so that the same code still serves.
    actions.check_new_password(password=typed["password"], by=request.actor, at=at)
    actions.check_code(phone=person.phone, purpose=CodePurpose.PASSWORD, code=typed["code"], at=at)
    actions.set_password(password=typed["password"], by=request.actor, at=at, keep_sign_in=request.sign_in_id)


@page(SIGNED_IN, methods=("POST",), replay=False)
def password_code(request: Request) -> HttpResponse:
    """Send the code that confirms a new password to one's own phone."""
    person = _person(request)
    try:
        actions.send_code(phone=person.phone, purpose=CodePurpose.PASSWORD, by=request.actor, at=clock.now())
        messages.success(request, _("验证码已发送到 %(phone)s。") % {"phone": mask_phone(person.phone)})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("accounts:password"))


@page(fresh(SIGNED_IN), methods=("GET", "POST"), replay=False)
def phone(request: Request) -> HttpResponse:
    """Change the phone number, first step: the new number, to which a code is sent."""
    form = PhoneForm(sent(request))
    status = attempt(form, lambda: _ask_new_phone(request, form.cleaned_data["phone"]))
    if status == DONE:
        return see_other(reverse("accounts:phone_code"))
    return _render(
        request, "phone", {"form": form, "phone_masked": mask_phone(_person(request).phone)}, status
    )


def _ask_new_phone(request: Request, typed: str) -> None:
    new = actions.clean_phone(typed)
    actions.send_code(phone=new, purpose=CodePurpose.PHONE_CHANGE, by=request.actor, at=clock.now())
    request.session[NEW_PHONE] = new


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def phone_code(request: Request) -> HttpResponse:
    """Change the phone number, second step: the code that arrived there."""
    new = request.session.get(NEW_PHONE)
    if not new:
        return see_other(reverse("accounts:phone"))
    form = CodeForm(sent(request))
    status = attempt(form, lambda: _change_phone(request, new, form.cleaned_data["code"]))
    if status == DONE:
        del request.session[NEW_PHONE]
        messages.success(request, _("手机号已更换，下次请用新号码登录。"))
        return see_other(reverse("accounts:me"))
    return _render(request, "phone_code", {"form": form, "phone_masked": mask_phone(new)}, status)


def _change_phone(request: Request, new: str, code: str) -> None:
    at = clock.now()
    actions.check_code(phone=new, purpose=CodePurpose.PHONE_CHANGE, code=code, at=at)
    actions.change_phone(phone=new, by=request.actor, at=at)


@page(SIGNED_IN, methods=("POST",))
def end_sign_in(request: Request, sign_in_id: str) -> HttpResponse:
    """Sign out somewhere else."""
    key = uuid_or_not_found(sign_in_id)
    actions.sign_out(sign_in_id=key, by=request.actor, at=clock.now())
    messages.success(request, _("已退出那台设备上的登录。"))
    return see_other(reverse("accounts:me"))


@page(SIGNED_IN, methods=("POST",))
def end_others(request: Request) -> HttpResponse:
    """Sign out everywhere else."""
    count = actions.sign_out_others(keep=request.sign_in_id, by=request.actor, at=clock.now())
    messages.success(request, _("已退出其他 %(n)s 处登录。") % {"n": count})
    return see_other(reverse("accounts:me"))


def _person(request: Request) -> Person:
    person: Person = Person.objects.visible_to(request.actor).get(pk=request.actor.person_id)
    return person


def _render(request: Request, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"accounts/{name}.html", {**context, "layout": layout(request)}, status=status)
