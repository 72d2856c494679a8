"""The care desk: what waits, and the finder of dead, wrong and broken codes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, page
from anxin.kit.errors import NotFound
from anxin.kit.lists import Asked
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import faults as actions
from anxin.safetycode.models import Fault, FaultRun, Measure, MinistryRecord
from anxin.safetycode.pages.care import CARERS, OVERSEERS, PER_PAGE
from anxin.safetycode.pages.names import named
from anxin.safetycode.queries import refreshing
from anxin.safetycode.queries.faults import BY_CODE, CHECKS, KIND_LABELS
from anxin.safetycode.states import RefreshState
from anxin.safetycode.values.care import MeasureKind

TONES = {"dead": "bad", "wrong": "wait", "broken": "plain"}


@page(OVERSEERS)
def desk(request: Request) -> HttpResponse:
    """What waits: faults, refreshes, suspensions, differences; and every check with what it found last."""
    actor, today = request.actor, clock.local_date(clock.now())
    open_faults = Fault.objects.visible_to(actor).filter(cleared_at=None).order_by()
    found: dict[str, int] = dict(open_faults.values_list("check_code").annotate(n=Count("pk")))
    waiting = refreshing.listed(actor)
    context = {
        "faults": sum(found.values()),
        "waiting": waiting.count(),
        "late": waiting.filter(due_on__lt=today).count() + waiting.filter(state=RefreshState.LAPSED).count(),
        "suspended": Measure.objects.visible_to(actor)
        .filter(kind=MeasureKind.SUSPEND, ended_at=None)
        .count(),
        "differing": MinistryRecord.objects.visible_to(actor).exclude(differences=[]).count(),
        "checks": [_row(one.code, found.get(one.code, 0)) for one in CHECKS],
        "run": FaultRun.objects.order_by("-at").first(),
        "may_run": CARERS.check(actor) is None,
    }
    return render(request, "safetycode/care/desk.html", context)


def _row(code: str, count: int) -> dict[str, Any]:
    check = BY_CODE[code]
    return {
        "code": code, "kind": _(KIND_LABELS[check.kind]), "tone": TONES[check.kind], "title": _(check.title),
        "remedy": _(check.remedy), "count": count,
    }  # fmt: skip


@page(OVERSEERS)
def fault(request: Request, code: str) -> HttpResponse:
    """The rows of one check, with what to do."""
    if code not in BY_CODE:
        raise NotFound
    asked = Asked.of(request)
    rows = Fault.objects.visible_to(request.actor).filter(check_code=code, cleared_at=None)
    shown = asked.page(rows.select_related("worker__person").order_by("found_at", "id"), PER_PAGE)
    context = {
        "check": _row(code, shown.paginator.count), "page": shown, "asked": asked,
        "rows": [(row, named(request.actor, row.worker)) for row in shown],
    }  # fmt: skip
    return render(request, "safetycode/care/fault.html", context)


@page(CARERS, methods=("POST",))
def search(request: Request) -> HttpResponse:
    """Do what the night does, and look for faults again, now."""
    at = clock.now()
    actions.mend(at=at)
    found = sum(actions.find_faults(by=request.actor, at=at).values())
    messages.success(request, _("查找完毕，全省共发现 %(n)s 条问题。") % {"n": found})
    return see_other(reverse("safetycode:care"))
