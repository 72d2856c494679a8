"""Who reviews and who issues where: the bureau entrusts and takes back, who is entrusted sees with what (D-9)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, fresh, holds, page
from anxin.kit.errors import NotFound
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.places import public as places
from anxin.safetycode.actions import delegating as actions
from anxin.safetycode.forms.care import EntrustForm, ReasonForm
from anxin.safetycode.models import Delegation
from anxin.safetycode.pages.care import ENTRUSTED, PER_PAGE
from anxin.safetycode.queries import authority as queries
from anxin.safetycode.values.care import TASK_LABELS, Task

DELEGATE = fresh(holds("safetycode.delegate"))


@page(ENTRUSTED)
def delegations(request: Request) -> HttpResponse:
    """Every delegation the reader may see, the newest first."""
    return _show(request, EntrustForm(queries.entrustable(request.actor), _areas(request)))


def _areas(request: Request) -> list[tuple[str, str]]:
    """The cities and counties of the bureau's region."""
    region = request.actor.region
    if len(region) > 4:
        return [(region[:6], places.full_name(region[:6]))]
    found = [(region, places.full_name(region))] if region else []
    return found + [(one.code[:6], places.full_name(one.code[:6])) for one in places.counties(region)]


def _show(request: Request, form: EntrustForm, status: int = 200) -> HttpResponse:
    at = clock.now()
    shown = Asked.of(request).page(queries.delegations(request.actor), PER_PAGE)
    rows = shown.object_list
    named = places.named({row.area for row in rows})
    context = {
        "page": shown, "rows": [_row(row, named.get(row.area, row.area), at) for row in rows],
        "form": form, "may": holds("safetycode.delegate").check(request.actor) is None,
    }  # fmt: skip
    return render(request, "safetycode/care/delegations.html", context, status=status)


def _row(row: Delegation, area: str, at: Any) -> dict[str, Any]:
    over = row.ends_at is not None and row.ends_at <= at
    state = (
        _("已收回")
        if row.revoked_at
        else _("已结束")
        if over
        else _("未开始")
        if row.starts_at > at
        else _("有效")
    )
    tone = "plain" if over or row.revoked_at else "wait" if row.starts_at > at else "good"
    last = clock.local_date(row.ends_at - timedelta(microseconds=1)) if row.ends_at else None
    tasks = [_(words) for task, words in TASK_LABELS.items() if getattr(row, task)]
    return {
        "row": row, "area": area, "tasks": tasks, "state": state, "tone": tone, "open": not over, "last": last,
    }  # fmt: skip


@page(DELEGATE, methods=("POST",))
def entrust(request: Request) -> HttpResponse:
    at = clock.now()
    form = EntrustForm(queries.entrustable(request.actor), _areas(request), sent(request))

    def act() -> None:
        data = form.cleaned_data
        first = clock.at_local(data["starts_on"], 0)
        actions.entrust(
            issuer_id=UUID(data["issuer"]), area=data["area"], tasks=[Task(one) for one in data["tasks"]],
            # Today means from now on.
            starts_at=at if data["starts_on"] == clock.local_date(at) else first,
            ends_at=clock.at_local(data["ends_on"] + timedelta(days=1), 0) if data["ends_on"] else None,
            document=data["document"], reason=data["reason"], by=request.actor, at=at,
        )  # fmt: skip

    status = attempt(form, act)
    if status != DONE:
        return _show(request, form, status)
    messages.success(request, _("已委托，对方已收到通知。"))
    return see_other(reverse("safetycode:delegations"))


@page(DELEGATE, methods=("POST",))
def take_back(request: Request, key: str) -> HttpResponse:
    row = Delegation.objects.visible_to(request.actor).filter(pk=uuid_or_not_found(key)).first()
    if row is None:
        raise NotFound
    form = ReasonForm(sent(request))
    status = attempt(
        form,
        lambda: actions.revoke_delegation(
            delegation_id=row.pk, why=form.cleaned_data["why"], by=request.actor, at=clock.now()
        ),
    )
    if status == DONE:
        messages.success(request, _("委托已收回，已经发放的安心码不受影响。"))
    else:
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    return see_other(reverse("safetycode:delegations"))
