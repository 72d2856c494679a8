"""Background checks on the desk and on the phone, and the match of person and card (F-3)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.kit import clock
from anxin.kit.access import SIGNED_IN, Request, any_of, fresh, holds, page
from anxin.kit.errors import NotFound, Refusal
from anxin.kit.forms import DONE, attempt, tell
from anxin.kit.lists import Asked
from anxin.kit.models import uuid_or_not_found
from anxin.kit.redirects import see_other
from anxin.safetycode import actions
from anxin.safetycode.engine import shapes
from anxin.safetycode.forms.checks import AnswersForm, AskForm, FaceForm
from anxin.safetycode.models import BackgroundCheck
from anxin.safetycode.queries import checks as queries
from anxin.safetycode.states import CHECK_STATE_LABELS, CheckState
from anxin.safetycode.values.checks import (
    AUTHORITIES,
    CHANNEL_LABELS,
    CHECK_RESULT_LABELS,
    FACE_RESULT_LABELS,
    LINE_FAULT_LABELS,
    Channel,
    CheckResult,
    FaceFacts,
    FaceResult,
)
from anxin.workers.public import NoSuchWorker, Worker, worker_of

ASK = any_of(holds("workers.manage"), holds("safetycode.manage"))
READ = any_of(ASK, holds("workers.oversee"), holds("governance.supervise"))
EXCHANGE = holds("safetycode.manage")
PER_PAGE = 30
RESULT_TONES = {CheckResult.PASS: "good", CheckResult.FAIL: "bad", CheckResult.UNVERIFIABLE: "wait"}
FACE_TONES = {FaceResult.MATCH: "good", FaceResult.MISMATCH: "bad"}


def shown(row: BackgroundCheck) -> dict[str, Any]:
    """A check in words: conclusion and dates, as that is all there is."""
    result = CheckResult(row.result) if row.result else None
    return {
        "row": row, "name": row.worker.person.name, "channel": _(CHANNEL_LABELS[Channel(row.channel)]),
        "state": _(CHECK_RESULT_LABELS[result]) if result else _(CHECK_STATE_LABELS[CheckState(row.state)]),
        "tone": RESULT_TONES[result] if result else "wait",
        "authority": _(AUTHORITIES[row.authority]) if row.authority else "",
        "open": row.state in (CheckState.ASKED, CheckState.WAITING),
    }  # fmt: skip


def face_shown(facts: FaceFacts) -> dict[str, Any]:
    return {
        "facts": facts,
        "words": _(FACE_RESULT_LABELS[facts.result]),
        "tone": FACE_TONES.get(facts.result, "wait"),
    }


@page(READ, methods=("GET",))
def checks(request: Request) -> HttpResponse:
    """Checks of the workers that the reader looks after; the association's files beside them."""
    return _checks(request, AskForm())


@page(ASK, methods=("POST",))
def asking(request: Request) -> HttpResponse:
    """Ask for one worker's check, by number."""
    form = AskForm(request.POST)
    status = attempt(form, lambda: _ask(request, form))
    if status == DONE:
        messages.success(request, _("已提出核查，有结果会通知。"))
        return see_other(reverse("safetycode:checks"))
    return _checks(request, form, status=status)


def _ask(request: Request, form: AskForm) -> None:
    number = form.cleaned_data["number"].strip().upper()
    worker = Worker.objects.visible_to(request.actor).filter(number=number).first()
    if worker is None:
        raise NoSuchWorker("number")
    actions.ask_background(worker_id=worker.pk, channel=form.way(), by=request.actor, at=clock.now())


def _checks(request: Request, form: AskForm, *, status: int = 200, **more: Any) -> HttpResponse:
    asked, by = Asked.of(request), request.actor
    states = [(str(state), _(label)) for state, label in CHECK_STATE_LABELS.items()]
    rows = queries.checks(by, state=asked.pick("state", _("状态"), states))
    page_of = asked.page(rows, PER_PAGE)
    exchanges = by.holds("safetycode.manage")
    context = {
        "page": page_of, "rows": [shown(row) for row in page_of.object_list], "asked": asked, "form": form,
        "may_ask": by.holds("workers.manage") or exchanges, "exchanges": exchanges,
        "batches": list(queries.batches(by)[:20]) if exchanges else [],
        "waiting": queries.to_be_batched(by).count() if exchanges else 0,
        "answers": AnswersForm(), "faults": [], **more,
    }  # fmt: skip
    return render(request, "safetycode/checks/checks.html", context, status=status)


@page(EXCHANGE, methods=("POST",))
def batching(request: Request) -> HttpResponse:
    """Gather what waits into the next request file."""
    try:
        batch = actions.make_batch(by=request.actor, at=clock.now())
        messages.success(request, _("已生成 %(number)s，共 %(n)s 人。请下载后送核查方。")
                         % {"number": batch.number, "n": batch.count})  # fmt: skip
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return see_other(reverse("safetycode:checks"))


