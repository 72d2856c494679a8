"""The texts of contracts: anybody reads them, the operator puts new versions in force."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from anxin.contracts import queries
from anxin.contracts.actions import texts
from anxin.contracts.engine.text import fill
from anxin.contracts.forms import TextForm
from anxin.contracts.models import Template
from anxin.contracts.pages.common import put, see_other
from anxin.contracts.values import FACTS, FORM_LABELS, Form
from anxin.kit import clock
from anxin.kit.access import PUBLIC, Request, holds, page
from anxin.kit.errors import NotFound, Refusal


@page(holds("contracts.template"), methods=("GET", "POST"))
def templates(request: Request) -> HttpResponse:
    """All versions, and the form for a new one (started from the version named by ?from=)."""
    texts.load_built_in(at=clock.now())
    form = TextForm(
        request.POST if request.method == "POST" else None, initial=_from(request.GET.get("from", ""))
    )
    if request.method == "POST" and form.is_valid():
        wanted = {**form.cleaned_data, "form": Form(form.cleaned_data["form"])}
        now = clock.now()
        try:
            texts.publish(**wanted, in_force_at=now, by=request.actor, at=now)
            return see_other(reverse("contracts:templates"))
        except Refusal as refusal:
            put(form, refusal)
    rows = [(row, FORM_LABELS[Form(row.form)]) for row in queries.templates()]
    context = {"rows": rows, "form": form, "facts": FACTS.items()}
    return render(request, "contracts/templates.html", context, status=422 if form.errors else 200)


def _from(template_id: str) -> dict[str, object]:
    row = next((one for one in queries.templates() if str(one.pk) == template_id), None)
    if row is None:
        return {}
    return {"form": row.form, "code": row.code, "source": row.source, "official": row.official}


@page(PUBLIC)
def text(request: Request, template_id: UUID) -> HttpResponse:
    """One version with its blanks, as anybody may read it before dealing."""
    row = Template.objects.filter(pk=template_id).first()
    if row is None:
        raise NotFound
    context = {"template": row, "document": fill(row.text, {}, {}), "words": FORM_LABELS[Form(row.form)]}
    return render(request, "contracts/text.html", context)
