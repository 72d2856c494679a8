"""The agency's desk: its workers, their papers to verify, their skills, areas, time and affiliation."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.catalogue import public as catalogue
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import tell
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_none
from anxin.kit.redirects import see_other
from anxin.workers import actions
from anxin.workers.forms import LeaveForm, StaffForm, VerifyForm, WithdrawForm
from anxin.workers.models import Worker
from anxin.workers.pages import record, words
from anxin.workers.queries.archive import item_of, reading_of
from anxin.workers.queries.people import listed, worker_for
from anxin.workers.states import WORKER_STATE_LABELS, WorkerState
from anxin.workers.values import AFFILIATION_LABELS, AffiliationKind

READ = any_of(
    holds("workers.read"), holds("workers.oversee"), holds("safetycode.manage"), holds("governance.supervise")
)
MANAGE = holds("workers.manage")
VERIFY = any_of(MANAGE, holds("workers.oversee"), holds("safetycode.manage"))
PER_PAGE = 30


def _worker(request: Request, number: str) -> Worker:
    row = worker_for(request.actor, number)
    if row is None:
        raise NotFound
    return row


def _home(number: str) -> str:
    return reverse("workers:member", args=[number])


def _colours() -> list[tuple[str, str]]:
    return [("green", _("绿码")), ("yellow", _("黄码")), ("red", _("红码")), ("none", _("未发码"))]


@page(READ)
def staff(request: Request) -> HttpResponse:
    """The agency's workers with colour, papers that run out first, and how they are employed."""
    at, asked = clock.now(), Asked.of(request)
    items = [(item.code, item.name) for item in catalogue.items(at, orderable=True)]
    states = [(str(s), _(WORKER_STATE_LABELS[s])) for s in WorkerState]
    rows = listed(
        request.actor, text=asked.words("q", _("搜索家政员"), _("完整的姓名、手机号或编号")),
        state=asked.pick("state", _("状态"), states), colour=asked.pick("colour", _("安心码"), _colours()),
        item_code=asked.pick("item", _("技能"), items),
    )  # fmt: skip
    page_of = asked.page(rows, PER_PAGE)
    context = {
        "page": page_of,
        "rows": [_row(row, dict(items), clock.local_date(at)) for row in page_of.object_list],
        "asked": asked,
        "may_manage": request.actor.holds("workers.manage"),
        "across": not request.actor.holds("workers.read"),
        "may_verify": VERIFY.check(request.actor) is None,
    }
    return render(request, "workers/staff.html", context)


def _row(row: Worker, names: dict[str, str], today: Any) -> dict[str, Any]:
    current = next(iter(row.current), None)  # type: ignore[attr-defined]
    return {
        "worker": row,
        "name": row.person.name,
        "phone": row.person.phone,
        "state": _(WORKER_STATE_LABELS[WorkerState(row.state)]),
        "kind": _(AFFILIATION_LABELS[AffiliationKind(current.kind)]) if current else "",
        "agency": current.organisation.name if current else "",
        "skills": [names.get(skill.item_code, skill.item_code) for skill in row.skills.all()],
        "colour": getattr(getattr(row, "standing", None), "colour", ""),
        "paper": words.soonest(row.papers, today),  # type: ignore[attr-defined]
        "waiting": len([p for p in row.papers if p.verified_at is None]),  # type: ignore[attr-defined]
    }


@page(MANAGE, methods=("GET", "POST"))
def taking_on(request: Request) -> HttpResponse:
    """Take a verified person on as a worker, found by phone and name together."""
    form = StaffForm(request.POST if request.method == "POST" else None)
    context = {"form": form}
    if request.method == "GET":
        return render(request, "workers/taking_on.html", context)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            worker = actions.take_on(
                phone=data["phone"], name=data["name"], kind=AffiliationKind(data["kind"]),
                may_grab=data["may_grab"], by=request.actor, at=clock.now(),
            )  # fmt: skip
        except Refusal as refusal:
            tell(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("已加入本机构。请补充证件、技能和服务区域。"))
            return see_other(_home(worker.number))
    return render(request, "workers/taking_on.html", context, status=status)


def _context(request: Request, worker: Worker) -> dict[str, Any]:
    today = clock.local_date(clock.now())
    reading = reading_of(request.actor, worker)
    shown = reading.items if reading else frozenset()
    current = next(iter(worker.current), None)  # type: ignore[attr-defined]
    return record.profile_context(worker) | record.week_context(request, worker) | {
        "name": worker.person.name,
        "phone": worker.person.phone,
        "state": _(WORKER_STATE_LABELS[WorkerState(worker.state)]),
        "agency": current,
        "kind": _(AFFILIATION_LABELS[AffiliationKind(current.kind)]) if current else "",
        "papers": [words.paper(row, today) for row in worker.papers if item_of(row.kind) in shown],  # type: ignore[attr-defined]
        "unauthorised": not shown,
        "may_manage": request.actor.holds("workers.manage"),
        "may_verify": VERIFY.check(request.actor) is None and worker.person_id != request.actor.person_id,
        "verify_form": VerifyForm(initial={"how": _("查验原件")}),
        "withdraw_form": WithdrawForm(),
    }  # fmt: skip


