"""The agency's own desk: apply, who it is, its papers, submission, leaving with its data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.agencies import actions
from anxin.agencies.forms.desk import ApplyForm, DocumentForm, ProfileForm, SubmitForm, WhyForm, told
from anxin.agencies.forms.public import town_choices
from anxin.agencies.models import Agency
from anxin.agencies.pages.shown import document_shown, mode_word
from anxin.agencies.queries import pages as reads
from anxin.agencies.queries.export import archive
from anxin.agencies.states import AgencyState
from anxin.agencies.values import AGENCY_LABELS, AGREEMENT_VERSION
from anxin.files.public import keep_chosen
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, VERIFIED, Request, fresh, holds, page
from anxin.kit.clock import local_date
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.text import gettext_noop

READ, MANAGE = holds("agencies.read"), holds("agencies.manage")
STEPS = [
    gettext_noop("填写资料"),
    gettext_noop("上传证照"),
    gettext_noop("签协议并提交"),
    gettext_noop("平台审核"),
    gettext_noop("上线"),
]


@page(VERIFIED, methods=("GET", "POST"))
def apply(request: Request) -> HttpResponse:
    """The first step of joining: who you are. The head of an agency already entered only adds the rest."""
    known = reads.own(request.actor)
    if known is not None:
        return redirect("agencies:profile")
    at, towns = clock.now(), town_choices(_("请选择"))
    entered = reads.entered(request.actor)
    kind = ProfileForm if entered else ApplyForm
    form = kind(request.POST or None, towns=towns)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.apply(
                name=form.cleaned_data.get("name", ""),
                uscc=form.cleaned_data.get("uscc", ""),
                profile=form.profile,
                organisation_id=entered.pk if entered else None,
                by=request.actor,
                at=at,
            )
        except Refusal as refusal:
            told(form, refusal)
        else:
            messages.success(request, _("已保存。下一步：上传营业执照。"))
            return _to_new_agency(request, row)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "entered": entered, "steps": [_(step) for step in STEPS]}
    return render(request, "agencies/apply.html", context, status=status)


@page(READ)
def profile(request: Request) -> HttpResponse:
    """Where the agency stands, its papers, and the next step."""
    return _profile(request)


@page(MANAGE, methods=("GET", "POST"))
def edit(request: Request) -> HttpResponse:
    """Change what the agency says of itself."""
    row = _own(request)
    towns = town_choices(_("请选择"))
    fixed = row.state not in (AgencyState.APPLIED, AgencyState.RETURNED, AgencyState.REJECTED)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and fixed:
        data["mode"], data["legal_representative"] = row.mode, row.legal_representative
    form = ProfileForm(data, initial=ProfileForm.starting(row), towns=towns)
    if data is not None and form.is_valid():
        try:
            actions.change_profile(agency_id=row.pk, profile=form.profile, by=request.actor, at=clock.now())
        except Refusal as refusal:
            told(form, refusal)
        else:
            messages.success(request, _("机构资料已更新。"))
            return _see_other("agencies:profile")
    context = {"form": form, "agency": row, "fixed": fixed}
    return render(request, "agencies/edit.html", context, status=422 if data is not None else 200)


@page(MANAGE, methods=("POST",))
def documents(request: Request) -> HttpResponse:
    """Hand in a document with its file."""
    row = _own(request)
    form = DocumentForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.hand_in(
                agency_id=row.pk,
                paper=form.paper,
                upload=form.cleaned_data["file"],
                by=request.actor,
                at=clock.now(),
            )
        except Refusal as refusal:
            told(form, refusal)
        else:
            messages.success(request, _("资料已上传，平台会核实。"))
            return _see_other("agencies:profile")
    keep_chosen(form, by=request.actor, at=clock.now())
    return _profile(request, document=form, status=422)


@page(MANAGE, methods=("POST",))
def remove_document(request: Request, document_id: UUID) -> HttpResponse:
    """Take back a document that has not been verified."""
    actions.remove_document(document_id=document_id, by=request.actor, at=clock.now())
    messages.success(request, _("资料已删除。"))
    return _see_other("agencies:profile")


@page(MANAGE, methods=("POST",))
def submission(request: Request) -> HttpResponse:
    """Agree with the platform and ask to be verified."""
    form = SubmitForm(request.POST)
    form.is_valid()
    try:
        actions.submit(
            agency_id=_own(request).pk,
            agreed=form.cleaned_data.get("agreed", False),
            by=request.actor,
            at=clock.now(),
        )
    except Refusal as refusal:
        told(form, refusal)
        return _profile(request, submit=form, status=refusal.status)
    messages.success(request, _("已提交审核，结果会发到您的消息里。"))
    return _see_other("agencies:profile")


@page(MANAGE, methods=("POST",))
def appeal(request: Request) -> HttpResponse:
    """Ask for a rejected application to be looked at again."""
    return _with_reason(request, actions.appeal, _("申诉已提交，会由另一位工作人员复查。"))


@page(MANAGE, methods=("POST",))
def departure(request: Request) -> HttpResponse:
    """Give 30 days' notice."""
    return _with_reason(request, actions.leave, _("退出申请已登记，30 天后生效。期间可以撤回。"))


