"""Invoices: asked for and fetched by the customer, issued and reversed by the agency."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from anxin.files import public as files
from anxin.kit import batch, clock
from anxin.kit.access import SIGNED_IN, Request, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.payments import actions, queries
from anxin.payments.actions.refusals import DepositNotInvoiced, NothingToInvoice, NotPaidYet
from anxin.payments.engine import paper
from anxin.payments.forms import InvoiceForm, ReasonForm, TaxForm
from anxin.payments.models import Bill, InvoiceRequest
from anxin.payments.pages.common import found, put, see_other, shown
from anxin.payments.states import LIVE_INVOICES, WAITING_INVOICES, BillState, InvoiceState
from anxin.payments.values import INVOICE_LABELS, BillKind, TitleKind

PER_PAGE = 30
TO_REVERSE = "to_reverse"
DONE = (InvoiceState.DELIVERED, InvoiceState.RED_PENDING, InvoiceState.RED, InvoiceState.WITHDRAWN)


@page(SIGNED_IN, methods=("GET", "POST"))
def asking(request: Request, number: str) -> HttpResponse:
    """The customer asks for an invoice of a paid bill."""
    bill = found(request, number)
    if bill.live_requests:  # type: ignore[attr-defined]
        return see_other("payments:invoice", bill.live_requests[0].number)  # type: ignore[attr-defined]
    if nothing := _no_invoice(bill):
        messages.info(request, str(nothing()))
        return see_other("payments:bill", number)
    form = InvoiceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = actions.request_invoice(
                bill, title_kind=TitleKind(data["title_kind"]), title=data["title"],
                tax_number=data["tax_number"], details=form.details, note=data["note"],
                by=request.actor, at=clock.now(),
            )  # fmt: skip
            return see_other("payments:invoice", row.number)
        except Refusal as refusal:
            put(form, refusal)
    context = {**shown(bill), "form": form, "amount_fen": queries.invoiceable_fen(bill)}
    return render(request, "payments/invoice_form.html", context, status=422 if form.errors else 200)


def _no_invoice(bill: Bill) -> type[Refusal] | None:
    """Why there is nothing to ask for, before anybody fills in a form for it."""
    if bill.kind == BillKind.DEPOSIT:
        return DepositNotInvoiced
    if bill.state != BillState.PAID:
        return NotPaidYet
    return None if queries.invoiceable_fen(bill) > 0 else NothingToInvoice


@page(SIGNED_IN)
def invoice(request: Request, number: str) -> HttpResponse:
    """One request: where it stands, and its papers."""
    return _show(request, _found(request, number))


def _show(
    request: Request, row: InvoiceRequest, *, status: int = 200, form: ReasonForm | None = None
) -> HttpResponse:
    own = (
        row.bill.payer_id == request.actor.person_id and row.organisation_id != request.actor.organisation_id
    )
    context = {
        "row": row,
        "papers": list(row.papers.all()),
        "now": clock.now(),
        "can_ask_again": own and _may_ask_again(row),
        "can_withdraw": own and row.can("withdraw"),
        "may_issue": not own and row.can("issue"),
        "may_reverse": not own and row.can("reverse"),
        "reason_form": form or ReasonForm(),
        "topic": f"bill:{row.bill_id}",
    }
    return render(
        request, "payments/invoice.html" if own else "payments/invoice_desk.html", context, status=status
    )


def _may_ask_again(row: InvoiceRequest) -> bool:
    """Reversed or taken back, no newer request in its place, and something left to invoice."""
    if row.state in LIVE_INVOICES or queries.request_of_bill(row.bill) is not None:
        return False
    return _no_invoice(row.bill) is None


@page(SIGNED_IN, methods=("POST",))
def withdrawal(request: Request, number: str) -> HttpResponse:
    """The customer takes back a request that nobody has issued yet."""
    row = _found(request, number)
    actions.withdraw_request(row, by=request.actor, at=clock.now())
    return see_other("payments:invoice", row.number)


def _found(request: Request, number: str) -> InvoiceRequest:
    row = queries.request_by_number(number, request.actor)
    if row is None:
        raise NotFound
    return row


@page(SIGNED_IN)
def file(request: Request, paper_id: UUID) -> HttpResponse:
    """The PDF, by an address that holds for this viewer and a few minutes."""
    found_one = queries.invoice_by_id(paper_id, request.actor)
    if found_one is None or found_one.file is None:
        raise NotFound
    return redirect(files.url_for(found_one.file, request.actor))


@page(SIGNED_IN)
def xml(request: Request, paper_id: UUID) -> HttpResponse:
    """The same paper for bookkeeping programs."""
    found_one = queries.invoice_by_id(paper_id, request.actor)
    if found_one is None:
        raise NotFound
    content = {
        "kind": found_one.kind, "number": found_one.number, "issued_at": found_one.issued_at.isoformat(),
        "simulated": found_one.simulated, **(found_one.content or {}),
    }  # fmt: skip
    response = HttpResponse(paper.xml(content), content_type="application/xml")
    response["Content-Disposition"] = f'attachment; filename="{found_one.number}.xml"'
    response["Cache-Control"] = "private, no-store"
    return response


# ── the agency's desk ───────────────────────────────────────────────────────────────────────────────
@page(holds("payments.invoice"))
def desk(request: Request) -> HttpResponse:
    """What the agency has to issue, the earliest deadline first; its tax setting beside it."""
    return _desk(request)


def _desk(request: Request, *, status: int = 200, form: TaxForm | None = None) -> HttpResponse:
    now, actor = clock.now(), request.actor
    assert actor.organisation_id is not None
    tax = queries.tax_of(actor.organisation_id, "", now)
    wanted = request.GET.get("state", "")
    to_reverse = queries.to_reverse(actor)
    if wanted == TO_REVERSE:
        asked = to_reverse.order_by("-state_at", "id")
    elif wanted in list(InvoiceState):
        asked = queries.desk_requests(actor, states=(wanted,)).order_by("-state_at", "id")
    else:
        wanted, asked = "", queries.desk_requests(actor, states=tuple(str(s) for s in WAITING_INVOICES))
    context = {
        "page": Paginator(asked, PER_PAGE).get_page(request.GET.get("page")),
        "tabs": [
            ("", _("待开具"), None),
            (TO_REVERSE, _("待红冲"), to_reverse.count()),
            *((str(s), _(INVOICE_LABELS[s]), None) for s in DONE),
        ],
        "state": wanted,
        "waiting": not wanted or wanted in WAITING_INVOICES,
        "now": now,
        "tax": tax,
        "tax_form": form or TaxForm(initial={"tax_bp": tax.bp, "exempt_reason": tax.exempt_reason}),
    }
    return render(request, "payments/invoices_desk.html", context, status=status)


@page(holds("payments.invoice"), methods=("POST",))
def issue(request: Request, number: str) -> HttpResponse:
    """Have it issued."""
    actions.issue_invoice(_found(request, number), by=request.actor, at=clock.now())
    return see_other("payments:invoice", number)


@page(holds("payments.invoice"), methods=("POST",))
def issue_chosen(request: Request) -> HttpResponse:
    """Have several issued, each by itself; then what became of each."""
    numbers, at = batch.chosen(request.POST), clock.now()
    rows = {row.number: row for row in queries.desk_requests(request.actor).filter(number__in=numbers)}
    outcomes = batch.each(numbers, rows, lambda row: actions.issue_invoice(row, by=request.actor, at=at))
    return batch.tell(
        request, outcomes, title=_("开具发票"), link="payments:invoice", back="payments:invoices"
    )


@page(holds("payments.invoice"), methods=("POST",))
def reversal(request: Request, number: str) -> HttpResponse:
    """Reverse it by a red letter."""
    row, form = _found(request, number), ReasonForm(request.POST)
    if form.is_valid():
        try:
            actions.reverse_invoice(row, reason=form.cleaned_data["reason"], by=request.actor, at=clock.now())
            return see_other("payments:invoice", number)
        except Refusal as refusal:
            put(form, refusal)
    return _show(request, row, status=422, form=form)


@page(holds("payments.invoice"), methods=("POST",))
def tax(request: Request) -> HttpResponse:
    """How the agency is taxed from now on."""
    form = TaxForm(request.POST)
    assert request.actor.organisation_id is not None
    if form.is_valid():
        try:
            actions.set_tax(
                organisation_id=request.actor.organisation_id, tax_bp=form.cleaned_data["tax_bp"],
                exempt_reason=form.cleaned_data["exempt_reason"], by=request.actor, at=clock.now(),
            )  # fmt: skip
            return see_other("payments:invoices")
        except Refusal as refusal:
            put(form, refusal)
    return _desk(request, status=422, form=form)
