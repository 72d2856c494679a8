"""A folder for homes of the embedded database, which its user can enter even when the tests run as root."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from anxin.config import embedded


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """One home for the module, its server running at first; the next who uses it may stop it when they leave."""
    folder = Path(tempfile.mkdtemp(prefix="anxin-home-", dir="/tmp"))
    folder.chmod(0o755)
    embedded.start(folder, throwaway=True)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def held(home: Path) -> Iterator[Path]:
    """The same, in use by this test until its end."""
    with embedded.running(home, throwaway=True):
        yield home
