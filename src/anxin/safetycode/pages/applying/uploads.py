"""An agency's file of applications: the template, the preview with what is wrong, the import of chosen rows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.catalogue.values import HEALTH_TIER_LABELS, HealthTier
from anxin.kit import clock, sheets
from anxin.kit.access import Request, page
from anxin.kit.batch import ROW
from anxin.kit.errors import Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.uploads import NoUpload
from anxin.safetycode.forms.applying import FileForm
from anxin.safetycode.models import Upload
from anxin.safetycode.pages.applying.desk import AGENCY
from anxin.safetycode.queries.applications.uploads import kept, upload_for, uploads_of
from anxin.safetycode.values.applying import FAULT_LABELS, NAME, NUMBER, PHONE, TIER, Fault, Sheet

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = (NAME, PHONE, NUMBER, TIER)


@page(AGENCY, methods=("GET", "POST"))
def upload(request: Request) -> HttpResponse:
    """Choose a file; it is read, and nothing is imported before it was looked at."""
    form = FileForm(sent(request), request.FILES or None)
    made: list[Upload] = []

    def read() -> None:
        given = form.cleaned_data["file"]
        # One byte more than allowed is enough to know.
        content = given.read(sheets.MOST_BYTES + 1)
        made.append(applying.preview(content=content, name=given.name, by=request.actor, at=clock.now()))

    status = attempt(form, read)
    if status == DONE:
        return see_other(reverse("safetycode:preview", args=[made[0].pk]))
    context = {"form": form, "head": HEAD, "past": uploads_of(request.actor.organisation_id)}
    return render(request, "safetycode/applying/upload.html", context, status=status)


@page(AGENCY)
def template(request: Request) -> HttpResponse:
    """The table to fill in."""
    return _book("anxin-applications", [])


@page(AGENCY)
def faults(request: Request, upload_id: UUID) -> HttpResponse:
    """The rows that are not good, with what is wrong, to be corrected and brought again."""
    wrong = [one for one in kept(_own(request, upload_id)) if not one.good]
    return _book("anxin-applications-faults", wrong)


@page(AGENCY)
def preview(request: Request, upload_id: UUID) -> HttpResponse:
    """Every row as it was read, with what is wrong with it; tick what is to be imported."""
    return _page(request, upload_id)


def _page(
    request: Request, upload_id: UUID, status: int = 200, refusal: Refusal | None = None
) -> HttpResponse:
    row = _own(request, upload_id)
    rows = [
        {"sheet": one, "tier": _(HEALTH_TIER_LABELS[HealthTier(one.tier)]), "faults": _faults(one)} for one in kept(row)
    ]  # fmt: skip
    context = {"row": row, "rows": rows, "refusal": refusal, "bad": row.total - row.good}
    return render(request, "safetycode/applying/preview.html", context, status=status)


@page(AGENCY, methods=("POST",))
def imported(request: Request, upload_id: UUID) -> HttpResponse:
    """Import the ticked rows in one act: all or none."""
    lines = {int(one) for one in request.POST.getlist(ROW) if one.isdecimal() and len(one) < 8}
    try:
        opened = applying.import_rows(upload_id=upload_id, lines=lines, by=request.actor, at=clock.now())
    except NoUpload:
        raise
    except Refusal as refusal:
        return _page(request, upload_id, refusal.status, refusal)
    messages.success(request, _("已导入 %(n)s 份申领，并请本人确认。") % {"n": len(opened)})
    return see_other(reverse("safetycode:applications") + "?view=open")


@page(AGENCY, methods=("POST",))
def given_up(request: Request, upload_id: UUID) -> HttpResponse:
    applying.give_up(upload_id=upload_id, by=request.actor, at=clock.now())
    messages.success(request, _("已放弃这次上传，没有导入任何内容。"))
    return see_other(reverse("safetycode:upload"))


def _own(request: Request, upload_id: UUID) -> Upload:
    row = upload_for(request.actor.organisation_id, upload_id)
    if row is None or row.imported_at is not None:
        raise NoUpload
    return row


def _faults(one: Sheet) -> list[str]:
    return [_(FAULT_LABELS[Fault(fault)]) for fault in one.faults]


def _book(name: str, rows: list[Sheet]) -> HttpResponse:
    lines: list[list[Any]] = [
        [
            one.name,
            one.phone,
            one.number,
            _(HEALTH_TIER_LABELS[HealthTier(one.tier)]),
            "；".join(_faults(one)),
        ]
        for one in rows
    ]
    head = [*HEAD, _("哪里不对")] if rows else HEAD
    response = HttpResponse(sheets.write_xlsx(head, lines), content_type=XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
