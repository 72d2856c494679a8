"""Insurance policies: filed by the agency with its roster, confirmed by the insurer or the association."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anxin.kit import clock, sheets
from anxin.kit.access import Request, any_of, holds, page
from anxin.kit.crypto import Tampered, read_token, sign_token
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, sent, tell
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.safetycode import actions
from anxin.safetycode.forms import WhyForm
from anxin.safetycode.forms.filings import CLASSES, EndForm, PolicyForm, RosterForm, initial
from anxin.safetycode.models import InsurancePolicy
from anxin.safetycode.queries import filings as queries
from anxin.safetycode.states import FILING_STATE_LABELS, FilingState
from anxin.safetycode.values.filings import (
    FINDING_LABELS,
    LIMIT_LABELS,
    PRODUCT_LABELS,
    ROW_FAULT_LABELS,
    Product,
    RosterRow,
    Told,
)

READ = any_of(
    holds("workers.read"), holds("safetycode.insure"), holds("safetycode.manage"), holds("workers.oversee"),
    holds("governance.supervise"),
)  # fmt: skip
FILE = holds("workers.manage")
CONFIRM = any_of(holds("safetycode.insure"), holds("safetycode.manage"))
CHANGE = any_of(FILE, CONFIRM)
PER_PAGE = 30
# How long a roster that was looked at may be put in: it is read anew then.
PREVIEW_S = 3600
PURPOSE = "safetycode.roster"
HEADING = (queries.NAME, queries.NUMBER, queries.IDENTITY)
TONES = {
    FilingState.FILED: "wait", FilingState.RETURNED: "bad", FilingState.CONFIRMED: "good",
    FilingState.ENDED: "plain", FilingState.DROPPED: "plain",
}  # fmt: skip


class PreviewLapsed(actions.RosterFaulty):
    code = "preview_lapsed"
    message = gettext_lazy("核对过的名单已经过期，请重新上传。")


def shown(row: InsurancePolicy) -> dict[str, Any]:
    """A policy in words."""
    state = FilingState(row.state)
    over = state is FilingState.CONFIRMED and row.valid_to < clock.local_date(clock.now())
    return {
        "row": row, "product": _(PRODUCT_LABELS[Product(row.product)]), "occupation": CLASSES[row.occupation_class],
        "state": _("已到期") if over else _(FILING_STATE_LABELS[state]), "tone": "plain" if over else TONES[state],
        "limits": [(_(LIMIT_LABELS[limit]), fen) for limit, fen in row.limits.items()],
    }  # fmt: skip


def said(told: Told) -> str:
    """A finding in words."""
    params = {name: _(value) if isinstance(value, str) else value for name, value in told.params.items()}
    return _(FINDING_LABELS[told.finding]) % params


@page(READ)
def policies(request: Request) -> HttpResponse:
    """Policies: an agency's own, an insurer's own, a region's for who looks after it."""
    asked = Asked.of(request)
    states = [(str(state), _(label)) for state, label in FILING_STATE_LABELS.items()]
    rows = queries.policies(request.actor, state=asked.pick("state", _("状态"), states))
    page_of = asked.page(rows, PER_PAGE)
    context = {
        "page": page_of, "rows": [shown(row) for row in page_of.object_list], "asked": asked,
        "may_file": request.actor.holds("workers.manage"),
    }  # fmt: skip
    return render(request, "safetycode/filings/policies.html", context)


@page(FILE, methods=("GET", "POST"))
def filing(request: Request) -> HttpResponse:
    """File a policy; the roster follows on its own page."""
    form = PolicyForm(sent(request))
    made: list[InsurancePolicy] = []
    status = attempt(
        form,
        lambda: made.append(
            actions.file_policy(
                terms=form.terms(), insurer_name=form.cleaned_data["insurer_name"], by=request.actor,
                at=clock.now(),
            )
        ),
    )  # fmt: skip
    if status == DONE:
        messages.success(request, _("保单已报备，请上传被保人名单。"))
        return see_other(_home(made[0].pk))
    context = {"form": form, "insurers": queries.insurers()}
    return render(request, "safetycode/filings/filing.html", context, status=status)


@page(READ)
def policy(request: Request, policy_id: str) -> HttpResponse:
    """One policy: terms, what is to be told of it, the roster, and what the reader may do."""
    return _policy(request, _row(request, policy_id))


def _policy(request: Request, row: InsurancePolicy, *, status: int = 200, **forms: Any) -> HttpResponse:
    at, by = clock.now(), request.actor
    own = by.organisation_id == row.holder_id and by.holds("workers.manage")
    insurer = row.insurer_id is not None and by.organisation_id == row.insurer_id
    confirms = by.holds("safetycode.manage") or (insurer and by.holds("safetycode.insure"))
    roster = list(queries.roster(by, row.pk)[:600])
    waiting = [one for one in roster if one.confirmed_at is None and one.struck_at is None]
    live = row.state in (FilingState.FILED, FilingState.RETURNED, FilingState.CONFIRMED)
    context = {
        "policy": shown(row), "told": [said(one) for one in queries.told_of(row, at)] if live else [],
        "roster": roster, "own": own, "confirms": confirms, "waiting": len(waiting), "live": live,
        "may_end": (own or confirms) and row.state == FilingState.CONFIRMED,
        "may_strike": own or confirms,
        "roster_form": RosterForm(), "why_form": WhyForm(), "end_form": EndForm(), **forms,
        "form": PolicyForm(initial=initial(row)) if own and row.state == FilingState.RETURNED else None,
    }  # fmt: skip
    if "form" in forms:
        context["form"] = forms["form"]
    return render(request, "safetycode/filings/policy.html", context, status=status)


