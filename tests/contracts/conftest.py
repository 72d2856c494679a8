"""A deal: an order with its worker agreed, and the contract that comes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anxin.contracts import queries
from anxin.contracts.actions import sign
from anxin.contracts.models import Contract
from anxin.kit import jobs
from anxin.messaging.models import SmsMessage
from anxin.orders.actions import assign, offer
from anxin.orders.models import Order
from tests.cast import NOON
from tests.contracts.material import drawn
from tests.stage import Stage
from tests.tape import taped


@dataclass
class Deal:
    """An order on its way to a signed contract; every step is the step that the pages call."""

    stage: Stage
    order: Order
    at: datetime = NOON

    @property
    def contract(self) -> Contract:
        found = (
            Contract.objects.filter(order=self.order).exclude(state="void").order_by("-created_at").first()
        )
        assert found is not None
        return queries.by_id(found.pk)

    @property
    def customer(self) -> Any:
        return self.stage.customer.actor

    @property
    def head(self) -> Any:
        return self.stage.head.actor

    @property
    def seen(self) -> str:
        document = self.contract.document
        assert document is not None
        return document.sha256

    def agree(self, worker: int = 0, replaces: Any = None) -> Any:
        """The agency proposes a worker, who confirms, and the customer agrees."""
        self.order.refresh_from_db()
        assignment = assign.propose(
            self.order,
            worker_id=self.stage.workers[worker].pk,
            score={},
            by=self.head,
            at=self.at,
            replaces=replaces,
        )
        assign.confirm(assignment, by=self.stage.people[worker].actor, at=self.at)
        assign.agree(assignment, by=self.customer, at=self.at)
        jobs.drain(self.at)
        return assignment

    def code(self) -> str:
        """Have the code for signing sent, and read it off the message."""
        sign.send_code(self.contract, by=self.customer, at=self.at)
        return last_code()

    def sign(self, **changed: Any) -> Contract:
        given = {"drawn": drawn(), "consent": True, "seen": self.seen, "by": self.customer, "at": self.at}
        given |= {"code": self.code()} if "code" not in changed else {}
        return sign.sign(self.contract, **{**given, **changed})

    def seal(self, **changed: Any) -> Contract:
        given = {"seen": self.seen, "by": self.head, "at": self.at}
        done = sign.apply_seal(self.contract, **{**given, **changed})
        jobs.drain(self.at)
        return done

    def later(self, **span: float) -> Deal:
        self.at += timedelta(**span)
        return self


def last_code() -> str:
    row = SmsMessage.objects.order_by("-created_at", "-id").first()
    assert row is not None
    found = re.search(r"\b\d{6}\b", str(row.params))
    assert found is not None
    return found[0]


def accept(stage: Stage) -> Deal:
    order = stage.ask()
    offer.accept(order, organisation_id=stage.head.organisation.pk, by=stage.head.actor, at=NOON)
    jobs.drain(NOON)
    return Deal(stage, order)


@taped
def accepted(stage: Stage) -> Deal:
    """The agency has accepted; the contract is drafted, the worker not chosen."""
    return accept(stage)


@taped
def deal(stage: Stage) -> Deal:
    """Worker and customer have agreed; the contract is ready for the customer."""
    found = accept(stage)
    found.agree()
    return found


@taped
def signed(stage: Stage) -> Deal:
    """Both have signed."""
    found = accept(stage)
    found.agree()
    found.sign()
    found.seal()
    return found
