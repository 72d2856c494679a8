"""The API of contracts: read, correct, ask for the code, sign, seal, download, verify."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from anxin.accounts import public as accounts
from anxin.accounts.values import Purpose
from anxin.contracts import queries
from anxin.contracts.actions import check, review, sign
from anxin.contracts.actions.refusals import ContractUnknown, FileTooLarge, NotReady
from anxin.contracts.engine.text import plain
from anxin.contracts.models import Contract
from anxin.contracts.values import CORRECTABLE, ContractState
from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, any_of, fresh, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Skip

PDF = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
router = Router(tags=["contracts"])


class PointOut(Schema):
    label: str
    text: str


class BlockOut(Schema):
    """kind: heading, para, limit (limits liability, must be shown highlighted), item, pairs, grid."""

    kind: str
    text: str
    head: list[str]
    rows: list[list[str]]


class SignatureOut(Schema):
    party: str
    signed_at: datetime
    serial: str
    authority: str


class ContractLine(Schema):
    number: str
    kind: str
    state: str
    order: str
    created_at: datetime
    signed_at: datetime | None


class ContractOut(ContractLine):
    """sha256 is the digest of the present document: send it back as `seen` when signing or sealing."""

    title: str
    text: str
    official: bool
    sha256: str
    missing: list[str]
    summary: list[PointOut]
    blocks: list[BlockOut]
    signatures: list[SignatureOut]


class CorrectionIn(Schema):
    """What is the customer's own to put right; leave out what stays."""

    place_detail: str | None = None
    contact: str | None = None
    remarks: str | None = None


class CodeOut(Schema):
    phone: str


class SignIn(Schema):
    """drawn: PNG of the drawn signature as a data address; or written: the signer's own name, typed.

    seen: sha256 of the document that was read.

    handwriting: the version of the consent to the drawing that was read at /me/consents/, unless given before.
    """

    drawn: str = ""
    written: str = Field("", max_length=60)
    code: str
    consent: bool
    seen: str
    handwriting: int | None = Field(None, ge=1, le=9999)


class SealIn(Schema):
    seen: str


class SignerOut(Schema):
    party: str
    name: str
    signed_at: datetime
    serial: str
    authority: str


class RecordOut(Schema):
    number: str
    kind: str
    title: str
    official: bool
    state: str
    agency: str
    signers: list[SignerOut]
    sha256: str
    intact: bool | None


class SignatureFindingOut(Schema):
    field: str
    intact: bool
    trusted: bool
    allowed: bool
    whole: bool
    signed_at: datetime | None
    stamped: bool


class VerdictOut(Schema):
    """sound: the file is, byte for byte, a contract that both sides signed, and its signatures hold."""

    sha256: str
    sound: bool
    genuine: bool
    stage: str
    problem: str
    signatures: list[SignatureFindingOut]
    record: RecordOut | None


def _found(request: HttpRequest, number: str) -> Contract:
    contract = queries.by_number(number, request.actor)  # type: ignore[attr-defined]
    if contract is None:
        raise ContractUnknown
    return contract


def _line(row: Contract) -> dict[str, Any]:
    return {
        "number": row.number, "kind": row.kind, "state": row.state, "order": row.order.number,
        "created_at": row.created_at, "signed_at": row.signed_at,
    }  # fmt: skip


def _out(row: Contract) -> dict[str, Any]:
    shown = queries.page_of(row)
    return {
        **_line(row),
        "title": shown.title,
        "text": row.template.name,
        "official": row.template.official,
        "sha256": row.document.sha256 if row.document else "",
        "missing": [item.label for item in queries.missing_items(row)],
        "summary": [{"label": label, "text": plain(words)} for label, words in shown.summary],
        "blocks": [
            {"kind": b.kind, "text": plain(b.runs), "head": list(b.head), "rows": [list(r) for r in b.rows]}
            for b in shown.blocks
        ],
        "signatures": [
            {"party": s.party, "signed_at": s.signed_at, "serial": s.serial, "authority": s.authority}
            for s in queries.signatures_of(row)
        ],
    }


