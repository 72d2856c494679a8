"""The safety code for programs: my own code, a scan, e-cards, and the issuer's verbs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from anxin.kit import clock
from anxin.kit.access import PUBLIC, SIGNED_IN, Request, any_of, holds, ruled
from anxin.kit.errors import NotFound
from anxin.kit.inputs import Moment
from anxin.safetycode import actions, queries
from anxin.safetycode.api.finding import code_numbered, worker_numbered
from anxin.safetycode.models import RuleChoice, SafetyCode
from anxin.safetycode.queries.tokens import display_token
from anxin.safetycode.rules import past as past_rules
from anxin.safetycode.values import ECard, Judgement
from anxin.workers.public import worker_of

router = Router(tags=["safetycode"])
ISSUE = any_of(holds("safetycode.issue"), holds("workers.oversee"))


class ReasonOut(Schema):
    code: str
    day: date | None


class JudgementOut(Schema):
    """colour: green, yellow or red on `day`, by `rule_set`; would_turn_green: what would have to be done."""

    colour: str
    day: date
    rule_set: str
    rule_version: str
    reasons: list[ReasonOut]
    would_turn_green: list[str]


class CodeOut(Schema):
    number: str
    state: str
    issuer: str
    issued_at: datetime
    valid_to: date
    judgement: JudgementOut


class MineOut(CodeOut):
    """`token` goes into the QR code as /c/<token>/; it holds for this minute and the next."""

    token: str
    address: str


class PaperOut(Schema):
    kind: str
    label: str
    state: str
    day: date | None


class SkillOut(Schema):
    name: str
    level: int


class CardOut(Schema):
    """What anybody may see: name masked, conclusions only."""

    number: str
    name: str
    agency: str
    years: float
    rating: float | None
    ratings: int
    completed: int
    credit_grade: str
    code_number: str
    skills: list[SkillOut]
    papers: list[PaperOut]
    judgement: JudgementOut


class ScanIn(Schema):
    """A token, or the whole address that the QR code carries."""

    token: str = Field(max_length=300)


class ScanOut(Schema):
    """result: pass, warn or stop."""

    at: datetime
    result: str
    printed: bool
    card: CardOut


class PastOut(JudgementOut):
    """What was shown at a moment. issued: whether there was a code at all."""

    at: datetime
    issued: bool


class ChangeOut(PastOut):
    """A judgement that was another than the one before; causes: what brought it about, as "kind" or "kind:part"."""

    causes: list[str]


class ChoiceOut(Schema):
    """From `valid_from` on the issuer's codes are judged by `rule_set`, with the overlay CREDIT or without."""

    issuer: str
    rule_set: str
    credit: bool
    valid_from: date
    reason: str


class ChooseIn(Schema):
    issuer_id: UUID
    rule_set: str = Field(max_length=16)
    credit: bool = False
    valid_from: date
    reason: str = Field(min_length=1, max_length=300)


class IssueIn(Schema):
    valid_to: date | None = None
    issuer_id: UUID | None = None


class WhyIn(Schema):
    why: str = Field(min_length=1, max_length=200)


def token_in(data: ScanIn) -> str:
    """The token, whether it came alone or in its address."""
    return data.token.strip().rstrip("/").rpartition("/")[2]


def _judgement(judged: Judgement) -> dict[str, Any]:
    return {
        "colour": str(judged.colour),
        "day": judged.day,
        "rule_set": judged.rule_set,
        "rule_version": judged.rule_version,
        "reasons": [{"code": str(r.code), "day": r.day} for r in judged.reasons],
        "would_turn_green": [str(remedy) for remedy in judged.would_turn_green],
    }


def _code(code: SafetyCode, at: datetime) -> dict[str, Any]:
    return {
        "number": code.number,
        "state": code.state,
        "issuer": code.issuer.name if code.issuer else "",
        "issued_at": code.issued_at,
        "valid_to": code.valid_to,
        "judgement": _judgement(queries.judge(code.worker_id, at)),
    }


def card_told(card: ECard) -> dict[str, Any]:
    worker = card.worker
    return {
        "number": worker.number,
        "name": worker.name,
        "agency": worker.organisation_name,
        "years": round(worker.years, 1),
        "rating": worker.standing.rating,
        "ratings": worker.standing.rating_count,
        "completed": worker.standing.completed,
        "credit_grade": card.credit_grade,
        "code_number": card.code_number,
        "skills": [{"name": name, "level": level} for name, level in card.skills],
        "papers": [
            {"kind": row.kind, "label": _(row.label), "state": str(row.state), "day": row.day}
            for row in card.papers
        ],
        "judgement": _judgement(card.judgement),
    }


@router.get("/safety-code", response=MineOut, summary="我的安心码与当前动态令牌")
@ruled(SIGNED_IN)
def mine(request: Request) -> Any:
    at = clock.now()
    worker = worker_of(request.actor.person_id)
    code = queries.code_of(worker.pk) if worker else None
    if code is None:
        raise actions.NoCode
    token = display_token(code, at)
    return _code(code, at) | {"token": token, "address": f"/c/{token}/"}


