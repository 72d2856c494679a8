"""Fixtures that every test may use."""

from __future__ import annotations

import os
import tempfile

from hypothesis import settings

# The same examples every time, and none fails because the machine is busy.
settings.load_profile("ci")

# Before settings are read: a home of its own, so that no test touches real keys or files.
os.environ["ANXIN_HOME"] = os.environ.get("ANXIN_TEST_HOME") or tempfile.mkdtemp(prefix="anxin-test-")

pytest_plugins = ["tests.cast", "tests.simulators", "tests.reference", "tests.stage"]
