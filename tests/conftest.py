"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import tempfile
from pathlib import Path

import django
import hypothesis
import pytest

from tests import thorough

# What modules bring in stays for good: nothing of it is rubbish.
gc.disable()
# A home of its own for each process of the run, so that no test touches real keys or files. The settings are named
# here and not in pyproject.toml, since pytest-django would read those before this line.
os.environ["ANXIN_HOME"] = os.environ.get("ANXIN_TEST_HOME") or tempfile.mkdtemp(prefix="anxin-test-")
# WhiteNoise warns at every start of a test client where collected files are absent.
Path(os.environ["ANXIN_HOME"], "static").mkdir(exist_ok=True, parents=True)
# Who only hands out tests to parallel processes runs none, and they start when it is done with this file.
HANDS_OUT = "ANXIN_TEST_HANDS_OUT" in os.environ and "PYTEST_XDIST_WORKER" not in os.environ
if not HANDS_OUT:
    os.environ["DJANGO_SETTINGS_MODULE"] = "anxin.config.settings"
    django.setup()
    # Every client would go through the folders of static files before its first page.
    django.conf.settings.WHITENOISE_AUTOREFRESH = True
    # Parallel processes inherit the environment, and come to this file in their turn.
    del os.environ["DJANGO_SETTINGS_MODULE"]

# The same examples every time, and none fails because the machine is busy; in the shortest run a share of them.
CI = hypothesis.settings.get_profile("ci")
hypothesis.settings.register_profile("share", CI, max_examples=thorough.examples(CI.max_examples))
hypothesis.settings.load_profile("share")

pytest_plugins = (
    [] if HANDS_OUT else ["tests.tape", "tests.cast", "tests.simulators", "tests.reference", "tests.stage"]
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The shortest run leaves out what is marked thorough."""
    if left := thorough.leave_out(items):
        config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """From here on there is rubbish, and it is looked for where it may be: among what the tests make."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