@router.post("/safety-code/scans", response={201: ScanOut}, summary="扫码查验（公开信息）")
@ruled(PUBLIC)
def scan(request: Request, data: ScanIn) -> Any:
    """404: not one of ours; 410: its minute is over; 429: too many looks from one address."""
    at = clock.now()
    actions.count_look(address=request.META.get("REMOTE_ADDR", ""), at=at)
    row = actions.scan(token=token_in(data), by=request.actor, at=at)
    card = queries.ecards([row.code.worker_id], at)[row.code.worker_id]
    return Status(201, {"at": row.at, "result": row.result, "printed": row.printed, "card": card_told(card)})


@router.get("/workers/{number}/card", response=CardOut, summary="服务员电子名片")
@ruled(PUBLIC)
def card(request: Request, number: str) -> Any:
    found = queries.ecard(number, clock.now())
    if found is None:
        raise NotFound
    return card_told(found)


@router.get("/workers/{number}/safety-code", response=CodeOut, summary="一位服务员的安心码")
@ruled(SIGNED_IN)
def code_of(request: Request, number: str) -> Any:
    return _code(code_numbered(request, number), clock.now())


@router.post("/workers/{number}/safety-code/issue", response={201: CodeOut}, summary="发放安心码")
@ruled(holds("workers.oversee"))
def issue(request: Request, number: str, data: IssueIn) -> Any:
    at = clock.now()
    code = actions.issue(
        worker_id=worker_numbered(request, number).pk, valid_to=data.valid_to, issuer_id=data.issuer_id,
        by=request.actor, at=at,
    )  # fmt: skip
    return Status(201, _code(code, at))


@router.post("/workers/{number}/safety-code/suspension", response=CodeOut, summary="暂停安心码")
@ruled(ISSUE)
def suspend(request: Request, number: str, data: WhyIn) -> Any:
    return _changed(request, number, data, actions.suspend)


@router.post("/workers/{number}/safety-code/restoration", response=CodeOut, summary="恢复安心码")
@ruled(ISSUE)
def restore(request: Request, number: str, data: WhyIn) -> Any:
    return _changed(request, number, data, actions.restore)


@router.post("/workers/{number}/safety-code/revocation", response=CodeOut, summary="收回安心码")
@ruled(ISSUE)
def revoke(request: Request, number: str, data: WhyIn) -> Any:
    return _changed(request, number, data, actions.revoke)


@router.get("/workers/{number}/safety-code/past", response=PastOut, summary="某一时刻的安心码颜色")
@ruled(SIGNED_IN)
def past(request: Request, number: str, at: Moment) -> Any:
    """As it was judged then: by what was known and by the rule set in force at that moment. Not after now."""
    found = queries.past_of(worker_numbered(request, number).pk)
    return _past(found, min(at, clock.now()))


@router.get("/workers/{number}/safety-code/changes", response=list[ChangeOut], summary="安心码颜色的历次变化")
@ruled(SIGNED_IN)
def changes(request: Request, number: str) -> Any:
    """Oldest first, from the first issue on."""
    found = queries.past_of(worker_numbered(request, number).pk)
    return [
        _judgement(row.judgement)
        | {"at": row.at, "issued": True,
           "causes": [f"{one.kind}:{one.part}" if one.part else str(one.kind) for one in row.causes]}
        for row in past_rules.changes(found, clock.now())
    ]  # fmt: skip


def _past(found: past_rules.Past, at: datetime) -> dict[str, Any]:
    issued = bool(found.moves) and found.moves[0].at <= at
    return _judgement(past_rules.judged_at(found, at)) | {"at": at, "issued": issued}


@router.get("/safety-code/rules", response=list[ChoiceOut], summary="各发码单位采用的赋码规则")
@ruled(PUBLIC)
def rules(request: Request) -> Any:
    """Whoever is not listed judges by ZJ-2020 without the overlay."""
    return [_choice(row) for row in queries.choices_now(clock.local_date(clock.now()))]


@router.post("/safety-code/rules", response={201: ChoiceOut}, summary="选择赋码规则")
@ruled(ISSUE)
def choose_rules(request: Request, data: ChooseIn) -> Any:
    row = actions.choose_rules(**data.dict(), by=request.actor, at=clock.now())
    return Status(201, _choice(row))


def _choice(row: RuleChoice) -> dict[str, Any]:
    return {
        "issuer": row.issuer.name, "rule_set": row.rule_set, "credit": row.credit, "valid_from": row.valid_from,
        "reason": row.reason,
    }  # fmt: skip


def _changed(request: Request, number: str, data: WhyIn, action: Any) -> dict[str, Any]:
    at = clock.now()
    return _code(
        action(worker_id=worker_numbered(request, number).pk, why=data.why, by=request.actor, at=at), at
    )
