"""A second process beside the play: it plays another valley, and says how far it is."""

from __future__ import annotations

import pickle
import subprocess
import sys
from threading import Thread
from types import TracebackType
from typing import Any, Self

from anxin.simulation.progress import Told

CHILD = "from anxin.simulation.beside import main; main()"
MARK = "> "


class Beside:
    """Plays one part in a process of its own. Leaving waits for its end."""

    def __init__(self, part: Any, told: Told) -> None:
        self.part, self.told = part, told

    def __enter__(self) -> Self:
        self.child = subprocess.Popen(
            [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self.child.stdin is not None
        with self.child.stdin as pipe:
            pickle.dump(self.part, pipe)
        self.ear = Thread(target=self._listen, daemon=True)
        self.ear.start()
        return self

    def _listen(self) -> None:
        assert self.child.stdout is not None
        for line in self.child.stdout:
            text = line.decode().rstrip("\n")
            if text.startswith(MARK):
                self.told.advance(text.removeprefix(MARK))

    def advance(self, what: str) -> None:
        """Tell of a step of the play beside which the child plays; stop it if the child has failed."""
        if self.child.poll():
            raise RuntimeError("the play beside failed; its traceback stands above")
        self.told.advance(what)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.child.terminate()
        failed = self.child.wait()
        self.ear.join()
        if failed and kind is None:
            raise RuntimeError("the play beside failed; its traceback stands above")


class _Mouth:
    def advance(self, what: str) -> None:
        sys.stdout.write(f"{MARK}{what}\n")
        sys.stdout.flush()


def main() -> None:
    """The second process: its input is the part to play."""
    import django

    django.setup()
    from anxin.simulation.play import play_part

    play_part(pickle.load(sys.stdin.buffer), _Mouth())  # nosec B301  # written by our own parent process


if __name__ == "__main__":
    main()
