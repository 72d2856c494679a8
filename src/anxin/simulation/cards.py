"""What lies on the association's desk of home-visit cards: blank ones, one that was printed, the others waiting."""

from __future__ import annotations

from datetime import datetime

from anxin.safetycode import public as safetycode
from anxin.safetycode.values import CardForm, StockReason
from anxin.simulation.cast import World


def lay_out(world: World, *, at: datetime) -> None:
    """A delivery of blank cards, and the card of the worker whom everybody looks at."""
    desk = world.platform.association
    safetycode.record_stock(reason=StockReason.RECEIVED, change=500, note="第一批空白证卡", by=desk, at=at)
    code = safetycode.code_of(world.star) if world.star else None
    if code is not None:
        safetycode.print_one(code=code, reason="", form=CardForm.SHEET, by=desk, at=at)
