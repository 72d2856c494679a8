"""Client processes that measure loads in turn: all do the same at once, then all the next, round after round.

A machine that others use is as slow for a load as for its peer of the same round, so ratios are taken round by
round and their median is told.
"""

from __future__ import annotations

import gc
import multiprocessing
import queue as queues
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks import _ground as ground

CLIENTS, WARM = 16, 12


@dataclass
class Load:
    """One thing to be measured. act: called with one item each time; or with None for `seconds`, if there are none.

    items: what is used up, dealt out to rounds and clients; the first are for warming up.
    """

    act: Callable[[Any], Any]
    items: Sequence[Any] = ()


@dataclass
class Found:
    """Per load the rate of each round, all clients together, per second."""

    rates: dict[str, list[float]] = field(default_factory=dict)

    def rate(self, name: str) -> float:
        return ground.middle(self.rates[name])

    def ratio(self, name: str, peer: str) -> float:
        """The median of the ratios of the same round."""
        pairs = zip(self.rates[name], self.rates[peer], strict=True)
        return ground.middle(mine / theirs for mine, theirs in pairs)


def needed(rounds: int, each: int) -> int:
    """How many items a load uses up."""
    return CLIENTS * (WARM + rounds * each)


def measure(loads: Mapping[str, Load], *, rounds: int, each: int = 0, seconds: float = 0.3) -> Found:
    """Every load once a round: `each` items by each client, or whatever is done in `seconds`."""
    from django.db import connections

    context = multiprocessing.get_context("fork")
    connections.close_all()  # every client gets its own, through the settings' pool
    # What lies ready to be used up is not for the clients to look through for garbage, nor to copy for that.
    gc.collect()
    gc.freeze()
    gate, results = context.Barrier(CLIENTS), context.Queue()
    arguments = (loads, gate, results, rounds, each, seconds)
    processes = [context.Process(target=_client, args=(number, *arguments)) for number in range(CLIENTS)]
    for process in processes:
        process.start()
    spans: dict[tuple[str, int], list[tuple[int, float, float]]] = {}
    for _ in range(CLIENTS * len(loads) * rounds):
        try:
            name, turn, *span = results.get(timeout=300)
        except queues.Empty:
            raise SystemExit("a client did not answer") from None
        spans.setdefault((name, turn), []).append(tuple(span))
    for process in processes:
        process.join()
    found = Found()
    for (name, _), parts in sorted(spans.items()):
        done = sum(count for count, _, _ in parts)
        spent = max(end for *_, end in parts) - min(begun for _, begun, _ in parts)
        found.rates.setdefault(name, []).append(done / spent)
    return found


def _client(
    number: int, loads: Mapping[str, Load], gate: Any, results: Any, rounds: int, each: int, seconds: float
) -> None:
    own = {name: iter(load.items[number::CLIENTS]) for name, load in loads.items()}
    for name, load in loads.items():
        for _ in range(WARM):  # connection, plans, caches
            load.act(next(own[name]) if load.items else None)
    for turn in range(rounds):
        # Every other round the other way round, so that nobody always follows the same one.
        for name in list(loads) if turn % 2 else reversed(loads):
            load = loads[name]
            gate.wait()
            begun, done = time.perf_counter(), 0
            if load.items:
                for _ in range(each):
                    load.act(next(own[name]))
                done = each
            else:
                while time.perf_counter() - begun < seconds:
                    load.act(None)
                    done += 1
            results.put((name, turn, done, begun, time.perf_counter()))
