"""What orders that are over leave behind: contract, bill, payment, postings, audit entries; for the drill.

One contract is signed and sealed through the actions: every byte of it is real, and the drill opens it. The others are
its rows again for every closed order, with facts and documents sealed for themselves. Their documents are a line of
words instead of a quarter of a megabyte, there is no drawing in their signatures, their evidence is three links that
do not chain, and the marks of their audit entries are of the right size only: once sealed nobody reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from anxin.accounts import public as accounts
from anxin.audit import public as audit
from anxin.contracts import public as contracts
from anxin.kit.actor import SYSTEM
from anxin.kit.ids import new_id
from anxin.orders.values import OrderState
from anxin.simulation.bulk.papers_sql import INSERTS, TABLE, WAITING
from anxin.simulation.bulk.people import Crowd
from anxin.simulation.deeds import signature

BATCH = 10_000
STAND_IN = "此处为合同文件的占位内容".encode()


class NotSealed(Exception):
    """Something holds an old transaction open, so that the audit trail cannot be sealed to its end."""


def papers(crowd: Crowd, most: int) -> Iterator[int]:
    """Write the papers of `most` closed orders that have none, or of all; yields how many orders each time."""
    pattern = _signed(crowd)
    made = 0
    while made < most:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(WAITING, {"size": min(BATCH, most - made)})
            waiting = cursor.fetchall()
            if not waiting:
                break
            cursor.execute(TABLE)
            with cursor.copy("COPY bulk_paper FROM STDIN") as into:
                for (order_id,) in waiting:
                    into.write_row(_paper(order_id, pattern))
            cursor.execute("ANALYZE bulk_paper")
            for statement in INSERTS:
                cursor.execute(statement, {"pattern": pattern.pk})
        audit.seal_batch(at=crowd.now)
        made += len(waiting)
        yield len(waiting)
    if audit.unsealed():
        raise NotSealed
    audit.anchor()


def _paper(order_id: Any, pattern: Any) -> list[Any]:
    contract, document = type(pattern)(id=new_id()), apps.get_model("contracts.Document")(id=new_id())
    facts = type(pattern)._meta.get_field("facts").sealed(contract, pattern.facts)
    document.write(STAND_IN)
    return [order_id, contract.pk, facts, document.pk, bytes(document.body)]


def _signed(crowd: Crowd) -> Any:
    """Take an order whose worker is chosen through the contract's actions, to the seal of the agency."""
    contract = _ready(crowd)
    post = apps.get_model("accounts.Appointment").objects.get(
        organisation=contract.organisation_id, post="agency.head"
    )
    head, at = accounts.actor_for(post.person, post), crowd.now
    customer = accounts.actor_for(contract.person, None)
    with transaction.atomic():
        contracts.send_code(contract, by=customer, at=at)
        sms = apps.get_model("messaging.SmsMessage").objects.latest("id")
        code = re.findall(r"\b\d{6}\b", str(sms.params))[0]
        contract = contracts.sign(
            contract, drawn=signature(), code=code, consent=True, seen=contract.document.sha256, by=customer,
            at=at + timedelta(minutes=1),
        )  # fmt: skip
        assert contract.document is not None
        return contracts.apply_seal(
            contract, seen=contract.document.sha256, by=head, at=at + timedelta(minutes=2)
        )


def _ready(crowd: Crowd) -> Any:
    """The contract of the first order that can be signed; a worker who is not green cannot be put into one."""
    assigned = apps.get_model("orders.Assignment").objects.filter(
        state="agreed", order__state=str(OrderState.CONTRACTING)
    )
    for held in assigned.order_by("pk"):
        contract = contracts.complete(order_id=held.order_id, assignment_id=held.pk, by=SYSTEM, at=crowd.now)
        if contract.state == "ready" and not contract.tripartite:
            return contract
    raise LookupError("none of the orders can be signed: load more")
