"""What a process that serves pages does not bring in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = ("numba", "scipy", "ortools", "hypothesis", "pytest", "openpyxl")
SCRIPT = f"""
import sys, django
django.setup()
import anxin.config.urls, anxin.config.rsgi, anxin.config.tasks
print(*sorted(set({HEAVY!r}) & set(sys.modules)))
"""


@pytest.mark.thorough
def test_pages_streams_and_jobs_start_without_the_compiled_search_and_without_tables():
    """That is a second of start and sixty megabytes for each process; who searches brings it in then."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "anxin.config.settings"},
    )  # fmt: skip
    assert done.stdout.strip() == ""
