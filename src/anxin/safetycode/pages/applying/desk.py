"""The desks of agency, association and bureau: what is due first, one application, its verbs, what is late and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anxin.audit import public as audit
from anxin.catalogue.values import HEALTH_TIER_LABELS, HealthTier
from anxin.kit import batch, clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked, as_csv
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import applying
from anxin.safetycode.forms.applying import DecisionForm, ExtendForm, OpenForForm, PauseForm
from anxin.safetycode.models import Application
from anxin.safetycode.pages.applying import words
from anxin.safetycode.queries import appeals, applications
from anxin.safetycode.queries.applications.lists import DONE as CLOSED_VIEW
from anxin.safetycode.queries.applications.lists import LATE, MINE, OPEN
from anxin.safetycode.states import APPLICATION, APPLICATION_STATE_LABELS, ApplicationState
from anxin.safetycode.values.applying import DESK_LABELS, RUNNING, Cause, Desk
from anxin.workers.public import Worker

AGENCY = holds("workers.manage")
# Who reviews, who issues, who checks credit: one does not bring the other.
EXTENDERS = any_of(holds("safetycode.vet"), holds("safetycode.issue"), holds("safetycode.review"))
DESKS = any_of(AGENCY, EXTENDERS)
READERS = any_of(holds("workers.read"), EXTENDERS, holds("governance.supervise"), holds("workers.oversee"))
PER_PAGE = 30
VIEWS = (MINE, OPEN, LATE, CLOSED_VIEW)
# What the button forward says, per state.
FORWARD = {
    ApplicationState.AGENCY_REVIEW: gettext_noop("初审通过，报行业协会"),
    ApplicationState.ASSOCIATION_REVIEW: gettext_noop("复核通过，报主管部门"),
    ApplicationState.BUREAU_REVIEW: gettext_noop("信用审核通过"),
    ApplicationState.APPROVED: gettext_noop("发放安心码和服务证"),
    ApplicationState.ISSUED: gettext_noop("服务证已交给本人"),
}


@page(READERS)
def queue(request: Request) -> HttpResponse:
    """Each desk's work, what is due first on top. Filters live in the address; exported with its reasons."""
    at = clock.now()
    asked = Asked.of(request)
    figures = applications.figures(request.actor, at)
    own = bool(figures.seats)
    view = asked.keep("view", VIEWS, MINE if own else OPEN)
    rows = applications.listed(
        request.actor, today=clock.local_date(at), sits=figures.seats, view=view,
        text=asked.words("q", _("搜索申领"), _("姓名、手机号、家政员编号或申领编号（完整）")),
        state=asked.pick("state", _("步骤"), [(str(s), _(w)) for s, w in APPLICATION_STATE_LABELS.items()]),
        desk=asked.pick("desk", _("在谁手里"), [(str(d), _(w)) for d, w in DESK_LABELS.items()]),
    )  # fmt: skip
    if asked.exporting:
        audit.take_along("applications", rows, asked, by=request.actor, at=clock.now())
        return _export(rows[:2000], at)
    page_of = asked.page(rows, PER_PAGE)
    context = {
        "page": page_of, "asked": asked, "rows": _lines(page_of.object_list, at), "view": view, "own": own,
        "tabs": _tabs(figures, own), "figures": figures, "may_open": AGENCY.check(request.actor) is None,
        "may_forward": view == MINE and own,
    }  # fmt: skip
    return render(request, "safetycode/applying/queue.html", context)


def _tabs(figures: applications.Figures, own: bool) -> list[tuple[str, str, int]]:
    tabs = [
        (OPEN, _("在办"), figures.open), (LATE, _("已超期"), figures.late), (CLOSED_VIEW, _("已办结"), figures.closed),
    ]  # fmt: skip
    return [(MINE, _("待我办理"), figures.mine), *tabs] if own else tabs


def _lines(rows: Any, at: Any) -> list[dict[str, Any]]:
    found = list(rows)
    return [
        {
            "row": row, "name": row.worker.person.name, "agency": row.organisation.name,
            "state": words.state_word(row.state), "turn": words.turn_word(row), **words.lateness(read),
            "forward": row.state in FORWARD,
        }
        for row, read in zip(found, applications.clocks(found, at), strict=True)
    ]  # fmt: skip


