"""Who stands in for whom, and requests for rights: one's own, and those waiting for one's decision."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import actions, queries
from anxin.accounts.forms import AskForm, StandInForm
from anxin.accounts.models import Appointment, RightRequest
from anxin.accounts.pages.edge import layout
from anxin.accounts.rules.permissions import PERMISSION_WORDS
from anxin.accounts.states import RequestState
from anxin.accounts.values import POSTS
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, VERIFIED, Request, any_of, fresh, holds, page
from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.kit.forms import DONE, attempt
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other

DECIDE = any_of(holds("accounts.appoint"), holds("accounts.organise"))


@page(SIGNED_IN)
def rights(request: Request) -> HttpResponse:
    """Everything about rights that concerns the reader."""
    return _rights(request)


@page(fresh(SIGNED_IN), methods=("POST",))
def stand_in(request: Request) -> HttpResponse:
    """Name a colleague to act in one's place."""
    at = clock.now()
    own = queries.appointment_of(request.actor, at)
    if own is None:
        raise actions.CannotPassOn
    form = _stand_in_form(request.actor, own, at, request.POST)
    status = attempt(form, lambda: _name(form, request.actor, at))
    if status == DONE:
        messages.success(request, _("已委托，双方都会收到通知，到时自动结束。"))
        return see_other(reverse("accounts:rights"))
    return _rights(request, status=status, stand_in=form)


def _name(form: StandInForm, by: Actor, at: datetime) -> None:
    data = form.cleaned_data
    actions.name_stand_in(
        colleague_id=data["colleague"], permissions=data["permissions"], begins=_midnight(data["begins"]),
        ends=_midnight(data["ends"] + timedelta(days=1)), why=data["why"], by=by, at=at,
    )  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def stand_in_end(request: Request, appointment_id: str) -> HttpResponse:
    """End it before its time."""
    key = uuid_or_not_found(appointment_id)
    actions.end_stand_in(appointment_id=key, by=request.actor, at=clock.now())
    messages.success(request, _("代理已结束，对方立即不能再以此岗位操作。"))
    return see_other(reverse("accounts:rights"))


@page(VERIFIED, methods=("POST",))
def ask(request: Request) -> HttpResponse:
    """Ask for another post in one's organisation, or for a suspended one back."""
    at = clock.now()
    form = AskForm(request.POST, choices=_askable(request.actor, at))
    status = attempt(form, lambda: _ask(form, request.actor, at))
    if status == DONE:
        messages.success(request, _("申请已提交，批准后您会收到通知。"))
        return see_other(reverse("accounts:rights"))
    return _rights(request, status=status, ask=form)


def _ask(form: AskForm, by: Actor, at: datetime) -> None:
    data = form.cleaned_data
    kind, key, post = data["wanted"].split(":")
    found = uuid_or_not_found(key)
    if kind == "back":
        actions.ask_for_return(appointment_id=found, why=data["why"], by=by, at=at)
        return
    until = _midnight(data["until"] + timedelta(days=1)) if data["until"] else None
    actions.ask_for_post(organisation_id=found, post=post, why=data["why"], until=until, by=by, at=at)


@page(SIGNED_IN, methods=("POST",))
def withdrawal(request: Request, request_id: str) -> HttpResponse:
    """Take one's own request back."""
    key = uuid_or_not_found(request_id)
    actions.withdraw_request(request_id=key, by=request.actor, at=clock.now())
    messages.success(request, _("申请已撤回。"))
    return see_other(reverse("accounts:rights"))


@page(fresh(DECIDE), methods=("POST",))
def decision(request: Request, request_id: str) -> HttpResponse:
    """Approve or refuse somebody's request."""
    key = uuid_or_not_found(request_id)
    approve = request.POST.get("verdict") == "approve"
    try:
        actions.decide_request(
            request_id=key,
            approve=approve,
            answer=request.POST.get("answer", ""),
            by=request.actor,
            at=clock.now(),
        )
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已批准，对方会收到通知。") if approve else _("未批准的决定已告知对方。"))
    return see_other(reverse("accounts:rights"))


def _rights(request: Request, *, status: int = 200, **forms: Any) -> HttpResponse:
    at, actor = clock.now(), request.actor
    own = queries.appointment_of(actor, at)
    may_pass_on = own is not None and own.stands_in_for_id is None
    asked = queries.requests_for(actor)
    choices = _askable(actor, at)
    context = {
        "own": own,
        "stand_in_form": forms.get("stand_in")
        or (_stand_in_form(actor, own, at) if own is not None and may_pass_on else None),
        "stand_ins": [(one, [_(PERMISSION_WORDS[p]) for p in one.only]) for one in queries.stand_ins_of(actor, at)],
        "waiting": [
            (one, _may_decide(one, actor)) for one in asked
            if one.state == RequestState.OPEN and one.person_id != actor.person_id
        ],
        "mine": [(one, _(RequestState(one.state).label)) for one in asked if one.person_id == actor.person_id],
        "suspended": list(queries.suspended_of(actor, at)),
        "ask_form": forms.get("ask") or (AskForm(choices=choices) if choices else None),
        "decides": DECIDE.check(actor) is None,
        "layout": layout(request),
    }  # fmt: skip
    return render(request, "accounts/rights.html", context, status=status)


def _may_decide(row: RightRequest, actor: Actor) -> bool:
    return row.person_id not in (actor.person_id, actor.on_behalf)


def _stand_in_form(actor: Actor, own: Appointment, at: datetime, data: Any = None) -> StandInForm:
    colleagues = {
        row.person_id: row.person.name
        for row in queries.staff_of(own.organisation_id, at)
        if row.person_id != actor.person_id and row.stands_in_for_id is None
    }
    held = [(one, _(PERMISSION_WORDS[one])) for one in sorted(own.permissions)]
    today = clock.local_date(at)
    return StandInForm(
        data, colleagues=list(colleagues.items()), held=held,
        initial={"begins": today, "ends": today + timedelta(days=7), "permissions": [one for one, _w in held]},
    )  # fmt: skip


def _askable(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    """What the actor may ask for: other posts where they belong, and what was suspended."""
    if actor.person_id is None:
        return []
    held = [one for one in queries.appointments_of(actor.person_id, at) if one.stands_in_for_id is None]
    taken = {(one.organisation_id, one.post) for one in held}
    found = [
        (
            f"back:{one.pk}:",
            _("恢复：%(post)s") % {"post": f"{one.organisation.name} · {_(one.definition.label)}"},
        )
        for one in queries.suspended_of(actor, at)
    ]
    for organisation in {one.organisation_id: one.organisation for one in held}.values():
        found += [
            (f"post:{organisation.pk}:{post.kind}.{post.code}", f"{organisation.name} · {_(post.label)}")
            for post in POSTS.values()
            if post.kind == organisation.kind and (organisation.pk, f"{post.kind}.{post.code}") not in taken
        ]
    return found


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.SHANGHAI).astimezone(UTC)
