"""Appeals: the worker's pages and the desks' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.files.public import keep_chosen, url_for
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import applying
from anxin.safetycode.forms.applying import AppealForm, ReplyForm, RulingForm, SayForm
from anxin.safetycode.models import Appeal
from anxin.safetycode.pages.applying import words
from anxin.safetycode.queries import appeals, applications
from anxin.safetycode.states import APPEAL, APPEAL_STATE_LABELS, ApplicationState
from anxin.workers.public import worker_of

READERS = any_of(
    holds("workers.read"), holds("safetycode.vet"), holds("safetycode.issue"), holds("governance.supervise"),
    holds("workers.oversee"),
)  # fmt: skip
ANSWERERS = any_of(
    holds("workers.manage"), holds("safetycode.vet"), holds("safetycode.issue"), holds("safetycode.review")
)
DECIDERS = holds(appeals.DECIDE)
PER_PAGE = 30


@page(SIGNED_IN, methods=("GET", "POST"))
def own(request: Request) -> HttpResponse:
    """My appeals, and what I may appeal against now."""
    worker = worker_of(request.actor.person_id)
    at = clock.now()
    row = applications.latest_of(worker.pk) if worker else None
    refused = row if row is not None and row.state == ApplicationState.REJECTED else None
    cause = (appeals.refusal(refused) if refused else appeals.redness(worker, at)) if worker else None
    mine = list(appeals.appeals_listed(request.actor).filter(worker=worker)) if worker else []
    may = cause is not None and worker is not None and not appeals.appealed(worker.pk, cause)
    form = AppealForm(sent(request), request.FILES or None)
    made: list[Appeal] = []

    def file() -> None:
        if worker is None:
            raise NotFound
        made.append(applying.appeal(
            worker_id=worker.pk, application_id=refused.pk if refused else None, by=request.actor, at=at,
            statement=form.cleaned_data["statement"], file=form.cleaned_data["upload"],
        ))  # fmt: skip

    status = attempt(form, file)
    if status == DONE:
        return see_other(reverse("safetycode:appeal", args=[made[0].number]))
    keep_chosen(form, by=request.actor, at=at)
    context = {
        "side": "worker", "form": form, "may": may, "refused": refused,
        "evidence": words.evidence(Appeal(evidence=cause.evidence)) if cause else None,
        "rows": [{"row": one, "state": words.appeal_word(one.state)} for one in mine],
    }  # fmt: skip
    return render(request, "safetycode/applying/appeals_own.html", context, status=status)


@page(SIGNED_IN)
def one(request: Request, number: str) -> HttpResponse:
    """One of my appeals."""
    return _page(request, number, own=True)


@page(SIGNED_IN, methods=("POST",))
def reply(request: Request, number: str) -> HttpResponse:
    row = appeals.appeal_for(request.actor, number)
    form = ReplyForm(request.POST)
    return _act(request, row, "reply", form, lambda: applying.reply(
        appeal_id=row.pk, text=form.cleaned_data["text"], by=request.actor, at=clock.now()
    ), own=True)  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def withdrawal(request: Request, number: str) -> HttpResponse:
    row = appeals.appeal_for(request.actor, number)
    applying.withdraw_appeal(appeal_id=row.pk, by=request.actor, at=clock.now())
    messages.success(request, _("申诉已撤回。"))
    return see_other(reverse("safetycode:appeals"))


@page(READERS)
def listed(request: Request) -> HttpResponse:
    """Appeals that the desk sees, what is due first on top."""
    asked = Asked.of(request)
    state = asked.keep("state", ("open", *APPEAL_STATE_LABELS), "open")
    found = asked.page(appeals.appeals_listed(request.actor, state=state), PER_PAGE)
    today = clock.local_date(clock.now())
    context = {
        "page": found, "asked": asked, "state": state,
        "tabs": [("open", _("在办")), *((str(s), _(w)) for s, w in APPEAL_STATE_LABELS.items() if not APPEAL.next(s))],
        "rows": [
            {"row": row, "name": row.worker.person.name, "state": words.appeal_word(row.state),
             "late": bool(APPEAL.next(row.state)) and row.due_on < today, "evidence": words.evidence(row)}
            for row in found
        ],
    }  # fmt: skip
    return render(request, "safetycode/applying/appeals.html", context)


@page(READERS)
def desk_one(request: Request, number: str) -> HttpResponse:
    """One appeal with both sides' words, for those who answer and those who decide."""
    return _page(request, number, own=False)


@page(ANSWERERS, methods=("POST",))
def answer(request: Request, number: str) -> HttpResponse:
    row = appeals.appeal_for(request.actor, number)
    form = SayForm(request.POST)
    return _act(request, row, "answer", form, lambda: applying.answer(
        appeal_id=row.pk, text=form.cleaned_data["text"], by=request.actor, at=clock.now()
    ), own=False)  # fmt: skip


@page(DECIDERS, methods=("POST",))
def decision(request: Request, number: str) -> HttpResponse:
    row = appeals.appeal_for(request.actor, number)
    form = RulingForm(request.POST)
    return _act(request, row, "ruling", form, lambda: applying.decide(
        appeal_id=row.pk, upheld=form.cleaned_data["upheld"] == "1", ruling=form.cleaned_data["ruling"],
        by=request.actor, at=clock.now(),
    ), own=False)  # fmt: skip


def _page(request: Request, number: str, status: int = 200, *, own: bool, **forms: Any) -> HttpResponse:
    row = appeals.appeal_for(request.actor, number)
    mine = row.worker.person_id == request.actor.person_id
    if own and not mine:
        raise NotFound
    verbs = APPEAL.verbs(row.state)
    decides = appeals.decides(request.actor, row)
    before = decides and request.actor.person_id in appeals.involved(row)
    context = {
        "row": row, "name": row.worker.person.name, "state": words.appeal_word(row.state), "verbs": verbs,
        "evidence": words.evidence(row), "timeline": words.appeal_timeline(row), "remedies": words.remedies(row),
        "paper": url_for(row.file, request.actor) if row.file else "",
        "answers": "answer" in verbs and appeals.answers(request.actor, row),
        "decides": decides and not before and "uphold" in verbs, "before": before and "uphold" in verbs,
        "may_reply": mine and "reply" in verbs, "may_withdraw": mine and "withdraw" in verbs,
        "answer_form": forms.get("answer") or SayForm(), "reply_form": forms.get("reply") or ReplyForm(),
        "ruling_form": forms.get("ruling") or RulingForm(),
    }  # fmt: skip
    if own:
        context["side"] = "worker"
    where = "appeal_own" if own else "appeal"
    return render(request, f"safetycode/applying/{where}.html", context, status=status)


def _act(
    request: Request, row: Appeal, name: str, form: Any, act: Callable[[], object], *, own: bool
) -> HttpResponse:
    status = attempt(form, act)
    if status == DONE:
        messages.success(request, _("已提交，并通知了对方。"))
        return see_other(reverse("safetycode:appeal" if own else "safetycode:desk_appeal", args=[row.number]))
    return _page(request, row.number, status, own=own, **{name: form})
