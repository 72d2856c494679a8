"""The book of an agency, or of the platform: what each account holds, and the journal."""

from __future__ import annotations

from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit.access import Request, any_of, holds, page
from anxin.ledger import queries
from anxin.ledger.values import KIND_LABELS

PER_PAGE = 30
RULE = any_of(holds("ledger.read"), holds("payments.reconcile"))


@page(RULE)
def book(request: Request) -> HttpResponse:
    """Balances by kind, and the journal, newest first. The operator reads the platform's own book."""
    actor = request.actor
    organisation_id = None if actor.holds("payments.reconcile") else actor.organisation_id
    rows = queries.totals(actor, organisation_id=organisation_id)
    groups = [
        (_(KIND_LABELS[kind]), [(_(row.label), row.amount_fen) for row in found])
        for kind, found in groupby(rows, key=lambda row: row.kind)
    ]
    entries = Paginator(queries.entries(actor, organisation_id=organisation_id), PER_PAGE)
    context = {
        "groups": groups,
        "page": entries.get_page(request.GET.get("page")),
        "check": sum(row.raw_fen for row in rows),
    }
    return render(request, "ledger/book.html", context)
