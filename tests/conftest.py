"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import django
import hypothesis
import pytest
from django.utils import translation

from anxin.kit.room import roomy
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

ROOMY = pytest.StashKey[bool]()
pytest_plugins = (
    [] if HANDS_OUT else ["tests.tape", "tests.cast", "tests.simulators", "tests.reference", "tests.stage"]
)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None]:
    """The shortest run leaves out what is marked thorough. Files that need no database come second: while the process
    that got the first one migrates, the others have something to do."""
    if left := thorough.leave_out(items):
        config.hook.pytest_deselected(items=left)
    yield  # pytest-django puts tests in its own order.
    needing = {item.path for item in items if _needs_database(item)}
    first = next((item.path for item in items if item.path in needing), None)
    items.sort(key=lambda item: (item.path != first, item.path in needing))


def _needs_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or item.get_closest_marker("django_db") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """Tests call deep: all of them run inside a call that leaves room."""
    if ROOMY in session.stash:
        return None  # Whoever runs them is asked next.
    session.stash[ROOMY] = True
    return roomy(session.config.hook.pytest_runtestloop)(session=session)


def pytest_runtest_teardown() -> None:
    """A request leaves its language to whatever runs next in the thread: each test begins in Chinese."""
    translation.deactivate()


def pytest_collection_finish() -> None:
    """From here on there is rubbish, and it is looked for where it may be: among what the tests make."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Pytest looks for rubbish five times when all is done; what is none after the first time is none."""
    gc.collect()
    gc.freeze()