def _export(rows: Any, at: Any) -> HttpResponse:
    head = [_("申领编号"), _("家政员"), _("机构"), _("步骤"), _("在谁手里"), _("提交时间"), _("已用工作日"), _("时限"),
            _("应办结"), _("超期自"), _("等待（不计时）"), _("用时最多")]  # fmt: skip
    return as_csv("applications", head, [
        [
            one["row"].number, one["name"], one["agency"], one["state"], one["turn"], one["row"].submitted_at,
            one["read"].used, one["read"].limit, one["read"].due_on, one["read"].late_since,
            sum(one["read"].waited.values()), one["mostly"],
        ]
        for one in _lines(rows, at)
    ])  # fmt: skip


@page(READERS)
def late(request: Request) -> HttpResponse:
    """What is late and why, per desk: how long it lies where, what it waited for, what was told to the worker."""
    at = clock.now()
    today = clock.local_date(at)
    figures = applications.figures(request.actor, at)
    rows = applications.listed(request.actor, today=today, view=LATE)[:200]
    lines = _lines(rows, at)
    desks = [
        {
            "desk": _(DESK_LABELS[desk]), "code": str(desk), "open": figures.at_desk.get(desk, 0),
            "late": figures.late_at.get(desk, 0),
            "rows": [one for one in lines if applications.turn_of(one["row"]) is desk],
        }
        for desk in Desk
    ]  # fmt: skip
    return render(request, "safetycode/applying/late.html", {"desks": desks, "figures": figures})


