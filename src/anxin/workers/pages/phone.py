"""The worker's phone: papers and their dates, what I do and where and when, my week, leave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.errors import Refusal
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.places import public as places
from anxin.workers import actions
from anxin.workers.forms import EnrolmentForm, LeaveForm, PhotoForm
from anxin.workers.models import Worker
from anxin.workers.pages import record, words
from anxin.workers.queries.people import own
from anxin.workers.values import CONSENTS


def _mine(request: Request) -> Worker:
    row = own(request.actor.person_id)
    if row is None:
        raise actions.NotEnrolled
    return row


@page(SIGNED_IN, methods=("GET", "POST"))
def enrolment(request: Request) -> HttpResponse:
    """Become a worker: a verified person enters themself; the agency then takes them on."""
    if own(request.actor.person_id):
        return see_other(reverse("workers:papers"))
    form = EnrolmentForm(request.POST if request.method == "POST" else None, towns=places.towns())
    context = {"form": form, "verified": request.actor.verified}
    if request.method == "GET":
        return render(request, "workers/enrolment.html", context)
    return record.submit(
        request, form, lambda: _enrol(request, form), said=_("登记好了。请补充证件和服务区域。"),
        back=reverse("workers:papers"), template="workers/enrolment.html", context=context,
    )  # fmt: skip


def _enrol(request: Request, form: EnrolmentForm) -> None:
    data = form.cleaned_data
    person_id = request.actor.person_id
    if person_id is None:
        raise actions.NotVerified
    actions.enrol(
        person_id=person_id, home_town=data["home_town"], home=record.town_centre(data["home_town"]),
        practising_since=data["practising_since"], intro=data["intro"], by=request.actor, at=clock.now(),
    )  # fmt: skip
    # They are needed with the first paper only; who reads them now may decide now.
    for purpose in CONSENTS.values():
        if (version := accounts.ticked(request, purpose)) is not None:
            accounts.give_consent(purpose=purpose, version=version, by=request.actor, at=clock.now())


@page(SIGNED_IN, methods=("GET", "POST"))
def papers(request: Request) -> HttpResponse:
    """My papers with their dates, and the form to add one."""
    worker = _mine(request)
    form = record.paper_form(request)
    today = clock.local_date(clock.now())
    context: dict[str, Any] = {
        "worker": worker,
        "papers": [words.paper(row, today) for row in worker.papers],  # type: ignore[attr-defined]
        "agency": next(iter(worker.current), None),  # type: ignore[attr-defined]
        "form": form,
    }
    if request.method == "GET":
        return render(request, "workers/papers.html", context)
    return record.submit(
        request, form, lambda: record.add_paper(request, worker, form), said=_("已提交，等机构核验后生效。"),
        back=reverse("workers:papers"), template="workers/papers.html", context=context,
    )  # fmt: skip


@page(SIGNED_IN)
def profile(request: Request) -> HttpResponse:
    """What I do, where, and when: three lists with a way to change each."""
    worker = _mine(request)
    return render(request, "workers/profile.html", record.profile_context(worker))


@page(SIGNED_IN, methods=("GET", "POST"))
def photo(request: Request) -> HttpResponse:
    """My picture on the card: judged by its content, kept without the place where it was taken."""
    worker = _mine(request)
    form = PhotoForm(request.POST, request.FILES) if request.method == "POST" else PhotoForm()
    shown = files.url_for(worker.photo_id, request.actor) if worker.photo_id else ""
    context = {"form": form, "worker": worker, "photo": shown}
    if request.method == "GET":
        return render(request, "workers/photo.html", context)
    return record.submit(
        request, form, lambda: record.save_photo(request, worker, form), said=_("照片换好了，客户看到的就是这一张。"),
        back=reverse("workers:photo"), template="workers/photo.html", context=context,
    )  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def photo_removal(request: Request) -> HttpResponse:
    """Take my picture off the card."""
    worker = _mine(request)
    actions.set_photo(worker_id=worker.pk, photo_id=None, by=request.actor, at=clock.now())
    messages.success(request, _("照片已撤下。"))
    return see_other(reverse("workers:photo"))


@page(SIGNED_IN, methods=("GET", "POST"))
def skills(request: Request) -> HttpResponse:
    worker = _mine(request)
    form = record.skills_form(request, worker)
    return _edit(request, form, lambda: record.save_skills(request, worker, form), "skills", _("会做什么"))


@page(SIGNED_IN, methods=("GET", "POST"))
def areas(request: Request) -> HttpResponse:
    worker = _mine(request)
    form = record.areas_form(request, worker)
    return _edit(request, form, lambda: record.save_areas(request, worker, form), "areas", _("服务区域"))


@page(SIGNED_IN, methods=("GET", "POST"))
def shifts(request: Request) -> HttpResponse:
    worker = _mine(request)
    form = record.shifts_form(request, worker)
    return _edit(request, form, lambda: record.save_shifts(request, worker, form), "shifts", _("可服务时段"))


def _edit(request: Request, form: Any, do: Any, part: str, heading: str) -> HttpResponse:
    back = reverse("workers:profile")
    context = {"form": form, "part": part, "heading": heading, "back": back, "layout": "web/phone.html"}
    if request.method == "GET":
        return render(request, "workers/edit.html", context)
    return record.submit(
        request, form, do, said=record.saved(), back=back, template="workers/edit.html", context=context
    )


@page(SIGNED_IN)
def week(request: Request) -> HttpResponse:
    """My week: every booking, and leave."""
    worker = _mine(request)
    return render(request, "workers/week.html", record.week_context(request, worker))


@page(SIGNED_IN, methods=("GET", "POST"))
def leave(request: Request) -> HttpResponse:
    """Take leave. Refused over a visit: that must be moved or given to somebody else first."""
    worker = _mine(request)
    form = LeaveForm(request.POST if request.method == "POST" else None)
    context = {"form": form}
    if request.method == "GET":
        return render(request, "workers/leave.html", context)
    return record.submit(
        request, form, lambda: record.take_leave(request, worker, form), said=_("假已请好，这段时间不会派单。"),
        back=reverse("workers:week"), template="workers/leave.html", context=context,
    )  # fmt: skip


@page(SIGNED_IN, methods=("POST",))
def leave_cancellation(request: Request, booking_id: str) -> HttpResponse:
    key = uuid_or_not_found(booking_id)
    try:
        actions.cancel_leave(booking_id=key, by=request.actor, at=clock.now())
        messages.success(request, _("假已取消。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("workers:week"))
