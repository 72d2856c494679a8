"""How far the demo is: bars on a terminal, else a line every few seconds."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Lock
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

LABELS = {
    "agencies": "家政机构入驻 agencies",
    "workers": "服务员建档 workers",
    "customers": "客户注册 customers",
    "orders": "订单 orders",
}
SECONDS = 5.0


class Told(Protocol):
    """Whoever is told of each step that is done."""

    def advance(self, what: str) -> None: ...


class Shown:
    """Shows the steps of several players at once; may be told by several threads."""

    def __init__(self, totals: Iterable[tuple[str, int]]) -> None:
        self.console = Console()
        self.totals = dict(totals)
        self.done = dict.fromkeys(self.totals, 0)
        self.lock = Lock()
        self.begun = self.spoke = time.monotonic()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=self.console) if self.console.is_terminal else None
        self.tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        if self.bars is not None:
            self.tasks = {what: self.bars.add_task(LABELS[what], total=n) for what, n in self.totals.items()}
            self.bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bars is not None:
            self.bars.stop()

    def advance(self, what: str) -> None:
        with self.lock:
            self.done[what] += 1
            if self.bars is not None:
                self.bars.advance(self.tasks[what])
            elif self.done[what] == self.totals[what] or time.monotonic() - self.spoke > SECONDS:
                self._say()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def _say(self) -> None:
        self.spoke = time.monotonic()
        minutes, seconds = divmod(int(self.seconds), 60)
        standing = [f"{what} {self.done[what]}/{n}" for what, n in self.totals.items() if self.done[what]]
        line = f"{minutes}:{seconds:02d}  {'  '.join(standing)}"
        self.console.print(line, highlight=False, soft_wrap=True)
