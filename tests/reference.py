"""Reference data (divisions, calendar, catalogue) comes from migrations; a transactional test empties every table.

After such a test the migrations' own functions put it back, so that the order of tests and --reuse-db do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

LOADERS = (
    ("places", "anxin.places.migrations.0002_data", "load"),
    ("catalogue", "anxin.catalogue.migrations.0003_first_edition", "publish"),
)


def _empties_tables(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    return bool(marker and marker.kwargs.get("transaction")) or bool(
        names & {"transactional_db", "live_server"}
    )


def reload_reference() -> None:
    """Put back what data migrations loaded, if it is gone; drop jobs, which no flush knows of, about rows that went."""
    from django.apps import apps
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    for area, module, function in LOADERS:
        model = apps.get_model(area, {"places": "Division", "catalogue": "CatalogueVersion"}[area])
        if not model._default_manager.exists():
            getattr(import_module(module), function)(apps, None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Runs around the teardown of all fixtures: what comes after `yield` sees the emptied tables."""
    result = yield
    # After the last test the test database is gone, unless it is kept for the next run.
    if _empties_tables(item) and (nextitem is not None or item.config.getoption("reuse_db")):
        from pytest_django.plugin import blocking_manager_key

        with item.config.stash[blocking_manager_key].unblock():
            reload_reference()
    return result
