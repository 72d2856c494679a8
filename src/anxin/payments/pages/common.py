"""What the pages of payments share."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.kit.access import Request
from anxin.kit.errors import Refusal
from anxin.kit.money import capital, yuan
from anxin.payments import queries
from anxin.payments.actions.refusals import BillUnknown
from anxin.payments.models import Bill


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


def put(form: Any, refusal: Refusal) -> None:
    """Show a refusal at the field it concerns, with what was typed."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def shown(bill: Bill) -> dict[str, Any]:
    """What every page says of a bill."""
    return {
        "bill": bill,
        "capital": capital(bill.due_fen),
        "deposit_rows": [(_("已付定金抵扣"), f"-¥{yuan(bill.deposit_fen)}")],
        "topic": f"bill:{bill.pk}",
    }
