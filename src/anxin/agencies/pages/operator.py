"""The operator's desk: applications with what is due first, the check of papers, decisions, suspension."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import USCC_FAULT_LABELS
from anxin.agencies import actions
from anxin.agencies.forms.desk import CheckForm, DecisionForm, WhyForm, told
from anxin.agencies.pages.shown import document_shown, mode_word
from anxin.agencies.queries import pages as reads
from anxin.agencies.states import AgencyState
from anxin.agencies.values import AGENCY_LABELS
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.lists import Asked
from anxin.places import public as places

VERIFY = holds("agencies.verify")
READ = any_of(VERIFY, holds("governance.supervise"))
PER_PAGE = 30


@page(READ)
def applications(request: Request) -> HttpResponse:
    """What is due first: applications by age, then papers to check, then re-verifications."""
    at = clock.now()
    asked = Asked.of(request)
    state = asked.keep("state", AgencyState)
    text = asked.words("q", _("搜索机构"), _("机构名、信用代码、编号"))
    found = asked.page(reads.queue(request.actor, state=state, text=text), PER_PAGE)
    counts = reads.counts(request.actor)
    context = {
        "page": found,
        "rows": [
            {"agency": row, "words": _(AGENCY_LABELS[AgencyState(row.state)]), **_due(row, at)}
            for row in found
        ],
        "states": [(str(s), _(label), counts.get(str(s), 0)) for s, label in AGENCY_LABELS.items()],
        "state": state,
        "asked": asked,
        "counts": counts,
    }
    return render(request, "agencies/applications.html", context)


@page(READ)
def application(request: Request, number: str) -> HttpResponse:
    """One agency with everything to check it by."""
    return _application(request, number)


@page(VERIFY, methods=("POST",))
def check(request: Request, number: str, document_id: UUID) -> HttpResponse:
    """Say of a document whether it is true and how that was checked."""
    form = CheckForm(request.POST)
    if form.is_valid():
        try:
            actions.verify_document(
                document_id=document_id,
                passed=form.cleaned_data["passed"] == "1",
                how=form.cleaned_data["how"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            told(form, refusal)
            return _application(request, number, status=refusal.status, check=form, checked=document_id)
        messages.success(request, _("核实结果已记下。"))
        return _see_other(number)
    return _application(request, number, status=422, check=form, checked=document_id)


@page(VERIFY, methods=("POST",))
def decision(request: Request, number: str) -> HttpResponse:
    """Approve, return or reject an application."""
    form = DecisionForm(request.POST)
    if form.is_valid():
        row = reads.application(number, request.actor)
        verdict, why = form.cleaned_data["verdict"], form.cleaned_data["why"]
        same: dict[str, Any] = {"agency_id": row.pk, "by": request.actor, "at": clock.now()}
        try:
            if verdict == "approve":
                actions.approve(**same)
            else:
                (actions.send_back if verdict == "return" else actions.reject)(why=why, **same)
        except Refusal as refusal:
            told(form, refusal)
            return _application(request, number, status=refusal.status, decision=form)
        messages.success(request, _("决定已记下，并通知了机构。"))
        return _see_other(number)
    return _application(request, number, status=422, decision=form)


@page(VERIFY, methods=("POST",))
def suspension(request: Request, number: str) -> HttpResponse:
    """Stop new orders, with the reason."""
    form = WhyForm(request.POST)
    form.is_valid()
    row = reads.application(number, request.actor)
    try:
        actions.suspend(
            agency_id=row.pk, why=form.cleaned_data.get("why", ""), by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        told(form, refusal)
        return _application(request, number, status=refusal.status, why=form)
    messages.success(request, _("已暂停这家机构接新单。"))
    return _see_other(number)


@page(VERIFY, methods=("POST",))
def reinstatement(request: Request, number: str) -> HttpResponse:
    """Let a suspended agency take orders again."""
    row = reads.application(number, request.actor)
    actions.reinstate(agency_id=row.pk, by=request.actor, at=clock.now())
    messages.success(request, _("已恢复接单。"))
    return _see_other(number)


@page(VERIFY, methods=("POST",))
def reverification(request: Request, number: str) -> HttpResponse:
    """Note that the papers were checked again."""
    row = reads.application(number, request.actor)
    actions.reverify(agency_id=row.pk, how=request.POST.get("how", ""), by=request.actor, at=clock.now())
    messages.success(request, _("复核已记下，下次复核在六个月后。"))
    return _see_other(number)


def _application(request: Request, number: str, *, status: int = 200, **forms: Any) -> HttpResponse:
    at = clock.now()
    row = reads.application(number, request.actor)
    shown = [document_shown(document, request.actor, at) for document in row.documents.all()]
    names = accounts.people({entry.by_person for entry in row.history.all() if entry.by_person})
    uscc = accounts.check_uscc(row.organisation.uscc or "") if row.organisation.uscc else None
    context = {
        "agency": row,
        "mode": mode_word(row),
        "words": _(AGENCY_LABELS[AgencyState(row.state)]),
        "town": places.named([row.town_code]).get(row.town_code, ""),
        "uscc": uscc,
        "faults": USCC_FAULT_LABELS,
        "documents": [one for one in shown if one["row"].replaced_at is None],
        "replaced": [one for one in shown if one["row"].replaced_at is not None],
        "history": [
            {
                "title": _(AGENCY_LABELS[AgencyState(entry.to_state)]),
                "at": entry.at,
                "note": entry.why,
                "by": names[entry.by_person].name if entry.by_person in names else _("系统"),
            }
            for entry in sorted(row.history.all(), key=lambda e: e.pk, reverse=True)
        ],
        "may": row.MACHINE.verbs(row.state) if request.actor.holds("agencies.verify") else frozenset(),
        "verifies": request.actor.holds("agencies.verify"),
        "decision_form": forms.get("decision") or DecisionForm(),
        "why_form": forms.get("why") or WhyForm(),
        "check_form": forms.get("check"),
        "checked": forms.get("checked"),
        **_due(row, at),
    }
    return render(request, "agencies/application.html", context, status=status)


def _due(row: Any, at: Any) -> dict[str, Any]:
    """Why the agency is on the list and how long it has waited."""
    if row.state == AgencyState.VERIFYING:
        return {"due": _("等待审核"), "due_at": row.submitted_at, "late": (at - row.submitted_at).days >= 3}
    if row.state in (AgencyState.LIVE, AgencyState.SUSPENDED) and row.reverify_due_at:
        return {"due": _("复核"), "due_at": row.reverify_due_at, "late": row.reverify_due_at < at}
    return {"due": "", "due_at": None, "late": False}


def _see_other(number: str) -> HttpResponse:
    response = redirect("agencies:application", number)
    response.status_code = 303
    return response
