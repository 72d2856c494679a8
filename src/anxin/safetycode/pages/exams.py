"""Health checks: the institution's day and sessions, and the worker's booking (by themself, or by their agency)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.inputs import day
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.places import public as places
from anxin.safetycode import actions
from anxin.safetycode.forms.exams import BookForm, ConclusionForm, SlotForm
from anxin.safetycode.models import ExamAppointment, ExamSlot
from anxin.safetycode.queries import exams as queries
from anxin.safetycode.states import EXAM_STATE_LABELS, ExamState
from anxin.safetycode.values.exams import EXAM_CONCLUSION_LABELS, ExamConclusion
from anxin.workers.public import Worker, worker_of
from anxin.workers.values import HEALTH_TIER_LABELS, HealthTier

EXAMINE = holds("safetycode.examine")
MANAGE = holds("workers.manage")
PER_PAGE = 30
TONES = {
    ExamState.BOOKED: "wait", ExamState.ARRIVED: "brand", ExamState.DONE: "good", ExamState.CANCELLED: "plain",
    ExamState.ABSENT: "bad",
}  # fmt: skip


def shown(row: ExamAppointment) -> dict[str, Any]:
    """An appointment in words."""
    state = ExamState(row.state)
    return {
        "row": row, "name": row.worker.person.name, "slot": row.slot, "house": row.slot.organisation.name,
        "tier": _(HEALTH_TIER_LABELS[HealthTier(row.tier)]), "state": _(EXAM_STATE_LABELS[state]),
        "tone": TONES[state],
        "conclusion": _(EXAM_CONCLUSION_LABELS[ExamConclusion(row.conclusion)]) if row.conclusion else "",
        "when": queries.when(row.slot), "changeable": state is ExamState.BOOKED,
    }  # fmt: skip


# ── the institution ──────────────────────────────────────────────────────────────────────────────────────
@page(EXAMINE)
def exam_day(request: Request) -> HttpResponse:
    """Who comes on a day (today unless asked): by session, with the one next step for each."""
    today = clock.local_date(clock.now())
    asked = day(request.GET.get("day", "")) or today
    since = clock.at_local(asked, 0)
    rows = queries.on_day(request.actor, since, since + timedelta(days=1))[:500]
    context = {
        "day": asked, "today": today, "before": asked - timedelta(days=1), "after": asked + timedelta(days=1),
        "rows": [shown(row) for row in rows],
    }  # fmt: skip
    return render(request, "safetycode/exams/day.html", context)


@page(EXAMINE, methods=("POST",))
def arrival(request: Request, number: str) -> HttpResponse:
    row = actions.arrive(number=number, by=request.actor, at=clock.now())
    messages.success(request, _("已登记到检。"))
    return see_other(_of_day(row))


@page(EXAMINE, methods=("GET", "POST"))
def conclusion(request: Request, number: str) -> HttpResponse:
    """The conclusion of one check: tier, conclusion, dates, number of the report, and nothing else."""
    row = queries.exam_for(request.actor, number)
    if row is None:
        raise NotFound
    at = clock.now()
    first = {"tier": row.tier, "exam_date": clock.local_date(row.slot.starts_at)}
    form = ConclusionForm(sent(request), initial=first)
    status = attempt(
        form, lambda: actions.conclude(number=number, result=form.result(), by=request.actor, at=at)
    )
    if status == DONE:
        messages.success(request, _("结论已登记，服务员和机构已收到通知。"))
        return see_other(_of_day(row))
    context = {"form": form, "exam": shown(row)}
    return render(request, "safetycode/exams/conclusion.html", context, status=status)


@page(EXAMINE, methods=("GET", "POST"))
def slots(request: Request) -> HttpResponse:
    """The institution's sessions to come, and the form for a new one."""
    at = clock.now()
    form = SlotForm(sent(request))
    status = attempt(
        form,
        lambda: actions.open_slot(
            slot=form.slot(at), place=form.cleaned_data["place"], by=request.actor, at=at
        ),
    )
    if status == DONE:
        messages.success(request, _("号源已开放。"))
        return see_other(reverse("safetycode:exam_slots"))
    found = Asked.of(request).page(queries.own_slots(request.actor, at), PER_PAGE)
    context = {"form": form, "page": found, "rows": [_slot(row) for row in found.object_list]}
    return render(request, "safetycode/exams/slots.html", context, status=status)


