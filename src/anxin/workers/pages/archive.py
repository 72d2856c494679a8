"""My archive on the phone: what is in it, on paper too; education and practice; answering a penalty; leaving."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anxin.files.public import keep_chosen, store
from anxin.files.values import FileKind
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.actor import Actor
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.workers import actions
from anxin.workers.engine.dossier import dossier_pdf
from anxin.workers.forms.archive import EducationForm, OwnLeavingForm, PracticeForm, ReplyForm
from anxin.workers.models import Worker
from anxin.workers.pages import life
from anxin.workers.pages.timeline import timeline
from anxin.workers.queries.dossier import Dossier, dossier, shown_name
from anxin.workers.queries.leaving import leaving
from anxin.workers.queries.people import worker_of
from anxin.workers.states import ConductState, WorkerState
from anxin.workers.values.archive import ConductKind


def mine(request: Request) -> Worker:
    """The reader as a worker. Refuses: NotEnrolled."""
    row = worker_of(request.actor.person_id)
    if row is None or request.actor.organisation_id is not None:
        raise actions.NotEnrolled
    return row


def whole(request: Request) -> Dossier:
    """The reader's own archive, all of it."""
    found = dossier(request.actor, mine(request).number)
    if found is None:
        raise NotFound
    return found


@page(SIGNED_IN)
def archive(request: Request) -> HttpResponse:
    """Everything that is kept of me, class by class, and what happened when."""
    found, at = whole(request), clock.now()
    open_to_reply = {
        str(row.pk)
        for row in found.conducts
        if row.kind == ConductKind.PENALTY and row.state == ConductState.GIVEN
    }
    context = {
        "found": found, "sections": life.sections(found, request.actor, at), "events": timeline(found, at),
        "signed": found.signed, "agency": next((a for a in found.affiliations if a.period.upper is None), None),
        "open_to_reply": open_to_reply, "own": True,
    }  # fmt: skip
    return render(request, "workers/archive.html", context)


@page(SIGNED_IN)
def paper(request: Request) -> HttpResponse:
    """My archive as a PDF."""
    found, at = whole(request), clock.now()
    body = dossier_pdf(_content(found, request), at=at)
    return attached(body, f"{_('信用档案')}-{found.worker.number}.pdf")


def attached(body: bytes, name: str) -> HttpResponse:
    """A PDF to keep, which no cache does."""
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _content(found: Dossier, request: Request) -> dict[str, Any]:
    at = clock.now()
    parts = [
        (part.title, [(row.title, list(row.subs), row.badge) for row in part.rows])
        for part in life.sections(found, request.actor, at)
    ]
    return {
        "title": _("家政服务员信用档案"), "name": shown_name(found), "number": found.worker.number,
        "made": date_format(clock.local(at), "Y-m-d H:i"), "nothing": _("没有记录"),
        "note": _("由本人从平台下载；只含结论和日期，不含检查数值和案情。"), "sections": parts,
        "events_title": _("时间线"),
        "events": [
            (date_format(clock.local(one["at"]), "Y-m-d H:i"), one["title"], one["note"])
            for one in timeline(found, at)
        ],
    }  # fmt: skip


def _form(
    request: Request, form: Any, do: Any, *, heading: str, said: str, back: str, **more: Any
) -> HttpResponse:
    status = attempt(form, do)
    if status == DONE:
        messages.success(request, said)
        return see_other(reverse(back))
    keep_chosen(form, by=request.actor, at=clock.now())
    context = {"form": form, "heading": heading, "back": reverse(back), **more}
    return render(request, "workers/archive_form.html", context, status=status)


@page(SIGNED_IN, methods=("GET", "POST"))
def education(request: Request) -> HttpResponse:
    worker = mine(request)
    form = EducationForm(sent(request), initial={"education": worker.education})
    return _form(
        request, form,
        lambda: actions.change_profile(
            worker_id=worker.pk, education=form.cleaned_data["education"], by=request.actor, at=clock.now()
        ),
        heading=_("学历"), said=_("已保存。"), back="workers:archive",
    )  # fmt: skip


@page(SIGNED_IN, methods=("GET", "POST"))
def practices(request: Request) -> HttpResponse:
    """Add where I worked before."""
    worker, form = mine(request), PracticeForm(sent(request))
    return _form(
        request, form,
        lambda: actions.add_practice(
            worker_id=worker.pk, by=request.actor, at=clock.now(), **form.cleaned_data
        ),
        heading=_("登记从业经历"), said=_("已登记。"), back="workers:archive",
    )  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def practice_removal(request: Request, practice_id: str) -> HttpResponse:
    key = uuid_or_not_found(practice_id)
    try:
        actions.remove_practice(practice_id=key, by=request.actor, at=clock.now())
        messages.success(request, _("已删去。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("workers:archive"))


@page(SIGNED_IN, methods=("GET", "POST"))
def appeal(request: Request, conduct_id: str) -> HttpResponse:
    """Answer a penalty: what it says, my own words, my evidence."""
    key, found = uuid_or_not_found(conduct_id), whole(request)
    row = next((one for one in found.conducts if one.pk == key), None)
    if row is None:
        raise NotFound
    form = ReplyForm(request.POST, request.FILES) if request.method == "POST" else ReplyForm()
    return _form(
        request, form, lambda: _appeal(request, key, form), heading=_("申诉"),
        said=_("申诉已提交，由作出处罚以外的单位决定。"), back="workers:archive", conduct=row, upload=True,
    )  # fmt: skip


def _appeal(request: Request, key: UUID, form: ReplyForm) -> None:
    at, upload = clock.now(), form.cleaned_data["evidence"]
    kept = store(upload, kind=FileKind.CREDENTIAL, by=request.actor, at=at) if upload else None
    actions.appeal_conduct(
        conduct_id=key, reply=form.cleaned_data["reply"], evidence_id=kept.pk if kept else None,
        by=request.actor, at=at,
    )  # fmt: skip


@page(SIGNED_IN, methods=("GET", "POST"))
def departure(request: Request) -> HttpResponse:
    """Leave my agency, or the platform: what it means first, then the confirmation."""
    worker, at, found = mine(request), clock.now(), whole(request)
    agency = next((a for a in found.affiliations if a.period.upper is None), None)
    form = OwnLeavingForm(sent(request), affiliated=agency is not None)
    status = attempt(form, lambda: _leave(form, worker, request.actor, at))
    if status == DONE:
        messages.success(request, _("已离开。档案一直是您的；加入新机构后，重新签署授权书、申领安心码。"))
        return see_other(reverse("workers:archive"))
    context = {
        "form": form, "agency": agency, "told": leaving(worker.pk, at), "layout": "web/phone.html",
        "back": reverse("workers:archive"), "own": True,
    }  # fmt: skip
    return render(request, "workers/departure.html", context, status=status)


def _leave(form: OwnLeavingForm, worker: Worker, by: Actor, at: datetime) -> None:
    if form.for_good:
        actions.set_state(worker_id=worker.pk, to=WorkerState.LEFT, by=by, at=at)
    else:
        actions.leave_agency(worker_id=worker.pk, by=by, at=at)


@page(SIGNED_IN, methods=("POST",))
def coming_back(request: Request) -> HttpResponse:
    """Work in homes again, after having left the platform."""
    try:
        actions.set_state(worker_id=mine(request).pk, to=WorkerState.ACTIVE, by=request.actor, at=clock.now())
        messages.success(request, _("欢迎回来。加入一家机构后，就可以申领安心码。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("workers:archive"))
