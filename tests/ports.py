"""Free ports of the loopback for servers that a test starts.

They are bound a moment later, by another process: so they are none that the system gives to whoever connects (from
32768 on Linux, 49152 on macOS), and parallel processes of one run look among different ones.
"""

from __future__ import annotations

import os
import random
import socket
from contextlib import ExitStack

FIRST, SPAN, LAST = 10_000, 1_500, 14


def free_port(in_a_row: int = 1) -> int:
    """A free port, the first of so many in a row."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % LAST
    # What a test seeds is for its own chance: two processes would look in the same order.
    chance = random.SystemRandom()
    for first in chance.sample(range(FIRST + worker * SPAN, FIRST + (worker + 1) * SPAN - in_a_row), 50):
        with ExitStack() as probes:
            try:
                for port in range(first, first + in_a_row):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise RuntimeError(f"no {in_a_row} free ports in a row")
