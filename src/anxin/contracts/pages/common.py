"""What the pages of contracts share."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from anxin.contracts import queries
from anxin.contracts.actions.refusals import ContractUnknown
from anxin.contracts.models import Contract
from anxin.kit.access import Request
from anxin.kit.errors import Refusal


def found(request: Request, number: str) -> Contract:
    """The contract, or the answer that tells a stranger nothing."""
    contract = queries.by_number(number, request.actor)
    if contract is None:
        raise ContractUnknown
    return contract


def back_to(contract: Contract) -> HttpResponse:
    """303 to the contract's page."""
    return see_other(reverse("contracts:contract", args=[contract.number]))


def see_other(url: str) -> HttpResponse:
    response = redirect(url)
    response.status_code = 303
    return response


def put(form: Any, refusal: Refusal) -> None:
    """Show a refusal at the field it concerns, with what was typed."""
    name = (refusal.field or "").removeprefix("service.")
    form.add_error(name if name in form.fields else None, str(refusal))


def user_agent(request: Request) -> str:
    return request.headers.get("User-Agent", "")


def attachment(body: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
