"""What the issuer does about one code: each measure has a page that says what it does before it is done (D-6a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.redirects import see_other
from anxin.safetycode import actions
from anxin.safetycode.forms.care import MeasureForm
from anxin.safetycode.pages.desk import ISSUERS, worker_of
from anxin.safetycode.pages.names import named
from anxin.safetycode.queries.codes import code_of
from anxin.safetycode.values.care import MEASURE_EFFECTS, MEASURE_LABELS, MEASURE_VERBS, MeasureKind


def _act(kind: MeasureKind) -> Callable[..., object]:
    acts: dict[MeasureKind, Callable[..., object]] = {
        MeasureKind.UPDATE: actions.update_code, MeasureKind.SUSPEND: actions.suspend,
        MeasureKind.RESUME: actions.restore, MeasureKind.SUPERSEDE: actions.supersede,
    }  # fmt: skip

    def end(**given: Any) -> object:
        return actions.revoke(kind=kind, **given)

    return acts.get(kind, end)


@page(ISSUERS, methods=("GET", "POST"))
def measure(request: Request, number: str, kind: str) -> HttpResponse:
    """Say what it does, ask for ground, words and evidence, do it."""
    worker = worker_of(request, number)
    code = code_of(worker.pk)
    if kind not in list(MeasureKind) or code is None:
        raise NotFound
    what = MeasureKind(kind)
    form = MeasureForm(what, sent(request))
    status = attempt(
        form, lambda: _act(what)(worker_id=worker.pk, by=request.actor, at=clock.now(), **form.given())
    )  # fmt: skip
    if status == DONE:
        messages.success(request, _("已办理，服务员和所属机构会收到通知。"))
        return see_other(reverse("safetycode:code", args=[number]))
    context = {
        "worker": worker, "name": named(request.actor, worker), "code": code, "form": form, "kind": what,
        "title": _(MEASURE_LABELS[what]), "effect": _(MEASURE_EFFECTS[what]), "may": code.can(MEASURE_VERBS[what]),
    }  # fmt: skip
    return render(request, "safetycode/care/measure.html", context, status=status)