@router.get("/contracts", response=list[ContractLine])
@ruled(SIGNED_IN)
def contracts(request: Any, state: str = "", limit: int = 50, offset: Skip = 0) -> Any:
    """The contracts of the caller: a customer's own, or those of the organisation in whose post they act."""
    actor = request.actor
    rows = queries.desk(actor, (state,) if state else ()) if actor.organisation_id else queries.mine(actor)
    if state and not actor.organisation_id:
        rows = rows.filter(state__in=[known for known in ContractState if known == state])
    limit, offset = max(1, min(limit, 200)), max(0, offset)
    return [_line(row) for row in rows[offset : offset + limit]]


@router.get("/contracts/{number}", response=ContractOut)
@ruled(SIGNED_IN)
def contract(request: Any, number: str) -> Any:
    """One contract: the points in plain words, then the whole text. For a customer this counts as reading it."""
    row = _found(request, number)
    review.mark_read(row, by=request.actor, at=clock.now())
    return _out(row)


@router.post("/contracts/{number}/correction", response=ContractOut)
@ruled(SIGNED_IN)
def correct(request: Any, number: str, body: CorrectionIn) -> Any:
    """The customer corrects the place's detail, the contact or the remarks before signing."""
    wishes = {f"service.{name}": text for name, text in body.dict(exclude_none=True).items()}
    assert set(wishes) <= set(CORRECTABLE)
    row = _found(request, number)
    return _out(review.correct(row, wishes=wishes, by=request.actor, at=clock.now()))


@router.post("/contracts/{number}/code", response=CodeOut)
@ruled(SIGNED_IN)
def send_code(request: Any, number: str) -> Any:
    """Send the customer the one-time code for signing this contract."""
    return {"phone": sign.send_code(_found(request, number), by=request.actor, at=clock.now())}


@router.post("/contracts/{number}/signature", response=ContractOut)
@ruled(SIGNED_IN)
def sign_contract(request: Any, number: str, body: SignIn) -> Any:
    """The customer signs. 422 consent_needed: a drawing without a consent to it."""
    agent, by, at = request.headers.get("User-Agent", ""), request.actor, clock.now()
    found = _found(request, number)
    if body.drawn:
        accounts.ask_consent(
            purpose=Purpose.HANDWRITING, person_id=by.person, version=body.handwriting, by=by, at=at
        )
    row = sign.sign(found, **body.dict(exclude={"handwriting"}), user_agent=agent, by=by, at=at)
    return _out(row)


@router.post("/contracts/{number}/sealing", response=ContractOut)
@ruled(fresh(holds("contracts.seal")))
def seal_contract(request: Any, number: str, body: SealIn) -> Any:
    """The agency seals what the customer signed."""
    agent = request.headers.get("User-Agent", "")
    row = _found(request, number)
    return _out(sign.apply_seal(row, seen=body.seen, user_agent=agent, by=request.actor, at=clock.now()))


@router.get(
    "/contracts/{number}/document",
    response={200: None},
    openapi_extra={"responses": {200: {"description": "The PDF.", "content": PDF}}},
)
@ruled(any_of(SIGNED_IN))
def document(request: Any, number: str) -> Any:
    """The PDF as it now is; for the parties only."""
    row = _found(request, number)
    paper = queries.document_of(row)
    if paper is None:
        raise NotReady
    check.note_download(row, by=request.actor, at=clock.now())
    return HttpResponse(paper.read(), content_type="application/pdf")


@router.get("/verification/{number}", response=RecordOut)
@ruled(PUBLIC)
def verify_number(request: Any, number: str) -> Any:
    """What anybody may know of a signed contract; its stored file is verified anew."""
    found = queries.public_record(number.upper(), at=clock.now())
    if found is None:
        raise NotFound
    return found


@router.post("/verification", response=VerdictOut)
@ruled(PUBLIC)
def verify_file(request: Any, file: File[UploadedFile]) -> Any:
    """Compare a PDF (at most 10 MB) with what was signed, and check its signatures. The file is not kept."""
    if (file.size or 0) > queries.MOST_BYTES:
        raise FileTooLarge
    return queries.check_file(file.read(), at=clock.now())