@page(READ)
def member(request: Request, number: str) -> HttpResponse:
    """One worker: papers, skills, areas, shifts, week, affiliation."""
    worker = _worker(request, number)
    return render(request, "workers/member.html", _context(request, worker))


@page(MANAGE, methods=("GET", "POST"))
def paper(request: Request, number: str) -> HttpResponse:
    """Add a paper to a worker's record."""
    worker = _worker(request, number)
    form = record.paper_form(request)
    context = {"form": form, "worker": worker, "name": worker.person.name}
    if request.method == "GET":
        return render(request, "workers/paper.html", context)
    return record.submit(
        request, form, lambda: record.add_paper(request, worker, form), said=_("已登记，核验后生效。"),
        back=_home(number), template="workers/paper.html", context=context,
    )  # fmt: skip


@page(VERIFY, methods=("POST",))
def verification(request: Request, number: str, credential_id: str) -> HttpResponse:
    """Mark a paper as checked against its source."""
    worker, form, key = _worker(request, number), VerifyForm(request.POST), uuid_or_none(credential_id)
    queue = request.POST.get("from") == "queue"
    back = reverse("workers:verification_queue") if queue else _home(number)
    if key is None:
        raise NotFound
    return record.submit(
        request, form,
        lambda: actions.verify_credential(
            credential_id=key, how=form.cleaned_data["how"], by=request.actor, at=clock.now()
        ),
        said=_("已核验，从现在起计入安心码。"),
        back=back, template="workers/member.html",
        context=_context(request, worker) | {"verify_form": form},
    )  # fmt: skip


@page(VERIFY, methods=("POST",))
def withdrawal(request: Request, number: str, credential_id: str) -> HttpResponse:
    """Take a wrong or void paper out of account."""
    worker, form, key = _worker(request, number), WithdrawForm(request.POST), uuid_or_none(credential_id)
    if key is None:
        raise NotFound
    return record.submit(
        request, form,
        lambda: actions.withdraw_credential(
            credential_id=key, why=form.cleaned_data["why"], by=request.actor, at=clock.now()
        ),
        said=_("已撤回，不再计入安心码。"), back=_home(number), template="workers/member.html",
        context=_context(request, worker) | {"withdraw_form": form},
    )  # fmt: skip


def _edit(request: Request, number: str, form: Any, do: Any, part: str, heading: str) -> HttpResponse:
    context = {
        "form": form,
        "part": part,
        "heading": heading,
        "back": _home(number),
        "layout": "web/desk.html",
    }
    if request.method == "GET":
        return render(request, "workers/edit.html", context)
    return record.submit(
        request,
        form,
        do,
        said=record.saved(),
        back=_home(number),
        template="workers/edit.html",
        context=context,
    )


@page(MANAGE, methods=("GET", "POST"))
def skills(request: Request, number: str) -> HttpResponse:
    worker = _worker(request, number)
    form = record.skills_form(request, worker)
    return _edit(
        request, number, form, lambda: record.save_skills(request, worker, form), "skills", _("技能")
    )


@page(MANAGE, methods=("GET", "POST"))
def areas(request: Request, number: str) -> HttpResponse:
    worker = _worker(request, number)
    form = record.areas_form(request, worker)
    return _edit(
        request, number, form, lambda: record.save_areas(request, worker, form), "areas", _("服务区域")
    )


@page(MANAGE, methods=("GET", "POST"))
def shifts(request: Request, number: str) -> HttpResponse:
    worker = _worker(request, number)
    form = record.shifts_form(request, worker)
    return _edit(
        request, number, form, lambda: record.save_shifts(request, worker, form), "shifts", _("可服务时段")
    )


@page(MANAGE, methods=("GET", "POST"))
def leave(request: Request, number: str) -> HttpResponse:
    """Enter leave for a worker."""
    worker = _worker(request, number)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    return _edit(request, number, form, lambda: record.take_leave(request, worker, form), "leave", _("请假"))


def _told(request: Request, number: str, do: Any, said: str) -> HttpResponse:
    """Call an action that has no form; tell how it went on the worker's page."""
    try:
        do()
        messages.success(request, said)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(_home(number))


@page(MANAGE, methods=("POST",))
def grabbing(request: Request, number: str) -> HttpResponse:
    worker, allowed = _worker(request, number), request.POST.get("allowed") == "1"
    return _told(
        request, number,
        lambda: actions.allow_grabbing(worker_id=worker.pk, allowed=allowed, by=request.actor, at=clock.now()),
        _("已允许自行抢单。") if allowed else _("已改为只由机构派单。"),
    )  # fmt: skip


@page(MANAGE, methods=("POST",))
def state(request: Request, number: str) -> HttpResponse:
    """Pause or resume: a paused worker gets nothing new, and somebody else is chosen for the visits ahead."""
    worker = _worker(request, number)
    to = WorkerState.ACTIVE if request.POST.get("to") == "active" else WorkerState.PAUSED
    return _told(
        request, number, lambda: actions.set_state(worker_id=worker.pk, to=to, by=request.actor, at=clock.now()),
        _("已恢复接单。") if to is WorkerState.ACTIVE else _("已暂停接单；还没开始的上门另选服务员，客户会收到通知。"),
    )  # fmt: skip
