"""The book of an agency, or of the platform: what each account holds, and the journal."""

from __future__ import annotations

from itertools import groupby

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.audit import public as audit
from anxin.kit import clock
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.lists import EXPORT_LIMIT, Asked, as_csv
from anxin.kit.money import yuan
from anxin.ledger import queries
from anxin.ledger.models import Entry
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
    asked = Asked.of(request)
    text = asked.words("q", _("查找分录"), _("摘要里的账单号、收款单号"))
    code = asked.pick("account", _("科目"), [(str(row.code), _(row.label)) for row in rows])
    entries = queries.entries(actor, organisation_id=organisation_id, code=code)
    entries = entries.filter(what__icontains=text) if text else entries
    entries = asked.within(entries, "at", asked.days(_("从"), _("到")))
    if asked.exporting:
        audit.take_along("journal", entries, asked, by=request.actor, at=clock.now())
        return _export(entries)
    context = {
        "groups": groups,
        "page": asked.page(entries, PER_PAGE),
        "asked": asked,
        "check": sum(row.raw_fen for row in rows),
    }
    return render(request, "ledger/book.html", context)


def _export(entries: QuerySet[Entry]) -> HttpResponse:
    """The journal as found, one line a posting."""
    head = (_("时间"), _("分录"), _("摘要"), _("科目"), _("借方（元）"), _("贷方（元）"))
    rows = (
        (
            entry.at, entry.pk, entry.what, posting.words,
            yuan(posting.amount_fen) if posting.amount_fen > 0 else "",
            yuan(posting.credit_fen) if posting.amount_fen < 0 else "",
        )
        for entry in entries[:EXPORT_LIMIT]
        for posting in entry.own_postings
    )  # fmt: skip
    return as_csv(f"journal-{clock.local(clock.now()):%Y%m%d-%H%M}", head, rows)
