"""Something about me is wrong: I ask, the operator's desk answers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.governance.actions import corrections as actions
from anxin.governance.forms import CorrectionForm
from anxin.governance.models import Correction
from anxin.governance.pages.edge import layout
from anxin.governance.states import CorrectionState
from anxin.governance.values.corrections import WHAT_LABELS, What
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.redirects import see_other
from anxin.kit.text import gettext_noop

STATES = {
    CorrectionState.ASKED: gettext_noop("待办理"), CorrectionState.DONE: gettext_noop("已更正"),
    CorrectionState.REFUSED: gettext_noop("未更正"), CorrectionState.WITHDRAWN: gettext_noop("已撤回"),
}  # fmt: skip


def _told(row: Correction) -> tuple[Correction, str, str]:
    return row, _(WHAT_LABELS[What(row.what)]), _(STATES[CorrectionState(row.state)])


@page(SIGNED_IN, methods=("GET", "POST"))
def mine(request: Request) -> HttpResponse:
    """Ask, and read what became of what I asked."""
    form = CorrectionForm(sent(request))
    status = attempt(
        form, lambda: actions.ask(
            what=What(form.cleaned_data["what"]), wanted=form.cleaned_data["wanted"], why=form.cleaned_data["why"],
            by=request.actor, at=clock.now(),
        ),
    )  # fmt: skip
    if status == DONE:
        messages.success(request, _("已收到更正申请，会在期限内答复。"))
        return see_other(reverse("governance:corrections"))
    rows = Correction.objects.filter(person_id=request.actor.person).order_by("-created_at")[:30]
    context = {"form": form, "told": [_told(row) for row in rows], "layout": layout(request)}
    return render(request, "governance/corrections.html", context, status=status)


@page(SIGNED_IN, methods=("POST",))
def withdraw(request: Request, correction_id: UUID) -> HttpResponse:
    """Take my request back."""
    row = Correction.objects.filter(person_id=request.actor.person, pk=correction_id).first()
    if row is None:
        raise NotFound
    actions.withdraw(row, by=request.actor, at=clock.now())
    return see_other(reverse("governance:corrections"))


@page(holds(actions.DESK))
def desk(request: Request) -> HttpResponse:
    """What waits for an answer, the most urgent first."""
    rows = Correction.objects.visible_to(request.actor).filter(state=CorrectionState.ASKED).order_by("due_at")
    found = Asked.of(request).page(rows.select_related("person"), 30)
    context = {"found": found, "told": [_told(row) for row in found], "layout": layout(request)}
    return render(request, "governance/desk.html", context)


@page(holds(actions.DESK), methods=("POST",))
def decide(request: Request, correction_id: UUID) -> HttpResponse:
    """Correct or refuse."""
    row = Correction.objects.visible_to(request.actor).filter(pk=correction_id).first()
    if row is None:
        raise NotFound
    try:
        actions.decide(
            row, right="right" in request.POST, answer=request.POST.get("answer", ""), by=request.actor,
            at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("已答复。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("governance:desk"))
