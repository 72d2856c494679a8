"""The half-yearly refresh as a work list of the agency and the association (D-6b)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, page
from anxin.kit.batch import chosen, each, tell
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_none, uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import refreshing as actions
from anxin.safetycode.forms.care import AnswerForm
from anxin.safetycode.models import Refresh
from anxin.safetycode.pages.care import CONFIRMERS, PER_PAGE, REFRESHERS
from anxin.safetycode.pages.names import named
from anxin.safetycode.queries import refreshing as queries
from anxin.safetycode.states import RefreshState
from anxin.safetycode.values.care import (
    ANSWER_LABELS,
    FACT_ASKS,
    FACT_LABELS,
    REFRESH_STATE_LABELS,
    Answer,
    Fact,
)
from anxin.workers.values import PAPER_LABELS, PaperState

TONES = {
    RefreshState.OPEN: "wait", RefreshState.LAPSED: "bad", RefreshState.DONE: "good", RefreshState.DROPPED: "plain",
}  # fmt: skip


@page(REFRESHERS)
def refreshes(request: Request) -> HttpResponse:
    """The tasks, by what is due first."""
    asked = Asked.of(request)
    states = [(str(state), _(words)) for state, words in REFRESH_STATE_LABELS.items()]
    found = queries.listed(request.actor, state=asked.pick("state", _("状态"), states))
    shown = asked.page(found, PER_PAGE)
    context = {
        "page": shown, "asked": asked, "may": CONFIRMERS.check(request.actor) is None, "facts": len(Fact),
        "rows": [_row(request, row) for row in shown], "today": clock.local_date(clock.now()),
    }  # fmt: skip
    return render(request, "safetycode/care/refreshes.html", context)


def _row(request: Request, row: Refresh) -> dict[str, Any]:
    state = RefreshState(row.state)
    return {
        "row": row, "name": named(request.actor, row.code.worker), "state": _(REFRESH_STATE_LABELS[state]),
        "tone": TONES[state], "waits": state in queries.WAITING,
    }  # fmt: skip


def _found(request: Request, key: str) -> Refresh:
    row = queries.one(request.actor, uuid_or_not_found(key))
    if row is None:
        raise NotFound
    return row


@page(REFRESHERS)
def refresh(request: Request, key: str) -> HttpResponse:
    """One task: every fact, what the archive says today, and the two answers."""
    return _show(request, _found(request, key))


def _show(request: Request, row: Refresh, *, wrong: str = "", status: int = 200) -> HttpResponse:
    facts: list[dict[str, Any]] = [
        {
            "fact": one.fact, "label": _(FACT_LABELS[one.fact]), "ask": _(FACT_ASKS[one.fact]), "row": one,
            "answer": _(ANSWER_LABELS[Answer(one.answer)]) if one.answer else "",
            "tone": {"": "plain", "right": "good", "wrong": "bad"}[one.answer],
            "against": _(PAPER_LABELS[PaperState(one.against)]) if one.against else "",
        }
        for one in queries.facts_of(row, clock.now())
    ]  # fmt: skip
    context = _row(request, row) | {
        "facts": facts, "may": CONFIRMERS.check(request.actor) is None, "wrong": wrong,
        "left": sum(one["row"].answer != Answer.RIGHT for one in facts),
    }  # fmt: skip
    return render(request, "safetycode/care/refresh.html", context, status=status)


@page(CONFIRMERS, methods=("POST",))
def answer(request: Request, key: str) -> HttpResponse:
    """One fact is right, or changed."""
    row, form = _found(request, key), AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, row, wrong=_("请逐项选择“属实”或“有变化”。"), status=422)
    data = form.cleaned_data
    try:
        done = actions.answer_fact(
            refresh_id=row.pk, fact=Fact(data["fact"]), answer=Answer(data["answer"]), note=data["note"],
            by=request.actor, at=clock.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _show(request, row, wrong=str(refusal), status=refusal.status)
    if done.state == RefreshState.DONE:
        messages.success(request, _("各项都已确认，安心码更新完成。"))
    return see_other(reverse("safetycode:refresh", args=[row.pk]))


@page(CONFIRMERS, methods=("POST",))
def confirm(request: Request) -> HttpResponse:
    """Every open fact of the ticked rows is right; each row by itself, what one refuses stops no other."""
    try:
        numbers = chosen(request.POST)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return see_other(reverse("safetycode:refreshes"))
    at = clock.now()
    ids = [key for key in map(uuid_or_none, numbers) if key]
    rows = {str(row.pk): row for row in Refresh.objects.visible_to(request.actor).filter(pk__in=ids)}
    outcomes = each(
        numbers, rows, lambda row: actions.confirm_all(refresh_id=row.pk, by=request.actor, at=at)
    )  # fmt: skip
    return tell(
        request, outcomes, title=_("批量确认的结果"), link="safetycode:refresh", back="safetycode:refreshes"
    )  # fmt: skip
