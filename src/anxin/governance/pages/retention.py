"""What is past its time and will be destroyed tonight; what was destroyed before."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.governance.models import Sweep
from anxin.governance.pages.edge import layout
from anxin.governance.queries.register import kept
from anxin.governance.queries.retention import due
from anxin.governance.values import KIND_LABELS
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page


@page(any_of(holds("accounts.organise"), holds("audit.read")))
def retention(request: Request) -> HttpResponse:
    """The list before anything is destroyed."""
    at = clock.now()
    rules = kept(at)
    context = {
        "due": [
            (one, _(rules[one.holding.keep].keep.label), "、".join(
                dict.fromkeys(_(KIND_LABELS[field.kind]) for field in one.holding.fields if field.kind != "key")
            ))
            for one in due(at)
        ],
        "classes": [(_(one.keep.label), _(one.keep.since), one.days, one.keep) for one in rules.values()],
        "swept": Sweep.objects.order_by("-at")[:50], "layout": layout(request),
    }  # fmt: skip
    return render(request, "governance/retention.html", context)
