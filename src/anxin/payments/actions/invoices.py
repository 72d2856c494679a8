"""Invoices: asked for, issued in time, delivered, reversed by a red letter, warned about when late (B-7.8.3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from anxin.accounts import public as accounts
from anxin.audit.public import record
from anxin.files import public as files
from anxin.files.values import FileKind
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.events import announce
from anxin.kit.ids import number
from anxin.kit.jobs import defer
from anxin.kit.live import touch
from anxin.kit.models import allow, begin, move
from anxin.kit.text import gettext_noop
from anxin.orders import public as orders
from anxin.payments import queries
from anxin.payments.actions import papers, refusals
from anxin.payments.actions.locks import hold_bill
from anxin.payments.adapters.einvoice import OfficeRefused, TaxOffice, is_simulated, tax_office
from anxin.payments.engine import paper as paper_engine
from anxin.payments.events import InvoiceIssued
from anxin.payments.models import Bill, Invoice, InvoiceRequest, TaxSetting
from anxin.payments.states import BillState, InvoiceState
from anxin.payments.values import INVOICE_DAYS, BillKind, PaperKind, TitleKind
from anxin.policies import public as policies


@transaction.atomic
def request_invoice(
    bill: Bill,
    *,
    title_kind: TitleKind,
    title: str,
    tax_number: str = "",
    details: Mapping[str, str] | None = None,
    note: str = "",
    by: Actor,
    at: datetime,
) -> InvoiceRequest:
    """The customer asks for an invoice of what they paid for good; `details`: address, phone, bank, account.

    Refuses: OnlyPayer, DepositNotInvoiced, NotPaidYet, NothingToInvoice, InvoiceExists, TitleNeeded, UsccInvalid.
    """
    if by.person_id != bill.payer_id and not by.is_system:
        raise refusals.OnlyPayer
    if not title.strip():
        raise refusals.TitleNeeded("title")
    company = title_kind == TitleKind.COMPANY
    code = accounts.check_uscc(tax_number, field="tax_number").code if company else ""
    bill = hold_bill(bill.pk)
    amount = queries.invoiceable_fen(bill)
    if bill.kind == BillKind.DEPOSIT:
        raise refusals.DepositNotInvoiced
    if bill.state != BillState.PAID:
        raise refusals.NotPaidYet
    if amount <= 0:
        raise refusals.NothingToInvoice
    if queries.request_of_bill(bill) is not None:
        raise refusals.InvoiceExists
    row = InvoiceRequest(
        number=number("I", at), bill=bill, organisation_id=bill.organisation_id, title_kind=str(title_kind),
        title=title.strip()[:300], tax_number=code, details={k: v[:300] for k, v in (details or {}).items() if v},
        amount_fen=amount, note=note.strip()[:200], asked_by=by.person_id or bill.payer_id,
        due_at=at + timedelta(days=policies.read(INVOICE_DAYS, at=at)), created_at=at,
    )  # fmt: skip
    begin(row, by=by, at=at)
    orders.add_note(order_id=bill.order_id, kind="invoice_asked", text=gettext_noop("客户申请开具发票"),
                    to="provider money", by=by, at=at, side="customer")  # fmt: skip
    record("payments.request_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{bill.pk}")
    return row


@transaction.atomic
def withdraw_request(row: InvoiceRequest, *, by: Actor, at: datetime) -> InvoiceRequest:
    """The customer takes back a request that nobody has issued yet; they may ask anew, with another title for instance.

    Refuses: OnlyPayer, NotAllowed (being issued, or issued: then only a red letter helps).
    """
    if by.person_id != row.bill.payer_id or by.organisation_id:
        raise refusals.OnlyPayer
    move(row, InvoiceState.WITHDRAWN, by=by, at=at)
    orders.add_note(order_id=row.bill.order_id, kind="invoice_withdrawn", text=gettext_noop("客户撤回了开票申请"),
                    to="provider money", by=by, at=at, side="customer")  # fmt: skip
    record("payments.withdraw_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{row.bill_id}")
    return row


@transaction.atomic
def issue_invoice(row: InvoiceRequest, *, by: Actor, at: datetime) -> InvoiceRequest:
    """The agency has the invoice issued, for what is paid for good by now; a job speaks with the tax channel.

    Refuses: OnlyAgency, NothingToInvoice (it was given back meanwhile), NotAllowed.
    """
    _agency(row, by)
    amount = queries.invoiceable_fen(hold_bill(row.bill_id))
    if amount <= 0:
        raise refusals.NothingToInvoice
    move(row, InvoiceState.ISSUING, by=by, at=at, problem="", amount_fen=amount)
    defer("payments.send_invoice", request_id=str(row.pk))
    record("payments.issue_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{row.bill_id}")
    return row


def send_invoice(request_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> InvoiceRequest:
    """Ask the tax channel for the invoice and keep what it issued; safe to repeat.

    Without a tax channel a receipt is made that says it is no invoice. Raises OfficeSilent: the job tries again.
    """
    row = queries.request_by_id(request_id)
    if row.state != InvoiceState.ISSUING:
        return row
    tax = queries.tax_of(row.organisation_id, row.bill.order.item_code, at)
    content = papers.content_of(row, tax, at)
    office = tax_office()
    if office is None:
        receipt = Invoice(
            kind=str(PaperKind.RECEIPT), number=f"SJ-{row.number}", issued_at=at, simulated=False
        )
        return _keep(row, receipt, content, by=by, at=at)
    try:
        issued = office.issue(str(row.pk), content)
    except OfficeRefused as refused:
        return _failed(row, str(refused), by=by, at=at)
    made = Invoice(
        kind=str(PaperKind.BLUE), number=issued.number, issued_at=issued.issued_at, simulated=is_simulated()
    )
    return _keep(row, made, content, by=by, at=at)


@transaction.atomic
def _keep(
    row: InvoiceRequest, made: Invoice, content: dict[str, Any], *, by: Actor, at: datetime
) -> InvoiceRequest:
    row = InvoiceRequest.objects.select_for_update(of=("self",)).select_related("bill").get(pk=row.pk)
    if row.state != InvoiceState.ISSUING:
        return row
    try:
        with transaction.atomic():
            _file(row, made, content, by=by, at=at)
    except IntegrityError:
        # The office told the same number again: it is kept already.
        made = Invoice.objects.get(number=made.number)
    move(row, InvoiceState.ISSUED, by=by, at=at)
    announce(InvoiceIssued(row.bill.order_id, made.pk))
    deliver_invoice(row, by=by, at=at)
    # What was refunded while the office was asked is on no paper yet.
    ask_for_red(row.bill, by=by, at=at)
    return row


def _file(row: InvoiceRequest, made: Invoice, content: dict[str, Any], *, by: Actor, at: datetime) -> None:
    made.request, made.content, made.created_at = row, content, at
    made.net_fen, made.tax_fen, made.gross_fen = content["net_fen"], content["tax_fen"], content["gross_fen"]
    made.tax_bp = content["tax_bp"]
    document = paper_engine.pdf(papers.layout(made, content), at=made.issued_at)
    made.file = files.store_bytes(
        document, name=f"{made.number}.pdf", kind=FileKind.INVOICE, by=by, at=at,
        person_id=row.bill.payer_id, organisation_id=row.organisation_id,
    )  # fmt: skip
    made.save(force_insert=True)


@transaction.atomic
def deliver_invoice(row: InvoiceRequest, *, by: Actor, at: datetime) -> InvoiceRequest:
    """The invoice reaches the customer: it lies in their bill and they are told. Refuses: NotAllowed, Moved."""
    allow(row, "deliver")
    move(row, InvoiceState.DELIVERED, by=by, at=at)
    orders.add_note(order_id=row.bill.order_id, kind="invoice", text=gettext_noop("发票已开具，可在账单中下载"),
                    to="customer", by=by, at=at, side="agency", sms=True)  # fmt: skip
    record("payments.deliver_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{row.bill_id}")
    return row


@transaction.atomic
def _failed(row: InvoiceRequest, problem: str, *, by: Actor, at: datetime) -> InvoiceRequest:
    row = InvoiceRequest.objects.select_for_update().get(pk=row.pk)
    if row.state == InvoiceState.ISSUING:
        move(row, InvoiceState.FAILED, by=by, at=at, why=problem, problem=problem[:200])
    elif row.state == InvoiceState.RED_PENDING:
        move(row, InvoiceState.DELIVERED, by=by, at=at, why=problem, problem=problem[:200])
    touch(f"bill:{row.bill_id}")
    return row


@transaction.atomic
def reverse_invoice(row: InvoiceRequest, *, reason: str, by: Actor, at: datetime) -> InvoiceRequest:
    """Reverse an issued invoice by a red letter, with a reason. Refuses: OnlyAgency, WordsNeeded, NotAllowed."""
    _agency(row, by)
    if not reason.strip():
        raise refusals.WordsNeeded("reason")
    move(row, InvoiceState.RED_PENDING, by=by, at=at, why=reason.strip()[:200], note=reason.strip()[:200])
    defer("payments.send_red", request_id=str(row.pk))
    record("payments.reverse_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{row.bill_id}")
    return row


def send_red(request_id: UUID, *, by: Actor = SYSTEM, at: datetime) -> InvoiceRequest:
    """Apply for the red-letter confirmation, then have the red invoice issued; safe to repeat."""
    row = queries.request_by_id(request_id)
    if row.state != InvoiceState.RED_PENDING:
        return row
    blue = row.papers.exclude(kind=str(PaperKind.RED)).get()
    office = tax_office()
    if office is None or blue.kind == PaperKind.RECEIPT:
        made = Invoice(kind=str(PaperKind.RED), number=f"HC-{row.number}", issued_at=at, simulated=False)
        return _keep_red(row, blue, made, "", by=by, at=at)
    try:
        confirmation, issued = _red(office, row, blue)
    except OfficeRefused as refused:
        return _failed(row, str(refused), by=by, at=at)
    made = Invoice(
        kind=str(PaperKind.RED), number=issued.number, issued_at=issued.issued_at, simulated=is_simulated()
    )
    return _keep_red(row, blue, made, confirmation, by=by, at=at)


def _red(office: TaxOffice, row: InvoiceRequest, blue: Invoice) -> tuple[str, Any]:
    confirmation = office.confirm_red(f"{row.pk}-c", number=blue.number, reason=row.note)
    return confirmation, office.issue_red(f"{row.pk}-r", confirmation=confirmation)


@transaction.atomic
def _keep_red(
    row: InvoiceRequest, blue: Invoice, made: Invoice, confirmation: str, *, by: Actor, at: datetime
) -> InvoiceRequest:
    row = InvoiceRequest.objects.select_for_update(of=("self",)).select_related("bill").get(pk=row.pk)
    if row.state != InvoiceState.RED_PENDING:
        return row
    made.reverses, made.red_confirmation = blue, confirmation
    _file(row, made, papers.negative(blue.content), by=by, at=at)
    move(row, InvoiceState.RED, by=by, at=at)
    orders.add_note(order_id=row.bill.order_id, kind="invoice_red", text=gettext_noop("发票已红冲，可以重新申请"),
                    to="customer", by=by, at=at, side="agency")  # fmt: skip
    record("payments.red_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)
    touch(f"bill:{row.bill_id}")
    return row


def take_back_request(bill_id: UUID, *, by: Actor, at: datetime) -> None:
    """All of a bill was given back: a request that nobody has issued asks for nothing any more."""
    bill = queries.bill_by_id(bill_id)
    row = queries.request_of_bill(bill)
    if row is None or not row.can("withdraw") or bill.refunded_fen < bill.total_fen:
        return
    move(row, InvoiceState.WITHDRAWN, by=by, at=at)
    text = gettext_noop("款项已全部退回，开票申请随之撤回")
    orders.add_note(order_id=bill.order_id, kind="invoice_withdrawn", text=text, to="customer provider money",
                    by=by, at=at, side="platform")  # fmt: skip
    record("payments.withdraw_invoice", by=by, at=at, subject="invoice", subject_id=row.pk)


def ask_for_red(bill: Bill, *, by: Actor, at: datetime) -> None:
    """Tell the agency when an invoice stands for more than was kept after a refund: it must be reversed (§8.4)."""
    if queries.invoice_says_too_much(bill.pk):
        orders.add_note(
            order_id=bill.order_id, kind="invoice_to_reverse", text=gettext_noop("退款后原发票金额不符，待机构红冲"),
            to="provider money", by=by, at=at, side="platform", sms=True,
        )  # fmt: skip


@transaction.atomic
def warn_overdue(row: InvoiceRequest, *, by: Actor = SYSTEM, at: datetime) -> bool:
    """The agency has let its time pass: it is told, once. Returns whether this call told it."""
    changed = InvoiceRequest.objects.filter(pk=row.pk, warned_at=None).update(warned_at=at)
    if not changed:
        return False
    late = gettext_noop("发票开具已超过时限，请尽快处理")
    orders.add_note(order_id=row.bill.order_id, kind="invoice_late", text=late, to="provider money", by=by,
                    at=at, side="platform", sms=True)  # fmt: skip
    record("payments.invoice_overdue", by=by, at=at, subject="invoice", subject_id=row.pk)
    return True


@transaction.atomic
def set_tax(
    *,
    organisation_id: UUID,
    tax_bp: int,
    exempt_reason: str = "",
    item_code: str = "",
    by: Actor,
    at: datetime,
) -> TaxSetting:
    """An agency says how it is taxed from now on: 600, 300, 100 basis points, or 0 with the reason of exemption.

    Refuses: OnlyAgency, TaxRateWrong. Rates are never built in (standards §8.3).
    """
    if not by.is_system and (by.organisation_id != organisation_id or not by.holds("payments.invoice")):
        raise refusals.OnlyAgency
    if tax_bp not in (0, 100, 300, 600) or (tax_bp == 0 and not exempt_reason.strip()):
        raise refusals.TaxRateWrong("tax_bp")
    row = TaxSetting.objects.create(
        organisation_id=organisation_id, item_code=item_code, tax_bp=tax_bp, valid_from=at, created_at=at,
        exempt_reason=exempt_reason.strip()[:200], set_by=by.person_id,
    )  # fmt: skip
    record("payments.set_tax", by=by, at=at, subject="organisation", subject_id=organisation_id,
           detail={"tax_bp": tax_bp, "item": item_code})  # fmt: skip
    return row


def _agency(row: InvoiceRequest, by: Actor) -> None:
    if by.is_system:
        return
    if by.organisation_id != row.organisation_id or not by.holds("payments.invoice"):
        raise refusals.OnlyAgency