@page(MANAGE, methods=("POST",))
def stay(request: Request) -> HttpResponse:
    """Take the notice back."""
    actions.stay(agency_id=_own(request).pk, by=request.actor, at=clock.now())
    messages.success(request, _("已撤回退出申请。"))
    return _see_other("agencies:profile")


@page(fresh(MANAGE))
def export(request: Request) -> HttpResponse:
    """All that is kept of the agency here, as a ZIP of JSON and the files."""
    row = _own(request)
    at = clock.now()
    actions.note_export(agency_id=row.pk, by=request.actor, at=at)
    response = HttpResponse(archive(row, at), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{row.number}.zip"'
    return response


@page(SIGNED_IN)
def agreement(request: Request) -> HttpResponse:
    """The terms an agency agrees to."""
    return render(request, "agencies/agreement.html", {"version": AGREEMENT_VERSION})


def _own(request: Request) -> Agency:
    row = reads.own(request.actor)
    if row is None:
        raise NotFound
    return row


def _to_new_agency(request: Request, row: Agency) -> HttpResponse:
    """On to the desk; who has just become head acts in that post from the next request on."""
    if request.actor.organisation_id != row.organisation_id:
        at = clock.now()
        held = (
            accounts.appointments_of(row.created_by or row.pk, at)
            .filter(organisation_id=row.organisation_id)
            .first()
        )
        if held is not None and request.sign_in_id is not None:
            accounts.choose_post(
                sign_in_id=request.sign_in_id, appointment_id=held.pk, by=request.actor, at=at
            )
    return _see_other("agencies:profile")


def _with_reason(request: Request, action: Any, done: str) -> HttpResponse:
    form = WhyForm(request.POST)
    form.is_valid()
    try:
        action(
            agency_id=_own(request).pk, why=form.cleaned_data.get("why", ""), by=request.actor, at=clock.now()
        )
    except Refusal as refusal:
        told(form, refusal)
        return _profile(request, why=form, status=refusal.status)
    messages.success(request, done)
    return _see_other("agencies:profile")


def _see_other(name: str, *args: Any) -> HttpResponse:
    response = redirect(name, *args)
    response.status_code = 303
    return response


def _profile(request: Request, *, status: int = 200, **forms: Any) -> HttpResponse:
    row = reads.own(request.actor)
    if row is None:
        return redirect("agencies:apply")
    at = clock.now()
    shown = [document_shown(document, request.actor, at) for document in row.documents.all()]
    licence = any(one["row"].kind == "licence" and one["row"].is_valid_on(local_date(at)) for one in shown)
    context = {
        "agency": row,
        "words": _(AGENCY_LABELS[AgencyState(row.state)]),
        "mode": mode_word(row),
        "steps": [_(step) for step in STEPS],
        "now": _step(row, licence),
        "documents": shown,
        "expiring": [one for one in shown if one["soon"] or one["mark"] == _("已过期")],
        "has_licence": licence,
        "may": row.MACHINE.verbs(row.state),
        "document_form": forms.get("document") or _first_paper(licence),
        "submit_form": forms.get("submit") or SubmitForm(),
        "why_form": forms.get("why") or WhyForm(),
        "document_open": "document" in forms or not licence,
        "rating": row.standing.rating,
        "at": at,
    }
    return render(request, "agencies/profile.html", context, status=status)


def _first_paper(has_licence: bool) -> DocumentForm:
    """An empty form; the licence comes first."""
    return DocumentForm(initial={} if has_licence else {"kind": "licence", "title": _("营业执照")})


def _step(row: Agency, licence: bool) -> int:
    """Which step of joining is now (from 1); past the end = all done."""
    if row.state in (AgencyState.APPLIED, AgencyState.RETURNED):
        return 3 if licence else 2
    if row.state in (AgencyState.VERIFYING, AgencyState.REJECTED):
        return 4
    return 6
