"""Files that are made once, by whoever comes first: secrets and keys of the house."""

from __future__ import annotations

import os
from pathlib import Path


def write_once(file: Path, content: bytes, mode: int = 0o600) -> None:
    """Have the file, whole and on the disk: of two processes that begin at once one wins, and both read its."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        # link() refuses to replace what is there.
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
