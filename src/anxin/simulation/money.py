"""Scenes about money: invoices, what goes back to a customer, and what an agency owes for an order that it dropped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from anxin.kit.clock import at_local, local_date
from anxin.orders import public as orders
from anxin.orders.values import Side
from anxin.payments import public as payments
from anxin.payments.values import RefundCause, TitleKind
from anxin.simulation.deeds import maybe
from anxin.simulation.scene import Scene, hours
from anxin.simulation.story import Moments

Telling = Callable[[Scene], Moments]


def scenes() -> list[Telling]:
    """What the agency's and the operator's finance people find on their desks."""
    return [
        _invoiced(),
        _invoiced(done=True),
        _invoiced(done=True, red=True),
        _refunded,
        owed("owed"),
        owed("contested"),
    ]


def _invoiced(*, done: bool = False, red: bool = False) -> Telling:
    def tell(scene: Scene) -> Moments:
        bill = yield from scene.paid(scene.now - hours(52))
        if bill is None:
            return
        at = yield scene.now - hours(5)
        bill.refresh_from_db()
        asked = payments.request_invoice(
            bill, title_kind=TitleKind.PERSON, title="个人", by=scene.home.actor, at=at
        )
        if done:
            at = yield scene.now - hours(2)
            maybe(payments.issue_invoice, asked, by=scene.cast.finance, at=at)
        if red:
            at = yield scene.now - hours(1)
            asked.refresh_from_db()
            maybe(payments.reverse_invoice, asked, reason="抬头开错了", by=scene.cast.finance, at=at)

    return tell


def _refunded(scene: Scene) -> Moments:
    """The customer showed a window that was left out; the agency gives a part back."""
    bill = yield from scene.paid(scene.now - hours(75))
    if bill is not None:
        at = yield scene.now - hours(30)
        bill.refresh_from_db()
        maybe(
            payments.refund, bill, amount_fen=bill.total_fen // 5, reason="一扇窗户没有擦",
            cause=RefundCause.AGREED, by=scene.cast.finance, at=at,
        )  # fmt: skip


def owed(how: str) -> Telling:
    """The agency calls an order off on its day: it owes ("owed"), somebody objects, or the customer may take it."""

    def tell(scene: Scene) -> Moments:
        starts_at = at_local(local_date(scene.now) - timedelta(days=4 if how == "payable" else 0), 17, 0)
        if not (yield from scene.arranged(starts_at, before=hours(40))):
            return
        at = yield min(starts_at - hours(4), scene.now - hours(3))
        assert scene.order is not None
        scene.order.refresh_from_db()
        maybe(
            orders.cancel, scene.order, reason="服务员突然生病，当天没有人手", at_fault=Side.AGENCY,
            by=scene.cast.dispatcher, at=at,
        )  # fmt: skip
        row = payments.compensation_of(scene.order.pk, scene.home.actor)
        if row is not None and how == "contested":
            at = yield scene.now - hours(1)
            maybe(payments.contest, row, text="我为此请了半天假，希望多补一些", by=scene.home.actor, at=at)

    return tell