@page(FILE, methods=("POST",))
def again(request: Request, policy_id: str) -> HttpResponse:
    """File a policy that was sent back."""
    row = _row(request, policy_id)
    form = PolicyForm(request.POST)
    status = attempt(
        form,
        lambda: actions.file_again(policy_id=row.pk, terms=form.terms(), by=request.actor, at=clock.now()),
    )
    if status == DONE:
        messages.success(request, _("改好的保单已重新报备。"))
        return see_other(_home(row.pk))
    return _policy(request, row, status=status, form=form)


@page(FILE, methods=("POST",))
def roster(request: Request, policy_id: str) -> HttpResponse:
    """Look at an uploaded roster row by row before anybody is put on the policy."""
    row = _row(request, policy_id)
    form = RosterForm(request.POST, request.FILES)
    if not form.is_valid():
        return _policy(request, row, status=422, roster_form=form)
    try:
        content = form.cleaned_data["file"].read(sheets.MOST_BYTES + 1)
        lines = sheets.read(content, columns=(queries.NAME,), optional=HEADING[1:])
        if not lines:
            raise actions.RosterEmpty("file")
    except Refusal as refusal:
        tell(form, refusal)
        return _policy(request, row, status=refusal.status, roster_form=form)
    found = queries.read_roster(row, lines)
    wrong = [one for one in found if one.fault]
    token = ""
    if not wrong:
        claims = {"p": str(row.pk), "w": [str(one.worker_id) for one in found]}
        token = sign_token(PURPOSE, claims, PREVIEW_S)
    context = {
        "policy": shown(row), "rows": [(one, _fault(one)) for one in found], "wrong": len(wrong), "token": token,
    }  # fmt: skip
    return render(request, "safetycode/filings/preview.html", context, status=422 if wrong else 200)


def _fault(one: RosterRow) -> str:
    return _(ROW_FAULT_LABELS[one.fault]) % one.params if one.fault else ""


@page(FILE, methods=("POST",))
def insured(request: Request, policy_id: str) -> HttpResponse:
    """Put everybody of a roster that was looked at on the policy, or nobody."""
    row = _row(request, policy_id)
    try:
        claims = read_token(PURPOSE, request.POST.get("roster", ""))
        if claims.get("p") != str(row.pk):
            raise PreviewLapsed("file", n=0)
        added = actions.add_insured(
            policy_id=row.pk, worker_ids=[UUID(one) for one in claims["w"]], by=request.actor, at=clock.now()
        )
        messages.success(request, _("已加入 %(n)s 人，等保险公司或协会确认后生效。") % {"n": len(added)})
    except Tampered:
        messages.error(request, str(PreviewLapsed("file", n=0)))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(_home(row.pk))


@page(FILE)
def template(request: Request) -> HttpResponse:
    """The empty roster to fill in."""
    response = HttpResponse(
        sheets.write_xlsx(HEADING, []),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = 'attachment; filename="roster.xlsx"'
    return response


@page(CONFIRM, methods=("POST",))
def confirmation(request: Request, policy_id: str) -> HttpResponse:
    return _done(request, policy_id, actions.confirm_policy, _("已确认，名单上的人都有了保险凭证。"))


@page(FILE, methods=("POST",))
def dropping(request: Request, policy_id: str) -> HttpResponse:
    return _done(request, policy_id, actions.drop_policy, _("已撤回。"))


def _done(request: Request, policy_id: str, action: Any, words: str) -> HttpResponse:
    row = _row(request, policy_id)
    try:
        action(policy_id=row.pk, by=request.actor, at=clock.now())
        messages.success(request, words)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(_home(row.pk))


@page(CONFIRM, methods=("POST",))
def returning(request: Request, policy_id: str) -> HttpResponse:
    """Send a policy back with what is to be put right."""
    row = _row(request, policy_id)
    form = WhyForm(request.POST)
    status = attempt(
        form,
        lambda: actions.send_back_policy(
            policy_id=row.pk, why=form.cleaned_data["why"], by=request.actor, at=clock.now()
        ),
    )
    if status == DONE:
        messages.success(request, _("已退回，机构会收到原因。"))
        return see_other(_home(row.pk))
    return _policy(request, row, status=status, why_form=form)


@page(CHANGE, methods=("POST",))
def ending(request: Request, policy_id: str) -> HttpResponse:
    """End a policy before its time."""
    row = _row(request, policy_id)
    form = EndForm(request.POST)
    status = attempt(
        form,
        lambda: actions.end_policy(policy_id=row.pk, by=request.actor, at=clock.now(), **form.cleaned_data),
    )
    if status == DONE:
        messages.success(request, _("保单已终止，受影响的安心码已重新判定。"))
        return see_other(_home(row.pk))
    return _policy(request, row, status=status, end_form=form)


@page(CHANGE, methods=("POST",))
def striking(request: Request, policy_id: str, worker_id: str) -> HttpResponse:
    """Take somebody off the roster."""
    row = _row(request, policy_id)
    actions.strike_insured(
        policy_id=row.pk, worker_id=uuid_or_not_found(worker_id), why=request.POST.get("why", "")[:200],
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("已移出名单，安心码已重新判定。"))
    return see_other(_home(row.pk))


def _row(request: Request, policy_id: str) -> InsurancePolicy:
    row = queries.policy_for(request.actor, uuid_or_not_found(policy_id))
    if row is None:
        raise NotFound
    return row


def _home(policy_id: UUID) -> str:
    return reverse("safetycode:policy", args=[policy_id])