@page(EXAMINE, methods=("POST",))
def slot_closing(request: Request, slot_id: str) -> HttpResponse:
    actions.close_slot(slot_id=uuid_or_not_found(slot_id), by=request.actor, at=clock.now())
    messages.success(request, _("已停止预约，已约的人照常来检。"))
    return see_other(reverse("safetycode:exam_slots"))


def _slot(row: ExamSlot) -> dict[str, Any]:
    return {
        "row": row, "when": queries.when(row), "tier": _(HEALTH_TIER_LABELS[HealthTier(row.tier)]),
        "left": row.capacity - row.taken,
    }  # fmt: skip


def _of_day(row: ExamAppointment) -> str:
    first: date = clock.local_date(row.slot.starts_at)
    return f"{reverse('safetycode:exam_day')}?day={first.isoformat()}"


# ── the worker, and the agency for its worker ────────────────────────────────────────────────────────────
@page(SIGNED_IN, methods=("GET", "POST"))
def mine(request: Request) -> HttpResponse:
    """My health checks: the one to come with its slip, and sessions with free places."""
    worker = worker_of(request.actor.person_id)
    if worker is None:
        return see_other(reverse("workers:enrolment"))
    return _booking(request, worker, "web/phone.html", reverse("safetycode:my_exams"))


@page(MANAGE, methods=("GET", "POST"))
def of_worker(request: Request, number: str) -> HttpResponse:
    """The same for a worker of the agency."""
    worker = Worker.objects.visible_to(request.actor).select_related("person").filter(number=number).first()
    if worker is None:
        raise NotFound
    return _booking(request, worker, "web/desk.html", reverse("safetycode:worker_exams", args=[number]))


def _booking(request: Request, worker: Worker, layout: str, back: str) -> HttpResponse:
    at = clock.now()
    asked = request.POST.get("tier") or request.GET.get("tier", "")
    tier = HealthTier(int(asked)) if asked in {str(int(one)) for one in HealthTier} else HealthTier.HOME
    rows = list(queries.exams(request.actor).filter(worker=worker)[:20])
    held = next((row for row in rows if row.state == ExamState.BOOKED), None)
    form = BookForm(sent(request))
    status = attempt(form, lambda: _take(request, worker, form, tier, held))
    if status == DONE:
        messages.success(request, _("约好了，请按时带身份证空腹到检。"))
        return see_other(back)
    free = queries.slots(request.actor, at, tier=HealthTier(held.tier) if held else tier)
    towns = places.named({one.town_code for one in free})
    context = {
        "form": form, "worker": worker, "layout": layout, "tier": tier, "held": shown(held) if held else None,
        "past": [shown(row) for row in rows if row is not held],
        "free": [{"slot": one, "town": towns.get(one.town_code, "")} for one in free],
        "tiers": [(one, _(label)) for one, label in HEALTH_TIER_LABELS.items()],
        "own": request.actor.person_id == worker.person_id,
    }  # fmt: skip
    return render(request, "safetycode/exams/booking.html", context, status=status)


def _take(
    request: Request, worker: Worker, form: BookForm, tier: HealthTier, held: ExamAppointment | None
) -> None:
    slot_id, by, at = form.cleaned_data["slot"], request.actor, clock.now()
    if held:
        actions.reschedule_exam(number=held.number, slot_id=slot_id, by=by, at=at)
        return
    actions.book_exam(
        slot_id=slot_id, worker_id=worker.pk, tier=tier, by=by, at=at,
        consent=accounts.ticked(request, Purpose.HEALTH),
    )  # fmt: skip


@page(SIGNED_IN)
def slip(request: Request, number: str) -> HttpResponse:
    """The slip to show at the counter: number, time, place, what to bring."""
    row = queries.exam_for(request.actor, number)
    if row is None:
        raise NotFound
    return render(request, "safetycode/exams/slip.html", {"exam": shown(row)})


@page(SIGNED_IN, methods=("POST",))
def cancellation(request: Request, number: str) -> HttpResponse:
    """Give the place back."""
    row = queries.exam_for(request.actor, number)
    if row is None:
        raise NotFound
    try:
        actions.cancel_exam(number=number, by=request.actor, at=clock.now())
        messages.success(request, _("体检预约已取消，名额让给别人了。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    if request.actor.holds("safetycode.examine"):
        return see_other(_of_day(row))
    if row.worker.person_id == request.actor.person_id:
        return see_other(reverse("safetycode:my_exams"))
    return see_other(reverse("safetycode:worker_exams", args=[row.worker.number]))
