"""The issuer's desk, and what an agency sees of its workers' codes."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.lists import Asked
from anxin.safetycode import actions, queries
from anxin.safetycode.forms import IssueForm
from anxin.safetycode.models import SafetyCode
from anxin.safetycode.pages import words
from anxin.safetycode.rules import colour
from anxin.safetycode.states import CODE
from anxin.safetycode.values import CODE_STATE_LABELS, COLOUR_LABELS, CodeState, Colour
from anxin.safetycode.values.care import GROUND_LABELS, MEASURE_LABELS, MEASURE_VERBS, Ground, MeasureKind
from anxin.workers.public import Worker, affiliation_of

ISSUERS = any_of(holds("safetycode.issue"), holds("workers.oversee"))
# Whoever is entrusted issues by way of an application; the operator takes over codes from elsewhere, one by one.
OPERATOR = holds("workers.oversee")
READERS = any_of(
    holds("workers.read"), holds("safetycode.issue"), holds("workers.oversee"), holds("governance.supervise")
)
PER_PAGE = 30


def _may_issue(request: Request) -> bool:
    return ISSUERS.check(request.actor) is None


def worker_of(request: Request, number: str) -> Worker:
    """The worker of that number, if the actor may see them. Refuses: NotFound."""
    rows = Worker.objects.visible_to(request.actor).select_related("person")
    row: Worker | None = rows.filter(number=number).first()
    if row is None:
        raise NotFound
    return row


@page(READERS)
def codes(request: Request) -> HttpResponse:
    """Codes by colour and number; for an issuer all of the city, for an agency its own."""
    asked = Asked.of(request)
    at = clock.now()
    shades = [
        *((str(c), _(COLOUR_LABELS[c])) for c in Colour),
        ("none", _("未发码")),
        (queries.ENDING, _("30 天内到期")),
    ]
    rows = queries.listed(
        request.actor, today=clock.local_date(at),
        text=asked.words("q", _("搜索安心码"), _("姓名、手机号、编号或安心码号码（完整）")),
        colour=asked.pick("colour", _("颜色"), shades),
    )  # fmt: skip
    page_of = asked.page(rows, PER_PAGE)
    context = {
        "page": page_of, "rows": queries.desk_rows(page_of.object_list, at), "asked": asked,
        "may_choose": _may_issue(request),
    }  # fmt: skip
    return render(request, "safetycode/codes.html", context)


def _context(request: Request, worker: Worker) -> dict[str, Any]:
    at = clock.now()
    code = queries.code_of(worker.pk)
    facts = queries.facts_of([worker.pk])[worker.pk]
    judgement = colour(facts, clock.local_date(at))
    verbs = CODE.verbs(code.state) if code else frozenset({"issue_again"})
    return {
        "worker": worker,
        "name": worker.person.name,
        "agency": affiliation_of(worker.pk, at),
        "code": code,
        "code_state": _(CODE_STATE_LABELS[CodeState(code.state)]) if code else _("未发码"),
        "shown": words.shown(judgement),
        "papers": words.papers(queries.paper_rows(facts.papers, judgement.day)),
        "history": _history(code) if code else [],
        "scans": queries.scans_of(request.actor, code) if code else [],
        "may_issue": _may_issue(request),
        "may_apply": code is None and request.actor.holds("workers.manage"),
        "may_take_over": OPERATOR.check(request.actor) is None,
        "verbs": verbs,
        "measures": _offered(code),
        "acts": _acts(code) if code else [],
        "issue_form": IssueForm(),
    }


def _offered(code: SafetyCode | None) -> list[tuple[str, str]]:
    """The measures that the code's state allows."""
    if code is None:
        return []
    return [(str(kind), _(MEASURE_LABELS[kind])) for kind, verb in MEASURE_VERBS.items() if code.can(verb)]


def _acts(code: SafetyCode) -> list[dict[str, Any]]:
    return [
        {"row": row, "words": _(MEASURE_LABELS[MeasureKind(row.kind)]), "ground": _(GROUND_LABELS[Ground(row.ground)])}
        for row in queries.measures_of(code)
    ]  # fmt: skip


def _history(code: SafetyCode) -> list[dict[str, Any]]:
    rows = queries.history_of(code)
    return [{"words": _(CODE_STATE_LABELS[CodeState(r.to_state)]), "at": r.at, "why": r.why} for r in rows]


@page(READERS)
def code(request: Request, number: str) -> HttpResponse:
    """One worker's code: colour and why, history, scans, and the issuer's verbs."""
    return render(request, "safetycode/code.html", _context(request, worker_of(request, number)))


@page(OPERATOR, methods=("POST",))
def issue(request: Request, number: str) -> HttpResponse:
    worker = worker_of(request, number)
    form = IssueForm(request.POST)
    if form.is_valid():
        try:
            actions.issue(
                worker_id=worker.pk, valid_to=form.cleaned_data["valid_to"], by=request.actor, at=clock.now()
            )
            return redirect("safetycode:code", number=number)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = _context(request, worker) | {"issue_form": form}
    return render(request, "safetycode/code.html", context, status=422)
