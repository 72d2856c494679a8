"""What the pages of payments share."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit.access import Request
from anxin.kit.errors import Refusal
from anxin.kit.money import capital, yuan
from anxin.payments import queries
from anxin.payments.actions.refusals import BillUnknown, NotAccepted
from anxin.payments.models import Bill
from anxin.payments.states import BillState
from anxin.payments.values import BillKind


def found(request: Request, number: str) -> Bill:
    """The bill, or the answer that tells a stranger nothing."""
    bill = queries.bill_by_number(number, request.actor)
    if bill is None:
        raise BillUnknown
    return bill


def see_other(name: str, *args: Any) -> HttpResponse:
    """303 to a page of ours."""
    response = redirect(reverse(name, args=args))
    response.status_code = 303
    return response


def is_payer(request: Request, bill: Bill) -> bool:
    """Whether who asks is the payer and not at the agency's desk, though they may work there."""
    actor = request.actor
    return bill.payer_id == actor.person_id and bill.organisation_id != actor.organisation_id


def onward(request: Request, bill: Bill) -> HttpResponse:
    """To the page of the bill's next step: an old link or a second tab may ask for another."""
    if bill.state == BillState.ACCEPTED:
        return see_other("payments:payment", bill.number)
    if bill.state == BillState.PAID:
        return see_other("payments:result", bill.number)
    if bill.state == BillState.DRAWN:
        messages.info(request, str(NotAccepted()))
    newer = bill.superseded_by if bill.state == BillState.SUPERSEDED else bill
    return see_other("payments:bill", newer.number)


def can_invoice(bill: Bill) -> bool:
    """Whether the payer may ask for an invoice: paid, none asked for yet, and not all of it given back."""
    asked = bill.live_requests  # type: ignore[attr-defined]
    if bill.state != BillState.PAID or bill.kind == BillKind.DEPOSIT or asked:
        return False
    return queries.invoiceable_fen(bill) > 0


def put(form: Any, refusal: Refusal) -> None:
    """Show a refusal at the field it concerns, with what was typed."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def shown(bill: Bill) -> dict[str, Any]:
    """What every page says of a bill."""
    return {
        "bill": bill,
        "capital": capital(bill.due_fen),
        "deposit_rows": [(_("已付押金抵扣"), f"-¥{yuan(bill.deposit_fen)}")],
        "topic": f"bill:{bill.pk}",
    }