@page(fresh(EXCHANGE))
def request_file(request: Request, batch_id: str) -> HttpResponse:
    """The signed file of a batch: it names people, so it is asked anew who takes it, and written down."""
    name, content = actions.request_file(
        batch_id=uuid_or_not_found(batch_id), by=request.actor, at=clock.now()
    )
    response = HttpResponse(content, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@page(EXCHANGE, methods=("POST",))
def answers(request: Request) -> HttpResponse:
    """Take an answer file in, whole or not at all; what is wrong is told line by line."""
    form = AnswersForm(request.POST, request.FILES)
    if not form.is_valid():
        return _checks(request, AskForm(), status=422, answers=form)
    try:
        content = form.cleaned_data["file"].read(5 * 1024 * 1024)
        kept = actions.take_answers(content=content, by=request.actor, at=clock.now())
    except actions.AnswerFaulty as refusal:
        tell(form, refusal)
        faults = [(line, _(LINE_FAULT_LABELS[fault])) for line, fault in refusal.faults]
        return _checks(request, AskForm(), status=refusal.status, answers=form, faults=faults)
    except Refusal as refusal:
        tell(form, refusal)
        return _checks(request, AskForm(), status=refusal.status, answers=form)
    messages.success(request, _("已导入 %(n)s 条答复。") % {"n": kept.count})
    return see_other(reverse("safetycode:checks"))


@page(SIGNED_IN, methods=("POST",))
def cancellation(request: Request, number: str) -> HttpResponse:
    row = actions.cancel_check(number=number, by=request.actor, at=clock.now())
    messages.success(request, _("核查申请已撤销。"))
    own = row.worker.person_id == request.actor.person_id
    return see_other(reverse("safetycode:my_checks" if own else "safetycode:checks"))


@page(SIGNED_IN, methods=("GET", "POST"))
def mine(request: Request) -> HttpResponse:
    """My background check and my match of person and card: what was found, and asking for it."""
    worker = worker_of(request.actor.person_id)
    if worker is None:
        return see_other(reverse("workers:enrolment"))
    if request.method == "POST":
        try:
            actions.ask_background(
                worker_id=worker.pk, channel=Channel.ONLINE, by=request.actor, at=clock.now(),
                consent=accounts.ticked(request, Purpose.BACKGROUND),
            )  # fmt: skip
            messages.success(request, _("已提出核查，有结果会通知您。"))
            return see_other(reverse("safetycode:my_checks"))
        except Refusal as refusal:
            return _mine(request, worker, FaceForm(), refusal=refusal, status=refusal.status)
    return _mine(request, worker, FaceForm())


def _mine(
    request: Request, worker: Worker, form: FaceForm, *, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    rows = [shown(row) for row in queries.checks(request.actor).filter(worker=worker)[:10]]
    context = {
        "worker": worker, "rows": rows, "open": any(row["open"] for row in rows), "form": form,
        "faces": [face_shown(one) for one in queries.faces(request.actor, worker.pk)[:5]],
        "refusal": refusal, "demo": settings.ANXIN_DEMO, "layout": "web/phone.html",
        "target": reverse("safetycode:face"), "own": True,
    }  # fmt: skip
    return render(request, "safetycode/checks/mine.html", context, status=status)


@page(SIGNED_IN, methods=("POST",), replay=False)
def face(request: Request) -> HttpResponse:
    """Compare a picture taken just now with the card's; the picture lives for this request only."""
    worker = worker_of(request.actor.person_id)
    if worker is None:
        raise NotFound
    form = FaceForm(request.POST, request.FILES)
    if not form.is_valid():
        return _mine(request, worker, form, status=422)
    try:
        row = actions.match_face(
            worker_id=worker.pk, picture=_picture(form, worker), by=request.actor, at=clock.now(),
            consent=accounts.ticked(request, Purpose.FACE),
        )  # fmt: skip
    except Refusal as refusal:
        tell(form, refusal)
        return _mine(request, worker, form, status=refusal.status)
    words = _(FACE_RESULT_LABELS[FaceResult(row.result)])
    tone = messages.success if row.result == FaceResult.MATCH else messages.error
    tone(request, _("比对结果：%(result)s。照片已丢弃。") % {"result": words})
    return see_other(reverse("safetycode:my_checks"))


def _picture(form: FaceForm, worker: Worker) -> bytes:
    sample = form.cleaned_data["sample"]
    if sample and settings.ANXIN_DEMO:
        return shapes.drawn((worker.person.id_number or "") if sample == "own" else "somebody else")
    picture = form.cleaned_data["picture"]
    return picture.read() if picture else b""
