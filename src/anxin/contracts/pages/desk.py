"""The agency's desk: contracts that wait for the seal, and the seal put on them."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.contracts import queries
from anxin.contracts.actions import keys, sign
from anxin.contracts.actions.refusals import AlreadySealed, CustomerFirst, WorkerFirst
from anxin.contracts.engine.certificates import LABEL
from anxin.contracts.forms import SealForm
from anxin.contracts.pages.common import back_to, found, put, user_agent
from anxin.contracts.states import ContractState
from anxin.contracts.values import CONTRACT_LABELS
from anxin.kit import clock
from anxin.kit.access import Request, any_of, fresh, holds, page
from anxin.kit.errors import Refusal
from anxin.kit.lists import Asked

PER_PAGE = 30
SORTS = {"waiting": ("state_at", "id"), "service": ("order__starts_at", "id")}


@page(any_of(holds("contracts.seal"), holds("orders.read")))
def desk(request: Request) -> HttpResponse:
    """The organisation's contracts by state, what waits longest first."""
    asked = Asked.of(request)
    text = asked.words("q", _("查找合同"), _("合同号、订单号或客户手机号"))
    wanted = asked.keep("state", ["", *ContractState], "" if text else str(ContractState.CUSTOMER_SIGNED))
    found = queries.desk(request.actor, (wanted,) if wanted else ())
    found = queries.matching_text(found, text)
    found = asked.within(found, "order__starts_at", asked.days(_("服务从"), _("到")))
    found = found.order_by(*asked.sort(SORTS, "waiting"))
    numbers = queries.counts(request.actor)
    tabs = [("", _("全部"), sum(numbers.values()))]
    tabs += [(str(s), _(CONTRACT_LABELS[s]), numbers.get(str(s), 0)) for s in ContractState]
    context = {
        "page": asked.page(found, PER_PAGE), "tabs": tabs, "state": wanted, "asked": asked,
        "may_seal": request.actor.holds("contracts.seal"),
    }  # fmt: skip
    return render(request, "contracts/desk.html", context)


@page(fresh(holds("contracts.seal")), methods=("GET", "POST"))
def sealing(request: Request, number: str) -> HttpResponse:
    """Look at the contract once more, confirm, and seal it."""
    row = found(request, number)
    keys.may_seal(row.organisation_id, request.actor)
    if not row.waits_for_seal:
        if row.waits_for_worker:
            raise WorkerFirst
        raise AlreadySealed if row.state == ContractState.SIGNED else CustomerFirst
    form = SealForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sign.apply_seal(
                row,
                seen=form.cleaned_data["seen"],
                user_agent=user_agent(request),
                by=request.actor,
                at=clock.now(),
            )
            return back_to(row)
        except Refusal as refusal:
            put(form, refusal)
    if request.method == "GET" and row.document is not None:
        form = SealForm(initial={"seen": row.document.sha256})
    context = {
        "contract": row,
        "form": form,
        "document": queries.page_of(row),
        "seal": queries.seal_of(row.organisation_id),
        "signatures": queries.signatures_of(row),
        "consent": sign.SEAL_CONSENT,
        "ca": LABEL,
    }
    return render(request, "contracts/sealing.html", context, status=422 if form.errors else 200)
