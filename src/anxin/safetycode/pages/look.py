"""What anybody may see: a scanned code, a code looked up by number, a worker's e-card."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.agencies.public import agencies_of
from anxin.files.public import url_for
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, page
from anxin.kit.errors import NotFound, Refusal, TooMany
from anxin.policies.public import read
from anxin.safetycode import actions, queries
from anxin.safetycode.engine import offline
from anxin.safetycode.forms import CheckForm
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.pages import words
from anxin.safetycode.queries.tokens import NoToken, TokenExpired, TokenForged, scanned
from anxin.safetycode.values import CODE_STATE_LABELS, HOTLINE, CodeState, ECard


def card_context(request: Request, card: ECard, code: SafetyCode | None) -> dict[str, Any]:
    worker, at = card.worker, clock.now()
    agency = (
        agencies_of([worker.organisation_id]).get(worker.organisation_id) if worker.organisation_id else None
    )
    return {
        "card": card,
        "worker": worker,
        "photo": url_for(worker.photo_id, request.actor) if worker.photo_id else "",
        "agency": agency,
        "code": code,
        "code_state": _(CODE_STATE_LABELS[CodeState(code.state)]) if code else "",
        "shown": words.shown(card.judgement),
        "papers": words.papers(card.papers),
        "hotline": read(HOTLINE, at=at),
        "at": clock.local(at),
    }


def no_store(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@page(PUBLIC)
def scan(request: Request, token: str) -> HttpResponse:
    """Where a scanned code leads, without an account: masked name, colour, agency, validity, conclusions only."""
    at = clock.now()
    try:
        actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
        found = actions.scan(token=token, by=request.actor, at=at)
        card = queries.ecards([found.code.worker_id], at)[found.code.worker_id]
    except Refusal as refusal:
        kind = {TokenForged: "forged", TokenExpired: "stale"}.get(type(refusal), "busy")
        context = {"refusal": refusal, "kind": kind, "hotline": read(HOTLINE, at=at)}
        answer = no_store(render(request, "safetycode/refused.html", context, status=refusal.status))
        if isinstance(refusal, TooMany):
            answer.headers["Retry-After"] = str(refusal.retry_after)
        return answer
    context = card_context(request, card, found.code) | {
        "printed": found.printed,
        "scanned": True,
        "token": token,
    }
    return no_store(render(request, "safetycode/scan.html", context))


@page(PUBLIC, methods=("GET", "POST"))
def check(request: Request) -> HttpResponse | HttpResponseRedirect:
    """Check a code: by camera, by the address a phone read, or by the number on the card and the name on it."""
    if request.method == "GET":
        return no_store(render(request, "safetycode/check.html", {"form": CheckForm()}))
    # A signed code may end in a space.
    signed = request.POST.get("scanned", "").strip("\r\n\t")
    if signed.startswith(offline.MARK):
        return _signed(request, signed)
    form = CheckForm(request.POST)
    context: dict[str, Any] = {"form": form}
    if read_by_camera := request.POST.get("scanned", ""):
        try:
            return redirect("safetycode:scan", token=scanned(read_by_camera), permanent=False)
        except NoToken:
            form.add_error("number", _("扫到的不是安心码。请扫描服务员手机上或证上的二维码。"))
    elif form.is_valid():
        at = clock.now()
        try:
            actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
            code = queries.code_by_number(form.cleaned_data["number"], form.cleaned_data["name"])
            if code is None:
                raise NotFound
            card = queries.ecards([code.worker_id], at)[code.worker_id]
            context |= card_context(request, card, code)
        except NotFound:
            form.add_error("number", _("没有找到号码和姓名都相符的安心码。请对照证上的号码，逐字核对。"))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return no_store(render(request, "safetycode/check.html", context, status=422 if form.errors else 200))


def _signed(request: Request, text: str) -> HttpResponse:
    """A signed code that was scanned with a network at hand: what holds now, not what held when it was signed."""
    form, context, at = CheckForm(), {}, clock.now()
    try:
        actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
        said = queries.read_signed(text)
        code = queries.code_numbered(said.number)
        if code is None:
            raise NotFound
        card = queries.ecards([code.worker_id], at)[code.worker_id]
        context = card_context(request, card, code) | {"signed_at": clock.local(said.at)}
    except (ValueError, NotFound):
        context = {"forged": True}
    except Refusal as refusal:
        context = {"refusal": str(refusal)}
    context |= {"form": form}
    return no_store(
        render(request, "safetycode/check.html", context, status=200 if "card" in context else 422)
    )


@page(PUBLIC)
def card(request: Request, number: str) -> HttpResponse:
    """A worker's public e-card: masked name, colour, skills, certificates, seniority, ratings."""
    at = clock.now()
    found = queries.ecard(number, at)
    if found is None:
        raise NotFound
    code = queries.code_of(found.worker.worker_id)
    return render(request, "safetycode/card.html", card_context(request, found, code))
