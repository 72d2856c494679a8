"""Both certificates beside each other: where they differ, and what to do (D-A4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, page
from anxin.kit.errors import NotFound
from anxin.kit.lists import Asked
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import ministry as actions
from anxin.safetycode.models import MinistryRecord, SafetyCode
from anxin.safetycode.pages.care import CARERS, OVERSEERS, PER_PAGE
from anxin.safetycode.pages.names import named
from anxin.safetycode.values import CODE_STATE_LABELS, CodeState
from anxin.safetycode.values.care import (
    DIFFERENCE_LABELS,
    DIFFERENCE_REMEDIES,
    MINISTRY_LABELS,
    Difference,
    MinistryState,
)
from anxin.workers.public import Worker


@page(OVERSEERS)
def certificates(request: Request) -> HttpResponse:
    """The records that differ from ours, or all."""
    asked = Asked.of(request)
    kinds = [(str(one), _(words)) for one, words in DIFFERENCE_LABELS.items()]
    rows = MinistryRecord.objects.visible_to(request.actor).select_related("worker__person")
    if kind := asked.pick("difference", _("差异"), [*kinds, ("same", _("一致"))]):
        rows = rows.filter(differences=[]) if kind == "same" else rows.filter(differences__contains=[kind])
    else:
        rows = rows.exclude(differences=[])
    shown = asked.page(rows.order_by("-asked_at", "pk"), PER_PAGE)
    codes = {
        code.worker_id: code
        for code in SafetyCode.objects.filter(worker__in=[row.worker_id for row in shown])
    }
    context = {
        "page": shown, "asked": asked, "may": CARERS.check(request.actor) is None,
        "rows": [
            {
                "row": row, "name": named(request.actor, row.worker), "code": codes.get(row.worker_id),
                "ours": _(CODE_STATE_LABELS[CodeState(codes[row.worker_id].state)]) if row.worker_id in codes else "",
                "theirs": _(MINISTRY_LABELS[MinistryState(row.state)]),
                "found": [(_(DIFFERENCE_LABELS[Difference(one)]), _(DIFFERENCE_REMEDIES[Difference(one)]))
                          for one in row.differences],
            }
            for row in shown
        ],
    }  # fmt: skip
    return render(request, "safetycode/care/certificates.html", context)


@page(CARERS, methods=("POST",))
def compare(request: Request, number: str) -> HttpResponse:
    """Ask the Ministry about one worker now."""
    worker = Worker.objects.visible_to(request.actor).filter(number=number).first()
    if worker is None:
        raise NotFound
    if actions.compare(worker_ids=[worker.pk], at=clock.now()):
        messages.success(request, _("已重新核对。"))
    else:
        messages.error(request, _("商务部平台没有应答，今晚会再次核对。"))
    return see_other(reverse("safetycode:certificates"))
