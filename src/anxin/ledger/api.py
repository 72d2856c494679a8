"""The API of the ledger: balances and the journal of one book."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema

from anxin.kit.access import any_of, holds, ruled
from anxin.kit.inputs import Skip
from anxin.ledger import queries

router = Router(tags=["ledger"])
RULE = any_of(holds("ledger.read"), holds("payments.reconcile"))


class BalanceOut(Schema):
    """amount_fen as its kind reads; raw_fen debit positive, summing to zero over the book."""

    code: str
    kind: str
    label: str
    amount_fen: int
    raw_fen: int


class PostingOut(Schema):
    code: str
    amount_fen: int


class EntryOut(Schema):
    id: UUID
    at: datetime
    what: str
    source: str
    postings: list[PostingOut]


@router.get("/ledger/balances", response=list[BalanceOut])
@ruled(RULE)
def balances(request: Any) -> Any:
    """What each account of the caller's book holds; the operator's book is the platform's."""
    actor = request.actor
    return queries.totals(actor, organisation_id=_book(actor))


@router.get("/ledger/entries", response=list[EntryOut])
@ruled(RULE)
def entries(request: Any, limit: int = 50, offset: Skip = 0) -> Any:
    """The journal of the caller's book, newest first."""
    actor, offset = request.actor, max(0, offset)
    rows = queries.entries(actor, organisation_id=_book(actor))[offset : offset + max(1, min(limit, 100))]
    return [
        {
            "id": row.pk, "at": row.at, "what": row.what, "source": row.source,
            "postings": [{"code": p.account.code, "amount_fen": p.amount_fen} for p in row.own_postings],
        }
        for row in rows
    ]  # fmt: skip


def _book(actor: Any) -> UUID | None:
    return None if actor.holds("payments.reconcile") else actor.organisation_id
