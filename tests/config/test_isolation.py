"""Tests stay away from the real home."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from django.conf import settings


def test_keys_and_files_of_the_tests_are_in_a_temporary_home() -> None:
    assert Path(os.environ["ANXIN_HOME"]).resolve() == settings.ANXIN_HOME
    assert settings.ANXIN_HOME.is_relative_to(Path(tempfile.gettempdir()).resolve())
    assert settings.ANXIN_KEY_RING.is_relative_to(settings.ANXIN_HOME)
