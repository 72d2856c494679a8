"""A second process beside the play: it runs heavy jobs that no step of a story waits for, under the play's clock."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from types import TracebackType
from typing import Self

from anxin.kit import jobs

# To verify a signed contract takes as long as all the rest of its story.
HEAVY = frozenset({"contracts.check"})
CHILD = "from anxin.simulation.beside import main; main()"


class Beside:
    """Hands each heavy job over with the moment at which it fell due. Leaving waits for the last of them."""

    def __enter__(self) -> Self:
        self.handed: set[int] = set()
        self.child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, text=True)
        return self

    def hand_over(self, at: datetime) -> None:
        """To be called when the transaction that deferred the jobs has ended."""
        assert self.child.stdin is not None
        for job in jobs.waiting(HEAVY):
            if job not in self.handed:
                self.handed.add(job)
                self.child.stdin.write(f"{job} {at.isoformat()}\n")
                self.child.stdin.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.child.stdin is not None
        if kind is not None:
            self.child.terminate()
        self.child.stdin.close()
        if self.child.wait() and kind is None:
            raise RuntimeError("a job beside the play failed; its traceback stands above")


def main() -> None:
    """The second process: one line of its input names one job and its moment."""
    import django

    django.setup()
    for line in sys.stdin:
        job, at = line.split()
        jobs.run_one(int(job), datetime.fromisoformat(at))


if __name__ == "__main__":
    main()
