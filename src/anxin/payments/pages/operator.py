"""The operator's reconciliation: the channel's books against ours, what differs, money without a bill, callbacks."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.kit import clock
from anxin.kit.access import Request, fresh, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.money import yuan
from anxin.payments import actions, queries
from anxin.payments.actions.refusals import ChannelDown
from anxin.payments.adapters.wechatpay import ChannelError, ChannelSilent
from anxin.payments.forms import DayForm, RefundEndForm, ResolutionForm
from anxin.payments.pages.common import put, see_other

RULE = holds("payments.reconcile")
SHOWN = 100


@page(RULE)
def reconciliation(request: Request) -> HttpResponse:
    """Days, open differences, surplus money, and today's callbacks."""
    return _show(request)


def _said(number: str, fen: int | None, words: str) -> str:
    """What was wrong with the row of this number and amount."""
    return _("%(number)s（¥%(amount)s）：%(words)s") % {
        "number": number,
        "amount": yuan(fen or 0),
        "words": words,
    }


def _show(
    request: Request, *, status: int = 200, day_form: DayForm | None = None, wrong: str = ""
) -> HttpResponse:
    now, actor = clock.now(), request.actor
    differences = list(queries.differences(actor)[:SHOWN])
    context = {
        "days": list(queries.reconciliations(actor)[:31]),
        "differences": differences,
        "stuck": list(queries.stuck_refunds(actor)[:SHOWN]),
        "surplus": list(queries.surplus_payments(actor)[:SHOWN]),
        "callbacks": queries.callback_counts(actor, clock.local_date(now)),
        "day_form": day_form or DayForm(initial={"day": clock.local_date(now)}),
        "wrong": wrong,
    }
    return render(request, "payments/reconciliation.html", context, status=status)


@page(RULE, methods=("POST",), replay=False)
def run(request: Request) -> HttpResponse:
    """Hold one day against the channel's books now; the same day again adds nothing."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _show(request, status=422, day_form=form)
    try:
        actions.reconcile(day=form.cleaned_data["day"], by=request.actor, at=clock.now())
    except (ChannelError, ChannelSilent) as error:
        raise ChannelDown from error
    return see_other("payments:reconciliation")


@page(RULE, methods=("POST",))
def resolution(request: Request, difference_id: UUID) -> HttpResponse:
    """Say how a difference was settled."""
    row = queries.differences(request.actor, open_only=False).filter(pk=difference_id).first()
    if row is None:
        raise NotFound
    form = ResolutionForm(request.POST)
    if form.is_valid():
        try:
            actions.resolve_difference(
                row, resolution=form.cleaned_data["resolution"], by=request.actor, at=clock.now()
            )
            return see_other("payments:reconciliation")
        except Refusal as refusal:
            put(form, refusal)
    words = _("；").join(str(text) for texts in form.errors.values() for text in texts)
    return _show(request, status=422, wrong=_said(row.reference, row.ours_fen, words))


@page(fresh(RULE), methods=("POST",))
def refund_end(request: Request, refund_id: UUID) -> HttpResponse:
    """Say how a refund that could not reach the payer ended: paid out another way, or given up."""
    row = queries.stuck_refunds(request.actor).filter(pk=refund_id).first()
    if row is None:
        raise NotFound
    form = RefundEndForm(request.POST)
    if form.is_valid():
        try:
            actions.resolve_refund(
                row, paid_out=form.cleaned_data["how"] == "paid_out", note=form.cleaned_data["note"],
                by=request.actor, at=clock.now(),
            )  # fmt: skip
            return see_other("payments:reconciliation")
        except Refusal as refusal:
            put(form, refusal)
    words = _("；").join(str(text) for texts in form.errors.values() for text in texts)
    return _show(request, status=422, wrong=_said(row.number, row.amount_fen, words))
