"""What the worker's phone and the agency's desk share: the record, and the forms that change it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.catalogue import public as catalogue
from anxin.catalogue.values import CredentialKind
from anxin.files.public import keep_chosen, store
from anxin.files.values import FileKind
from anxin.kit import clock
from anxin.kit.access import Request
from anxin.kit.errors import Refusal
from anxin.kit.forms import tell
from anxin.kit.geo import Point
from anxin.kit.inputs import day
from anxin.kit.redirects import see_other
from anxin.places import public as places
from anxin.workers import actions
from anxin.workers.forms import AreasForm, LeaveForm, PaperForm, PhotoForm, ShiftsForm, SkillsForm
from anxin.workers.models import Worker
from anxin.workers.pages import words
from anxin.workers.queries.time import busy
from anxin.workers.values import CONSENTS, SKILL_LEVEL_LABELS, Span


def submit(
    request: Request,
    form: django_forms.Form,
    do: Callable[[], Any],
    *,
    said: str,
    back: str,
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Call the one action for a form: on to `back` when it is done, the form again with what is wrong if not."""
    status = 422
    if form.is_valid():
        try:
            do()
        except Refusal as refusal:
            tell(form, refusal)
            status = refusal.status
        else:
            messages.success(request, said)
            return see_other(back)
    keep_chosen(form, by=request.actor, at=clock.now())
    return render(request, template, context, status=status)


def paper_form(request: Request) -> PaperForm:
    return PaperForm(request.POST, request.FILES) if request.method == "POST" else PaperForm()


def add_paper(request: Request, worker: Worker, form: PaperForm) -> None:
    """Enter the paper of the form, with its picture unless it is a health check's."""
    at = clock.now()
    upload, paper = form.cleaned_data["upload"], form.paper()
    if upload and paper["kind"] is CredentialKind.HEALTH_CHECK:
        raise actions.HealthValueGiven("upload")
    if purpose := CONSENTS.get(paper["kind"]):
        accounts.ask_consent(
            purpose=purpose, person_id=worker.person_id, version=accounts.ticked(request, purpose),
            by=request.actor, at=at,
        )  # fmt: skip
    kept = store(upload, kind=FileKind.CREDENTIAL, by=request.actor, at=at) if upload else None
    actions.add_credential(
        worker_id=worker.pk, file_id=kept.pk if kept else None, by=request.actor, at=at, **paper
    )


@transaction.atomic
def save_photo(request: Request, worker: Worker, form: PhotoForm) -> None:
    """Keep the picture and put it on the card; neither without the other."""
    at = clock.now()
    kept = store(form.cleaned_data["photo"], kind=FileKind.AVATAR, by=request.actor, at=at)
    actions.set_photo(worker_id=worker.pk, photo_id=kept.pk, by=request.actor, at=at)


def skills_form(request: Request, worker: Worker) -> SkillsForm:
    levels = {skill.item_code: skill.level for skill in worker.skills.all()}
    items = catalogue.items(clock.now(), orderable=True)
    return SkillsForm(request.POST if request.method == "POST" else None, items=items, levels=levels)


def areas_form(request: Request, worker: Worker) -> AreasForm:
    held = {"towns": [area.town_code for area in worker.areas.all()]}
    data = request.POST if request.method == "POST" else None
    return AreasForm(data, towns=places.towns(), initial=held)


def shifts_form(request: Request, worker: Worker) -> ShiftsForm:
    return ShiftsForm(request.POST if request.method == "POST" else None, shifts=worker.shifts.all())


def save_skills(request: Request, worker: Worker, form: SkillsForm) -> None:
    actions.set_skills(worker_id=worker.pk, levels=form.levels(), by=request.actor, at=clock.now())


def save_areas(request: Request, worker: Worker, form: AreasForm) -> None:
    actions.set_areas(
        worker_id=worker.pk, town_codes=form.cleaned_data["towns"], by=request.actor, at=clock.now()
    )


def save_shifts(request: Request, worker: Worker, form: ShiftsForm) -> None:
    actions.set_shifts(worker_id=worker.pk, shifts=form.shifts(), by=request.actor, at=clock.now())


def take_leave(request: Request, worker: Worker, form: LeaveForm) -> None:
    data = form.cleaned_data
    actions.take_leave(
        worker_id=worker.pk, span=Span(data["since"], data["until"]), note=data["note"], by=request.actor,
        at=clock.now(),
    )  # fmt: skip


def town_centre(town_code: str) -> Point | None:
    """The point of a town, where a worker starts from until they say better."""
    found = places.town_point(town_code)
    return Point(found.lat, found.lng) if found else None


def profile_context(worker: Worker) -> dict[str, Any]:
    """Skills, towns and weekly hours by name. Two queries beside the worker's own."""
    skills = list(worker.skills.all())
    names = {item.code: item.name for item in catalogue.items(clock.now(), {s.item_code for s in skills})}
    towns = places.named({*(area.town_code for area in worker.areas.all()), worker.home_town})
    return {
        "worker": worker,
        "skills": [(names.get(s.item_code, s.item_code), _(SKILL_LEVEL_LABELS[s.level])) for s in skills],
        "towns": [towns.get(area.town_code, area.town_code) for area in worker.areas.all()],
        "home_town": towns.get(worker.home_town, ""),
        "hours": words.hours(worker.shifts.all()),
    }


def week_context(request: Request, worker: Worker) -> dict[str, Any]:
    """Seven days from ?from= (today by default) with their bookings. One query."""
    at = clock.now()
    today = clock.local_date(at)
    asked = day(request.GET.get("from", "")) or today
    first = min(max(asked, date(2020, 1, 1)), date(2099, 12, 1))
    rows = busy([worker.pk], words.week_span(first))[worker.pk]
    return {
        "days": words.week(first, rows, at),
        "first": first,
        "last": first + timedelta(days=6),
        "previous": first - timedelta(days=7),
        "next": first + timedelta(days=7),
        "from_today": first == today,
        "count": len(rows),
    }


def saved() -> str:
    return _("已保存。")
