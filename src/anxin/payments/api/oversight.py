"""The bills of a region for the programs of bureaus and associations: masked rows and figures."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from anxin.kit.access import holds, ruled
from anxin.kit.lists import Lately
from anxin.kit.masks import mask_name
from anxin.payments import queries
from anxin.payments.states import BillState

router = Router(tags=["oversight"])


class OverseenBill(Schema):
    """One bill; `payer` is masked, amounts in fen, `questions` how often the customer objected."""

    number: str
    order: str
    agency: str
    payer: str
    kind: str
    state: str
    due_fen: int
    paid_fen: int
    refunded_fen: int
    questions: int
    created_at: datetime


class OverseenBills(Schema):
    """One page of the bills asked for, and figures of all of them."""

    count: int
    due_fen: int
    paid_fen: int
    refunded_fen: int
    open_questions: int
    rows: list[OverseenBill]


@router.get("/oversight/bills/", response=OverseenBills)
@ruled(holds("payments.oversee"))
def overseen_bills(request: Any, asked: Query[Lately], state: BillState | None = None) -> dict[str, Any]:
    """Bills of the region by when they were drawn, of the last thirty days unless told otherwise."""
    found = asked.among(queries.overseen_bills(request.actor), state=state)
    rows = [
        {
            "number": bill.number, "order": bill.order.number, "agency": bill.organisation.name,
            "payer": mask_name(bill.payer.name), "kind": bill.kind, "state": bill.state, "due_fen": bill.due_fen,
            "paid_fen": bill.paid_fen, "refunded_fen": bill.refunded_fen, "questions": len(bill.questions.all()),
            "created_at": bill.created_at,
        }
        for bill in asked.cut(found)
    ]  # fmt: skip
    return queries.overseen_bill_totals(found) | {"rows": rows}
