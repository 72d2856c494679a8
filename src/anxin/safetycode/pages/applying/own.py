"""The worker's own application: open it, confirm it, follow it live, correct it, take it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.catalogue.values import HEALTH_TIER_LABELS, HealthTier
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.redirects import see_other
from anxin.policies.public import read
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.refusals import NoApplication
from anxin.safetycode.forms.applying import DeclareForm, NoteForm, OpenForm
from anxin.safetycode.models import Application
from anxin.safetycode.pages.applying import words
from anxin.safetycode.queries import appeals, applications
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.states import ApplicationState
from anxin.safetycode.values.applying import CLOSED, RENEW_DAYS
from anxin.workers.public import affiliation_of, worker_of

HERE = "safetycode:application"


def _mine(request: Request) -> Application:
    worker = worker_of(request.actor.person_id)
    row = applications.latest_of(worker.pk) if worker else None
    if row is None:
        raise NoApplication
    return row


def _context(request: Request, **forms: Any) -> dict[str, Any]:
    at = clock.now()
    worker = worker_of(request.actor.person_id)
    row = applications.latest_of(worker.pk) if worker else None
    code = code_of(worker.pk) if worker else None
    open_row = row is not None and row.state not in CLOSED
    renews = applying.renews(code, at)
    context: dict[str, Any] = {
        "side": "worker", "worker": worker, "row": row, "code": code, "open": open_row,
        "agency": affiliation_of(worker.pk, at) if worker else None,
        "form": forms.get("form") or OpenForm(),
        "declare_form": forms.get("declare") or DeclareForm(),
        "note_form": forms.get("note") or NoteForm(),
        "may_open": worker is not None and not open_row and renews,
        "in_force": code if not open_row and not renews else None, "renew_days": read(RENEW_DAYS, at=at),
        "again": reverse("safetycode:application_live"),
    }  # fmt: skip
    if row is not None:
        names, now = words.steps(row)
        story = words.timeline(row)
        context |= {
            "topics": [f"application:{row.pk}"], "steps": names, "now": now, "state": words.state_word(row.state),
            "turn": words.turn_word(row), "clock": words.clock(applications.clocks([row], at)[0], row),
            "conditions": words.conditions(applications.conditions(row, at), row, own=True) if open_row else [],
            "timeline": story, "last": story[0],
            "tier": _(HEALTH_TIER_LABELS[HealthTier(row.tier)]),
            "appeal": appeals.latest_about(row) if row.state == ApplicationState.REJECTED else None,
        }  # fmt: skip
    return context


@page(SIGNED_IN, methods=("GET", "POST"))
def application(request: Request) -> HttpResponse:
    """Where my application stands, what is missing, and whose turn it is; or how to begin one."""
    form = OpenForm(sent(request))

    def begin() -> None:
        worker = worker_of(request.actor.person_id)
        if worker is None:
            raise NoApplication
        tier = HealthTier(form.cleaned_data["tier"])
        applying.open_application(worker_id=worker.pk, tier=tier, by=request.actor, at=clock.now())

    status = attempt(form, begin)
    if status == DONE:
        return see_other(reverse(HERE))
    context = _context(request, form=form if form.is_bound else None)
    return _private(render(request, "safetycode/applying/own.html", context, status=status))


@page(SIGNED_IN)
def live(request: Request) -> HttpResponse:
    """The inside alone, fetched again when the application moves."""
    return _private(render(request, "safetycode/applying/_own.html", _context(request)))


@page(SIGNED_IN, methods=("POST",))
def submission(request: Request) -> HttpResponse:
    form = DeclareForm(request.POST)
    return _act(request, "declare", form, lambda row: applying.submit(
        application_id=row.pk, declared=form.cleaned_data["declared"], by=request.actor, at=clock.now()
    ), _("已提交，机构会尽快初审。"))  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def resubmission(request: Request) -> HttpResponse:
    form = NoteForm(request.POST)
    return _act(request, "note", form, lambda row: applying.resubmit(
        application_id=row.pk, note=form.cleaned_data["note"], by=request.actor, at=clock.now()
    ), _("已重新提交。"))  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def withdrawal(request: Request) -> HttpResponse:
    form = NoteForm(request.POST)
    return _act(request, "note", form, lambda row: applying.withdraw(
        application_id=row.pk, by=request.actor, at=clock.now()
    ), _("申领已撤回。"))  # fmt: skip


def _act(
    request: Request, name: str, form: Any, act: Callable[[Application], object], said: str
) -> HttpResponse:
    status = attempt(form, lambda: act(_mine(request)))
    if status == DONE:
        messages.success(request, said)
        return see_other(reverse(HERE))
    context = _context(request, **{name: form})
    return _private(render(request, "safetycode/applying/own.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response
