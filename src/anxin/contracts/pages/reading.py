"""The customer reads, corrects and signs; both parties look and download."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.contracts import queries
from anxin.contracts.actions import check, review, sign
from anxin.contracts.actions.refusals import NotReady, TextChanged
from anxin.contracts.engine.certificates import LABEL
from anxin.contracts.forms import CorrectionForm, SignForm
from anxin.contracts.models import Contract
from anxin.contracts.pages.common import attachment, back_to, found, put, user_agent
from anxin.contracts.states import ContractState
from anxin.contracts.values import EVIDENCE_LABELS, EvidenceKind
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, page
from anxin.kit.actor import Actor
from anxin.kit.errors import Refusal
from anxin.kit.masks import mask_phone


@page(SIGNED_IN)
def mine(request: Request) -> HttpResponse:
    """A customer's contracts."""
    return render(request, "contracts/mine.html", {"contracts": queries.mine(request.actor)[:100]})


@page(SIGNED_IN)
def contract(request: Request, number: str) -> HttpResponse:
    """The contract in plain words first, then in full; what the reader can do next on top."""
    row = found(request, number)
    if request.actor.person_id == row.person_id:
        review.mark_read(row, by=request.actor, at=clock.now())
    return render(request, _layout(request, row), _context(request, row))


@page(SIGNED_IN)
def status(request: Request, number: str) -> HttpResponse:
    """The part of the contract's page that follows its state."""
    return render(request, "contracts/_status.html", _context(request, found(request, number)))


def _layout(request: Request, row: Contract) -> str:
    return "contracts/contract_desk.html" if request.actor.organisation_id else "contracts/contract.html"


def _context(request: Request, row: Contract) -> dict[str, Any]:
    actor = request.actor
    mine = row.person_id == actor.person_id and actor.organisation_id is None
    return {
        "contract": row,
        "document": queries.page_of(row),
        "missing": queries.missing_items(row) if row.state == ContractState.DRAFTING else [],
        "signatures": queries.signatures_of(row),
        "addenda": [] if row.is_addendum else queries.addenda_of(row),
        "mine": mine,
        "can_sign": (mine and row.can("sign")) or (_as_worker(row, actor) and row.waits_for_worker),
        "can_correct": mine
        and row.state in (ContractState.READY, ContractState.DRAFTING)
        and row.assignment_id,
        "can_seal": row.waits_for_seal
        and actor.organisation_id == row.organisation_id
        and actor.holds("contracts.seal"),
        "topic": f"contract:{row.pk}",
        "ca": LABEL,
    }


def _as_worker(row: Contract, actor: Actor) -> bool:
    worker = row.assignment.worker if row.tripartite and row.assignment else None
    return worker is not None and worker.person_id == actor.person_id and actor.organisation_id is None


@page(SIGNED_IN, methods=("GET", "POST"))
def correction(request: Request, number: str) -> HttpResponse:
    """Put right what is the customer's own; the contract is set anew."""
    row = found(request, number)
    review.only_customer(row, request.actor)
    typed = {name: row.values.get(f"service.{name}", "") for name in CorrectionForm.base_fields}
    form = CorrectionForm(request.POST if request.method == "POST" else None, initial=typed)
    if request.method == "POST" and form.is_valid():
        try:
            review.correct(row, wishes=form.wishes, by=request.actor, at=clock.now())
            return back_to(row)
        except Refusal as refusal:
            put(form, refusal)
    context = {"contract": row, "form": form, "town": row.values.get("service.place_town", "")}
    return render(request, "contracts/correction.html", context, status=422 if form.errors else 200)


# The form's own key is for signing; how often a code is sent is limited for itself.
@page(SIGNED_IN, methods=("POST",), replay=False)
def code(request: Request, number: str) -> HttpResponse:
    """Send the one-time code for signing; then back to the signing page, with all that was typed there."""
    row = found(request, number)
    try:
        phone = sign.send_code(row, by=request.actor, at=clock.now())
        told, error = _("验证码已发送到 %(phone)s，5 分钟内有效。") % {"phone": phone}, ""
    except Refusal as refusal:
        told, error = "", str(refusal)
    context = {"contract": row, "told": told, "error": error}
    if request.htmx:
        return render(request, "contracts/_code.html", context)
    return _signing_page(request, row, None, context, typed=request.POST.dict())


@page(SIGNED_IN, methods=("GET", "POST"))
def signature(request: Request, number: str) -> HttpResponse:
    """Sign by hand or by typing one's name, confirmed by the one-time code."""
    row = found(request, number)
    if request.method == "GET":
        sign.signable(row, request.actor)
        return _signing_page(request, row, None, {})
    form = SignForm(request.POST)
    if form.is_valid():
        try:
            if form.cleaned_data["drawn"]:
                accounts.ask_consent(
                    purpose=Purpose.HANDWRITING, person_id=request.actor.person,
                    version=accounts.ticked(request, Purpose.HANDWRITING), by=request.actor, at=clock.now(),
                )  # fmt: skip
            sign.sign(
                row, **form.cleaned_data, user_agent=user_agent(request), by=request.actor, at=clock.now()
            )
            return back_to(row)
        except TextChanged as refusal:
            # What stands on the page from now on is the new text; nothing is drawn or typed again.
            row = found(request, number)
            form = SignForm({**request.POST.dict(), "seen": row.document.sha256 if row.document else ""})
            form.is_valid()
            form.add_error(None, str(refusal))
            return _signing_page(request, row, form, {"changed": True})
        except Refusal as refusal:
            put(form, refusal)
    return _signing_page(request, row, form, {})


def _signing_page(
    request: Request, row: Contract, form: SignForm | None, more: dict[str, Any], *, typed: Any = None
) -> HttpResponse:
    seen = row.document.sha256 if row.document else ""
    context = {
        "contract": row,
        "form": form or SignForm(initial={"seen": seen} | (typed or {})),
        "document": queries.page_of(row),
        "phone": mask_phone(sign.signer(row, request.actor)[1].phone),
        "consent": sign.CONSENT,
        "ca": LABEL,
        "told": "",
        "error": "",
        **more,
    }
    bad = (form is not None and form.errors) or more.get("error")
    return render(request, "contracts/signature.html", context, status=422 if bad else 200)


@page(SIGNED_IN)
def document(request: Request, number: str) -> HttpResponse:
    """The PDF, for the parties only."""
    row = found(request, number)
    paper = queries.document_of(row)
    if paper is None:
        raise NotReady
    check.note_download(row, by=request.actor, at=clock.now())
    return attachment(paper.read(), f"{row.template.text.title}-{row.number}.pdf", "application/pdf")


@page(SIGNED_IN)
def evidence(request: Request, number: str) -> HttpResponse:
    """The chain of evidence, recomputed while one looks."""
    row = found(request, number)
    chain = queries.evidence_of(row)
    links = [(link, _(EVIDENCE_LABELS[EvidenceKind(link.kind)])) for link in chain.links]
    context = {"contract": row, "links": links, "fault": chain.fault, "head": chain.head}
    return render(request, "contracts/evidence.html", context)