@page(AGENCY, methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """An agency begins an application for one of its workers, who then confirms it."""
    form = OpenForForm(sent(request), initial={"number": request.GET.get("worker", "")})
    opened: list[Application] = []

    def begin() -> None:
        workers = Worker.objects.visible_to(request.actor)
        worker = workers.filter(number=form.cleaned_data["number"].strip().upper()).first()
        if worker is None:
            raise NotFound("number")
        tier = HealthTier(form.cleaned_data["tier"])
        opened.append(
            applying.open_application(worker_id=worker.pk, tier=tier, by=request.actor, at=clock.now())
        )

    status = attempt(form, begin)
    if status == DONE:
        messages.success(request, _("已发给本人确认，确认后开始计时。"))
        return see_other(reverse("safetycode:desk_application", args=[opened[0].number]))
    return render(request, "safetycode/applying/new.html", {"form": form}, status=status)


@page(READERS)
def application(request: Request, number: str) -> HttpResponse:
    """One application: conditions, clock, timeline, and what this desk may do."""
    return _page(request, number)


def _page(request: Request, number: str, status: int = 200, **forms: Any) -> HttpResponse:
    at = clock.now()
    row = applications.application(request.actor, number)
    names, now = words.steps(row)
    reading = applications.clocks([row], at)[0]
    desk = applications.turn_of(row)
    mine = desk is not None and desk is not Desk.WORKER and applications.sits_at(request.actor, desk, row, at)
    unled = "" if mine or desk is None else applying.no_leave(row, desk, request.actor)
    extends = EXTENDERS.check(request.actor) is None and row.submitted_at is not None and desk is not None
    found = applications.conditions(row, at)
    told = words.conditions(found, row, own=False, desk=request.actor.holds("workers.manage"))
    context = {
        "row": row, "name": row.worker.person.name, "steps": names, "now": now, "state": words.state_word(row.state),
        "turn": words.turn_word(row), "clock": words.clock(reading, row), "conditions": told,
        "timeline": words.timeline(row), "tier": _(HEALTH_TIER_LABELS[HealthTier(row.tier)]), "mine": mine,
        "unled": unled, "missing": [one["label"] for one in told if one["now"]], "extends": extends,
        "pauses": mine and row.state in RUNNING, "appeals": appeals.about(row),
        "decision_form": forms.get("decision") or DecisionForm(_verdicts(row, request, at, mine=mine)),
        "pause_form": forms.get("pause") or PauseForm(), "extend_form": forms.get("extend") or ExtendForm(),
    }  # fmt: skip
    context["decides"] = bool(context["decision_form"].fields["verdict"].choices)
    return render(request, "safetycode/applying/application.html", context, status=status)


def _verdicts(row: Application, request: Request, at: datetime, *, mine: bool) -> list[tuple[str, str]]:
    """What this desk may decide now."""
    choices = []
    verbs = APPLICATION.verbs(row.state)
    if mine and row.state in FORWARD:
        choices.append(("forward", _(FORWARD[ApplicationState(row.state)])))
    if mine and "return" in verbs and row.state != ApplicationState.DRAFT:
        choices.append(("return", _("退回补正\n本人补正期间不计时")))
    waits = row.state in (ApplicationState.EXAM_PENDING, ApplicationState.INSURANCE_PENDING)
    rejects = applications.sits_at(request.actor, Desk.ASSOCIATION, row, at) if waits else mine
    if rejects and "reject" in verbs:
        choices.append(("reject", _("不通过\n本人可以申诉")))
    return choices


@page(DESKS, methods=("POST",))
def decision(request: Request, number: str) -> HttpResponse:
    """Forward, return or refuse."""
    at = clock.now()
    row = applications.application(request.actor, number)
    desk = applications.turn_of(row)
    mine = desk is not None and applications.sits_at(request.actor, desk, row, at)
    form = DecisionForm(_verdicts(row, request, at, mine=mine), request.POST)

    def act() -> None:
        same: dict[str, Any] = {"application_id": row.pk, "by": request.actor, "at": at}
        verdict = form.cleaned_data["verdict"]
        if verdict == "forward":
            applying.forward_from(row.state)(**same)
        else:
            out = applying.send_back if verdict == "return" else applying.reject
            out(why=form.cleaned_data["why"], **same)

    return _done(request, number, "decision", form, act, _("已办理，并通知了本人和下一步的单位。"))


@page(DESKS, methods=("POST",))
def stop(request: Request, number: str) -> HttpResponse:
    """Stop the clock while somebody is waited for."""
    row = applications.application(request.actor, number)
    form = PauseForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        applying.pause(
            application_id=row.pk, cause=Cause(told["cause"]), why=told["why"], whom=told["whom"],
            by=request.actor, at=clock.now(),
        )  # fmt: skip

    return _done(request, number, "pause", form, act, _("已暂停计时，原因已告诉本人。"))


@page(DESKS, methods=("POST",))
def go_on(request: Request, number: str) -> HttpResponse:
    row = applications.application(request.actor, number)
    applying.resume(application_id=row.pk, by=request.actor, at=clock.now())
    messages.success(request, _("已恢复计时。"))
    return see_other(reverse("safetycode:desk_application", args=[number]))


@page(EXTENDERS, methods=("POST",))
def extension(request: Request, number: str) -> HttpResponse:
    """More working days, with the reason that the worker is told."""
    row = applications.application(request.actor, number)
    form = ExtendForm(request.POST)

    def act() -> None:
        told = form.cleaned_data
        applying.extend(
            application_id=row.pk, days=told["days"], why=told["why"], by=request.actor, at=clock.now()
        )

    return _done(request, number, "extend", form, act, _("已延长，理由已告诉本人。"))


def _done(
    request: Request, number: str, name: str, form: Any, act: Callable[[], None], said: str
) -> HttpResponse:
    status = attempt(form, act)
    if status == DONE:
        messages.success(request, said)
        return see_other(reverse("safetycode:desk_application", args=[number]))
    return _page(request, number, status, **{name: form})


@page(DESKS, methods=("POST",))
def forwards(request: Request) -> HttpResponse:
    """Several at once: each goes one step forward, or says why not."""
    numbers = batch.chosen(request.POST)
    rows = {
        row.number: row for row in Application.objects.visible_to(request.actor).filter(number__in=numbers)
    }  # fmt: skip

    def act(row: Application) -> object:
        return applying.forward_from(row.state)(application_id=row.pk, by=request.actor, at=clock.now())

    def missing(number: str) -> Refusal | None:
        return applications.handled_elsewhere(request.actor, number=number)

    outcomes = batch.each(numbers, rows, act, missing=missing)
    return batch.tell(
        request,
        outcomes,
        title=_("批量办理"),
        link="safetycode:desk_application",
        back="safetycode:applications",
    )
