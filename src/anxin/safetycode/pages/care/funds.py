"""Subsidies of health checks, from draft to paid, by the association and the bureau (D-7)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.audit.public import record
from anxin.kit import clock
from anxin.kit.access import Request, fresh, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.safetycode.actions import funds as actions
from anxin.safetycode.forms.care import ClaimForm, DecideForm, PayForm, ReasonForm, ReclaimForm
from anxin.safetycode.models import Claim, ClaimLine
from anxin.safetycode.pages.care import OVERSEERS, PER_PAGE
from anxin.safetycode.pages.names import named
from anxin.safetycode.queries import funds as queries
from anxin.safetycode.states import ClaimState
from anxin.safetycode.values.care import CLAIM_STATE_LABELS, LINE_LABELS, LineKind

CLAIM = holds("safetycode.manage")
SUBSIDISE = fresh(holds("safetycode.subsidise"))
TONES = {
    ClaimState.DRAFT: "plain", ClaimState.SUBMITTED: "wait", ClaimState.APPROVED: "wait", ClaimState.PAID: "good",
}  # fmt: skip


def _row(row: Claim) -> dict[str, Any]:
    state = ClaimState(row.state)
    return {"row": row, "state": _(CLAIM_STATE_LABELS[state]), "tone": TONES[state]}


@page(OVERSEERS, methods=("GET", "POST"))
def claims(request: Request) -> HttpResponse:
    """The batches; an association opens another."""
    form = ClaimForm(sent(request))
    made: list[Claim] = []

    def act() -> None:
        made.append(
            actions.open_claim(year=form.cleaned_data["year"], by=request.actor, at=clock.now())
        )  # fmt: skip

    status = attempt(form, act)
    if status == DONE:
        return see_other(reverse("safetycode:claim", args=[made[0].number]))
    asked = Asked.of(request)
    states = [(str(state), _(words)) for state, words in CLAIM_STATE_LABELS.items()]
    found = queries.claims(request.actor)
    if state := asked.pick("state", _("状态"), states):
        found = found.filter(state=state)
    shown = asked.page(found, PER_PAGE)
    context = {
        "page": shown, "rows": [_row(row) for row in shown], "asked": asked, "form": form,
        "may_claim": CLAIM.check(request.actor) is None and bool(request.actor.region),
    }  # fmt: skip
    return render(request, "safetycode/care/claims.html", context, status=status)


def _found(request: Request, number: str) -> Claim:
    row = queries.claim(request.actor, number)
    if row is None:
        raise NotFound
    return row


@page(OVERSEERS)
def claim(request: Request, number: str) -> HttpResponse:
    """One batch: its lines, who is no longer due, and the next step."""
    return _show(request, _found(request, number))


def _show(request: Request, row: Claim, *, status: int = 200, **forms: Any) -> HttpResponse:
    at, actor = clock.now(), request.actor
    own = CLAIM.check(actor) is None and row.claimant_id == actor.organisation_id
    gone = {line.pk for line in queries.no_longer_due(row, at)} if row.state != ClaimState.PAID else set()
    asked = Asked.of(request)
    shown = asked.page(queries.lines(row), 100)
    context = _row(row) | {
        "page": shown,
        "lines": [
            {"line": line, "name": named(actor, line.code.worker), "kind": _(LINE_LABELS[LineKind(line.kind)]),
             "gone": line.pk in gone and line.voided_at is None}
            for line in shown
        ],
        "gone": len(gone), "own": own, "may_edit": own and row.state == ClaimState.DRAFT,
        "may_decide": holds("safetycode.subsidise").check(actor) is None and row.claimant_id != actor.organisation_id,
        "decide": DecideForm(), "pay": PayForm(initial={"paid_on": clock.local_date(at)}), "why": ReasonForm(),
        "reclaim": ReclaimForm(), "history": list(row.history.order_by("-id")[:20]),
        "words": {str(state): _(words) for state, words in CLAIM_STATE_LABELS.items()},
    } | forms  # fmt: skip
    return render(request, "safetycode/care/claim.html", context, status=status)


@page(fresh(CLAIM), methods=("POST",))
def submit(request: Request, number: str) -> HttpResponse:
    row = _found(request, number)
    try:
        actions.submit_claim(claim_number=row.number, by=request.actor, at=clock.now())
        messages.success(request, _("已提交，等待主管部门审批。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("safetycode:claim", args=[row.number]))


@page(CLAIM, methods=("POST",))
def void(request: Request, number: str, key: str) -> HttpResponse:
    """Strike one line out."""
    row, form = _found(request, number), ReasonForm(sent(request))
    status = attempt(
        form,
        lambda: actions.void_line(
            claim_number=row.number, line_id=uuid_or_not_found(key), why=form.cleaned_data["why"], by=request.actor,
            at=clock.now(),
        ),
    )  # fmt: skip
    if status != DONE:
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    return see_other(reverse("safetycode:claim", args=[row.number]))


@page(CLAIM, methods=("POST",))
def reclaim(request: Request, number: str) -> HttpResponse:
    """Take a paid line of an earlier batch back in this one."""
    row, form = _found(request, number), ReclaimForm(sent(request))

    def act() -> None:
        data = form.cleaned_data
        paid = ClaimLine.objects.visible_to(request.actor).filter(
            claim__number=data["number"].strip(), code__number=data["code"].strip().upper(), kind=LineKind.CLAIM,
            voided_at=None,
        ).first()  # fmt: skip
        if paid is None:
            raise NotFound
        actions.reclaim_line(
            line_id=paid.pk, claim_number=row.number, why=data["why"], by=request.actor, at=clock.now()
        )

    status = attempt(form, act)
    if status != DONE:
        return _show(request, row, status=status, reclaim=form)
    return see_other(reverse("safetycode:claim", args=[row.number]))


@page(SUBSIDISE, methods=("POST",))
def decide(request: Request, number: str) -> HttpResponse:
    """Approve, or return with a reason."""
    row, form = _found(request, number), DecideForm(sent(request))
    status = attempt(
        form,
        lambda: actions.decide_claim(
            claim_number=row.number, approve="approve" in request.POST, why=form.cleaned_data["why"],
            by=request.actor, at=clock.now(),
        ),
    )  # fmt: skip
    if status != DONE:
        return _show(request, row, status=status, decide=form)
    return see_other(reverse("safetycode:claim", args=[row.number]))


@page(SUBSIDISE, methods=("POST",))
def pay(request: Request, number: str) -> HttpResponse:
    """Note that the treasury paid."""
    row, form = _found(request, number), PayForm(sent(request))
    status = attempt(
        form,
        lambda: actions.pay_claim(
            claim_number=row.number, reference=form.cleaned_data["reference"], paid_on=form.cleaned_data["paid_on"],
            by=request.actor, at=clock.now(),
        ),
    )  # fmt: skip
    if status != DONE:
        return _show(request, row, status=status, pay=form)
    return see_other(reverse("safetycode:claim", args=[row.number]))


@page(fresh(OVERSEERS))
def export(request: Request, number: str) -> HttpResponse:
    """The rows as the treasury gets them; their SHA-256 is the batch's checksum."""
    row = _found(request, number)
    body = queries.exported(row)
    record(
        "safetycode.export", by=request.actor, at=clock.now(), subject="claim", subject_id=row.pk,
        detail={"number": row.number},
    )  # fmt: skip
    answer = HttpResponse(body, content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.number}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
