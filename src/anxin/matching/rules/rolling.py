"""What one round of a rolling batch changed against the round before, and why. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from anxin.matching.values.rolling import Turn, Why


@dataclass(frozen=True)
class Decided:
    """worker: by open order who it would go to, "" where nobody."""

    worker: Mapping[str, str]

    @classmethod
    def of(cls, plan: Mapping[str, Any]) -> Decided:
        pairs = {pair["order"]: pair["worker"] for pair in plan["pairs"]}
        return cls(pairs | {one["order"]: "" for one in plan["unserved"]})


def changes(
    before: Decided, now: Decided, *, can: Mapping[str, Collection[str]], arrived: Collection[str],
    promised: Mapping[str, str],
) -> list[dict[str, str]]:  # fmt: skip
    """Order by order what is otherwise than before; nothing for what stayed.

    can: by order who could take it now; arrived: orders that came since the last round; promised: by order the worker
    who is proposed or agreed for it now.
    """
    given = {
        worker: order for order, worker in now.worker.items() if worker and before.worker.get(order) != worker
    }
    found = []
    for order, worker in now.worker.items():
        if order not in before.worker:
            why = Why.ARRIVED if order in arrived else Why.WAITS_AGAIN
            found.append(_change(order, Turn.NEW, why, worker))
            continue
        had = before.worker[order]
        if had == worker:
            continue
        if not had:
            found.append(_change(order, Turn.SERVED, Why.FREED, worker))
            continue
        turn = Turn.MOVED if worker else Turn.UNSERVED
        if had not in can.get(order, ()):
            found.append(_change(order, turn, Why.CANNOT, worker, had))
        elif had in given:
            found.append(_change(order, turn, Why.ELSEWHERE, worker, had, given[had]))
        else:
            found.append(_change(order, turn, Why.BETTER, worker, had))
    for order, had in before.worker.items():
        if order not in now.worker:
            has = promised.get(order, "")
            why = Why.CLOSED if not has else Why.AS_PLANNED if has == had else Why.OTHERWISE
            found.append(_change(order, Turn.GONE, why, has, had))
    return found


def _change(
    order: str, turn: Turn, why: Why, worker: str, before: str = "", other: str = ""
) -> dict[str, str]:
    return {
        "order": order, "turn": str(turn), "why": str(why), "worker": worker, "before": before, "other": other,
    }  # fmt: skip
