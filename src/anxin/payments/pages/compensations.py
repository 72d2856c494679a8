"""What an agency owes for an order it failed: seen by both sides, objected to, decided, taken in WeChat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from anxin.kit import clock, crypto
from anxin.kit.access import SIGNED_IN, Request, any_of, fresh, holds, page
from anxin.kit.errors import Refusal
from anxin.payments import actions, queries
from anxin.payments.actions.refusals import CompensationUnknown, LoginStale
from anxin.payments.adapters.channel import is_simulated, wechatpay
from anxin.payments.forms import DecisionForm, EndForm, ObjectionForm
from anxin.payments.models import Compensation, Payout
from anxin.payments.pages.common import put, see_other
from anxin.payments.states import CompensationState, PayoutState
from anxin.payments.values import COMPENSATION_LABELS

DESK = any_of(holds("payments.bill"), holds("payments.reconcile"))
STATE_SECONDS = 600
PER_PAGE = 30


@page(DESK)
def listed(request: Request) -> HttpResponse:
    """An agency's, or to the operator all; those with an objection first."""
    state = request.GET.get("state", "")
    found = queries.compensations(request.actor, state=state if state in set(CompensationState) else "")
    pages = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "payments/compensations.html", {"page": pages, "state": state})


@page(SIGNED_IN)
def one(request: Request, number: str) -> HttpResponse:
    """To the customer with the way to the money, to the agency and the operator as a desk page."""
    return _show(request, _found(request, number))


@page(SIGNED_IN, methods=("POST",))
def objection(request: Request, number: str) -> HttpResponse:
    """Either side objects, in words."""
    row, form = _found(request, number), ObjectionForm(request.POST)
    if form.is_valid():
        try:
            actions.contest(row, text=form.cleaned_data["text"], by=request.actor, at=clock.now())
            return see_other("payments:compensation", number)
        except Refusal as refusal:
            put(form, refusal)
    return _show(request, row, status=422, objection=form)


@page(fresh(holds("payments.reconcile")), methods=("POST",))
def decision(request: Request, number: str) -> HttpResponse:
    """The operator answers an objection."""
    row, form = _found(request, number), DecisionForm(request.POST)
    if form.is_valid():
        try:
            actions.decide(
                row, amount_fen=form.amount_fen(row.amount_fen), answer=form.cleaned_data["answer"],
                by=request.actor, at=clock.now(),
            )  # fmt: skip
            return see_other("payments:compensation", number)
        except Refusal as refusal:
            put(form, refusal)
    return _show(request, row, status=422, decision=form)


@page(fresh(holds("payments.reconcile")), methods=("POST",))
def end(request: Request, number: str) -> HttpResponse:
    """The operator paid it another way."""
    row, form = _found(request, number), EndForm(request.POST)
    if form.is_valid():
        try:
            actions.end(row, note=form.cleaned_data["note"], by=request.actor, at=clock.now())
            return see_other("payments:compensation", number)
        except Refusal as refusal:
            put(form, refusal)
    return _show(request, row, status=422, end=form)


@page(SIGNED_IN, methods=("GET", "POST"), replay=False)
def claim(request: Request, number: str) -> HttpResponse:
    """Back from WeChat with a code: one more tap takes the money. WeChat's code is good once, so no replay guard, and
    the channel is not spoken with inside a transaction."""
    row = _found(request, number)
    given = request.POST if request.method == "POST" else request.GET
    # Whoever starts the way must be who ends it, or a link could make a customer take money into another's WeChat.
    mine = {"compensation": str(row.pk), "person": str(request.actor.person_id)}
    try:
        claims = crypto.read_token("wechat-login", given.get("state", ""))
    except crypto.Tampered as tampered:
        raise LoginStale from tampered
    if {name: claims.get(name) for name in mine} != mine or not given.get("code"):
        raise LoginStale
    if request.method == "POST":
        actions.claim(row, code=given["code"], by=request.actor, at=clock.now())
        return see_other("payments:compensation", number)
    return render(
        request, "payments/claim.html", {"row": row, "code": given["code"], "state": given["state"]}
    )


def _found(request: Request, number: str) -> Compensation:
    row = queries.compensation_by_number(number, request.actor)
    if row is None:
        raise CompensationUnknown
    return row


def _show(request: Request, row: Compensation, *, status: int = 200, **forms: Any) -> HttpResponse:
    actor = request.actor
    payee = row.payee_id == actor.person_id
    operator = actor.holds("payments.reconcile")
    payout = queries.open_payout(row) if payee and row.state == CompensationState.PAYING else None
    context = {
        "row": row, "payee": payee,
        "layout": "web/desk.html" if actor.organisation_id else "web/phone.html",
        "steps": [
            {"at": step.at, "words": _(COMPENSATION_LABELS[CompensationState(step.to_state)])}
            for step in sorted(row.history.all(), key=lambda step: step.pk)
        ],
        "may_object": row.state == CompensationState.OWED and (payee or not operator),
        "may_decide": operator and row.state == CompensationState.CONTESTED,
        "may_end": operator and row.state == CompensationState.PAYABLE,
        "login": _login(request, row) if payee and row.state == CompensationState.PAYABLE else "",
        "confirm": _confirm(row, payout) if payout else None,
        "objection_form": forms.get("objection") or ObjectionForm(),
        "decision_form": forms.get("decision") or DecisionForm(),
        "end_form": forms.get("end") or EndForm(),
        "open_form": next(iter(forms), ""),
    }  # fmt: skip
    return render(request, "payments/compensation.html", context, status=status)


def _login(request: Request, row: Compensation) -> str:
    """Where the customer's WeChat tells us who they are; nowhere while the house has no official account."""
    client = wechatpay()
    if not client.merchant.app_secret:
        return ""
    claims = {"compensation": str(row.pk), "person": str(request.actor.person_id)}
    state = crypto.sign_token("wechat-login", claims, STATE_SECONDS)
    return client.login_url(settings.ANXIN_ORIGIN + reverse("payments:claim", args=[row.number]), state)


def _confirm(row: Compensation, payout: Payout) -> dict[str, str] | None:
    """What WeChat needs to show the transfer; with the simulator the address of its phone."""
    if payout.state != PayoutState.WAITING:
        return None
    merchant = wechatpay().merchant
    found = {"mchid": merchant.mchid, "appid": merchant.appid, "package": payout.package, "link": ""}
    if is_simulated():
        back = settings.ANXIN_ORIGIN + reverse("payments:compensation", args=[row.number])
        base = f"{settings.ANXIN_WECHATPAY_URL}/wechat/transfer/{payout.number}"
        found["link"] = f"{base}?{urlencode({'redirect_url': back})}"
    return found
