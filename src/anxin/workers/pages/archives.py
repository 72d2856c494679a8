"""Archives at the desks: of an agency, of who left it, of a region; papers to verify, rewards, penalties, appeals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.catalogue.values import CREDENTIAL_LABELS
from anxin.files import public as files
from anxin.files.values import FileKind
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.masks import mask_name
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.policies.public import read
from anxin.workers import actions
from anxin.workers.actions.conduct import DECIDERS, GIVERS
from anxin.workers.actions.expiry import running_out
from anxin.workers.forms.archive import ConductForm, LeavingForm, ReasonForm
from anxin.workers.models import Credential
from anxin.workers.pages import life, words
from anxin.workers.pages.desk import MANAGE, READ, VERIFY
from anxin.workers.pages.timeline import timeline
from anxin.workers.queries import dossier as reads
from anxin.workers.queries.leaving import leaving
from anxin.workers.queries.people import worker_for
from anxin.workers.states import ConductState
from anxin.workers.values.archive import APPEAL_DAYS, ConductKind, Reader

GIVE = any_of(*(holds(permission) for permission in GIVERS))
DECIDE = any_of(*(holds(permission) for permission in DECIDERS))
PER_PAGE = 30


def _found(request: Request, number: str) -> reads.Dossier:
    found = reads.dossier(request.actor, number)
    if found is None:
        raise NotFound
    return found


@page(READ)
def archive(request: Request, number: str) -> HttpResponse:
    """One archive as far as this reader may see it."""
    found, at = _found(request, number), clock.now()
    context = {
        "found": found, "name": reads.shown_name(found), "sections": life.sections(found, request.actor, at),
        "events": timeline(found, at), "signed": found.signed, "reader": found.reading.reader,
        "former": found.reading.reader is Reader.FORMER,
        "may_give": GIVE.check(request.actor) is None and found.reading.reader is not Reader.FORMER,
        "revocable": {
            str(row.pk) for row in found.conducts
            if row.organisation_id == request.actor.organisation_id
            and row.state in (ConductState.GIVEN, ConductState.UPHELD)
        },
        "reason_form": ReasonForm(),
    }  # fmt: skip
    return render(request, "workers/archive_desk.html", context)


@page(VERIFY)
def papers(request: Request) -> HttpResponse:
    """Papers that wait to be verified, or that run out soon."""
    at, asked = clock.now(), Asked.of(request)
    shows = [("waiting", _("待核验")), ("expiring", _("快到期"))]
    show = asked.pick("show", _("看什么"), shows) or "waiting"
    kind = asked.pick("kind", _("种类"), [(str(k), _(v)) for k, v in CREDENTIAL_LABELS.items()])
    actor = request.actor
    rows = reads.to_verify(actor) if show == "waiting" else reads.of_region(running_out(at), actor)
    if kind:
        rows = rows.filter(kind=kind)
    page_of = asked.page(rows, PER_PAGE)
    context = {
        "page": page_of, "asked": asked, "waiting": show == "waiting",
        "rows": [_paper(row, request) for row in page_of.object_list],
    }  # fmt: skip
    return render(request, "workers/verification_queue.html", context)


def _paper(row: Credential, request: Request) -> dict[str, Any]:
    worker, actor = row.worker, request.actor
    current = next(iter(worker.current), None)  # type: ignore[attr-defined]
    return {
        "shown": words.paper(row, clock.local_date(clock.now())),
        "worker": worker,
        "name": worker.person.name if actor.holds("workers.read") else mask_name(worker.person.name),
        "agency": current.organisation.name if current else "",
        "file": files.url_for(row.file_id, actor) if row.file_id else "",
        "may_verify": row.verified_at is None,
    }


@page(holds("workers.read"))
def former(request: Request) -> HttpResponse:
    """Who left the agency: their time here, and nothing after it."""
    asked = Asked.of(request)
    page_of = asked.page(reads.former(request.actor), PER_PAGE)
    return render(request, "workers/former.html", {"page": page_of, "rows": page_of.object_list})


@page(GIVE, methods=("GET", "POST"))
def conduct(request: Request, number: str) -> HttpResponse:
    """Enter a reward or a penalty."""
    found = _found(request, number)
    form = ConductForm(request.POST, request.FILES) if request.method == "POST" else ConductForm()
    status = attempt(form, lambda: _give(request, found.worker.pk, form))
    home = reverse("workers:member_archive", args=[number])
    if status == DONE:
        messages.success(request, _("已记入档案，并告知本人。"))
        return see_other(home)
    files.keep_chosen(form, by=request.actor, at=clock.now())
    context = {"form": form, "name": reads.shown_name(found), "worker": found.worker, "back": home}
    return render(request, "workers/conduct.html", context, status=status)


def _give(request: Request, worker_id: UUID, form: ConductForm) -> None:
    at, data = clock.now(), dict(form.cleaned_data)
    upload, kind = data.pop("evidence"), ConductKind(data.pop("kind"))
    kept = files.store(upload, kind=FileKind.CREDENTIAL, by=request.actor, at=at) if upload else None
    actions.give_conduct(
        worker_id=worker_id, kind=kind, evidence_id=kept.pk if kept else None, by=request.actor, at=at, **data
    )


@page(GIVE, methods=("POST",))
def revocation(request: Request, conduct_id: str) -> HttpResponse:
    """Take back what this organisation gave."""
    key, form = uuid_or_not_found(conduct_id), ReasonForm(request.POST)
    try:
        why = form.data.get("why", "")
        row = actions.revoke_conduct(conduct_id=key, why=why, by=request.actor, at=clock.now())
        messages.success(request, _("已撤销，不再计入档案。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return see_other(reverse("workers:staff"))
    return see_other(reverse("workers:member_archive", args=[row.worker.number]))


@page(DECIDE)
def appeals(request: Request) -> HttpResponse:
    """Appeals that wait for a decision here, first due first."""
    rows = list(reads.appeals(request.actor)[:200])
    shown = [
        {
            "row": row, "name": mask_name(row.worker.person.name),
            "late": row.due_at is not None and row.due_at < clock.now(),
            "evidence": files.url_for(row.evidence_id, request.actor) if row.evidence_id else "",
            "reply_evidence": files.url_for(row.reply_evidence_id, request.actor) if row.reply_evidence_id else "",
        }
        for row in rows
    ]  # fmt: skip
    context = {"rows": shown, "form": ReasonForm(), "days": read(APPEAL_DAYS, at=clock.now())}
    return render(request, "workers/appeals.html", context)


@page(DECIDE, methods=("POST",))
def decision(request: Request, conduct_id: str) -> HttpResponse:
    """Decide an appeal, with reasons."""
    key = uuid_or_not_found(conduct_id)
    uphold = request.POST.get("uphold") == "1"
    try:
        actions.decide_appeal(
            conduct_id=key, uphold=uphold, why=request.POST.get("why", ""), by=request.actor, at=clock.now()
        )
        messages.success(request, _("已维持，并告知本人。") if uphold else _("已撤销处罚，并告知本人。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("workers:appeals"))


@page(MANAGE, methods=("GET", "POST"))
def departure(request: Request, number: str) -> HttpResponse:
    """End the affiliation: what it means first; afterwards the worker is no longer in this agency's list."""
    worker, at = worker_for(request.actor, number), clock.now()
    if worker is None:
        raise NotFound
    form = LeavingForm(sent(request))
    status = attempt(form, lambda: actions.leave_agency(worker_id=worker.pk, by=request.actor, at=at))
    if status == DONE:
        messages.success(request, _("%(name)s已离开本机构。") % {"name": worker.person.name})
        return see_other(reverse("workers:former"))
    current = next(iter(worker.current), None)  # type: ignore[attr-defined]
    context = {
        "form": form, "agency": current, "told": leaving(worker.pk, at), "layout": "web/desk.html",
        "back": reverse("workers:member", args=[number]), "own": False, "name": worker.person.name,
    }  # fmt: skip
    return render(request, "workers/departure.html", context, status=status)
