"""The issuer's desk for home-visit cards: what waits, batches and how far they are, blank cards, one worker's cards."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.files.public import url_for
from anxin.kit import clock
from anxin.kit.access import Request, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.models import uuid_or_not_found
from anxin.safetycode import actions, queries
from anxin.safetycode.engine.picture import data_uri
from anxin.safetycode.forms import PrintForm, ReprintForm, StockForm
from anxin.safetycode.models import Card, CardBatch
from anxin.safetycode.pages.desk import ISSUERS, READERS, _may_issue, worker_of
from anxin.safetycode.values import (
    BATCH_STATE_LABELS,
    CARD_REASON_LABELS,
    STOCK_REASON_LABELS,
    CardForm,
    CardReason,
    CodeState,
    Colour,
    StockReason,
)


def _desk(request: Request, **forms: Any) -> dict[str, Any]:
    left, moves = queries.stock(request.actor)
    return {
        "waiting": queries.counts_to_print(request.actor),
        "most": actions.MOST,
        "batches": queries.batches(request.actor),
        "left": left,
        "moves": [(_(STOCK_REASON_LABELS[StockReason(row.reason)]), row) for row in moves],
        "print_form": PrintForm(),
        "stock_form": StockForm(),
    } | forms


@page(ISSUERS, methods=("GET", "POST"))
def cards(request: Request) -> HttpResponse:
    """Cards that wait; all of them printed at once, as one PDF made by jobs."""
    if request.method == "GET":
        return render(request, "safetycode/cards.html", _desk(request))
    form = PrintForm(request.POST)
    if form.is_valid():
        try:
            batch = actions.print_waiting(
                form=CardForm(form.cleaned_data["form"]), by=request.actor, at=clock.now()
            )
            return redirect("safetycode:card_batch", batch_id=batch.pk)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    return render(request, "safetycode/cards.html", _desk(request, print_form=form), status=422)


@page(ISSUERS, methods=("POST",))
def stock(request: Request) -> HttpResponse:
    """Blank cards that came in, were spoiled or counted."""
    form = StockForm(request.POST)
    if form.is_valid():
        try:
            actions.record_stock(**form.cleaned_data, by=request.actor, at=clock.now())
            return redirect("safetycode:cards")
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(request, "safetycode/cards.html", _desk(request, stock_form=form), status=422)


def _batch(request: Request, batch_id: str) -> dict[str, Any]:
    row = queries.batch(request.actor, uuid_or_not_found(batch_id))
    if row is None:
        raise NotFound
    return {
        "row": row,
        "topic": f"cards:{row.batch.pk}",
        "again": reverse("safetycode:card_progress", args=[row.batch.pk]),
        "state": _(BATCH_STATE_LABELS[row.state]),
        # For this viewer alone, good for minutes.
        "href": url_for(row.batch.file_id, request.actor) if row.batch.file_id else "",
    }


@page(ISSUERS)
def batch(request: Request, batch_id: str) -> HttpResponse:
    """How far a batch is, and its PDF."""
    return render(request, "safetycode/batch.html", _batch(request, batch_id))


@page(ISSUERS)
def progress(request: Request, batch_id: str) -> HttpResponse:
    """The part of the batch's page that changes while it is made."""
    return render(request, "safetycode/_batch.html", _batch(request, batch_id))


def _of_worker(request: Request, number: str, form: ReprintForm | None = None) -> dict[str, Any]:
    worker, at = worker_of(request, number), clock.now()
    code = queries.code_of(worker.pk)
    if code is None:
        raise actions.NoCode
    [face] = queries.faces([code], at)
    return {
        "worker": worker,
        "code": code,
        "face": face,
        "picture": data_uri(face.code),
        "shade": "amber" if face.colour == Colour.YELLOW else face.colour,
        "cards": [(_(CARD_REASON_LABELS[CardReason(card.reason)]), card) for card in _cards(request, code)],
        "may_print": _may_issue(request) and code.state == CodeState.ISSUED,
        "form": form or ReprintForm(),
    }


def _cards(request: Request, code: Any) -> list[Card]:
    return queries.cards_of(request.actor, code)


@page(READERS)
def card(request: Request, number: str) -> HttpResponse:
    """One worker's card as it would be printed now, and every card that was made."""
    return render(request, "safetycode/printed.html", _of_worker(request, number))


@page(ISSUERS, methods=("POST",))
def print_card(request: Request, number: str) -> HttpResponse:
    """Print this worker's card, or another one for a reason."""
    form = ReprintForm(request.POST)
    context = _of_worker(request, number, form)
    if form.is_valid():
        try:
            made: CardBatch = actions.print_one(
                code=context["code"], reason=form.cleaned_data["reason"],
                form=CardForm(form.cleaned_data["form"]), by=request.actor, at=clock.now(),
            )  # fmt: skip
            return redirect("safetycode:card_batch", batch_id=made.pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return render(request, "safetycode/printed.html", context, status=422)
