"""Migrations without the classes that no step of theirs asks for.

For each new table, key and index Django makes anew the classes of all models that are bound to it, however far away:
five sixths of the time in which an empty database becomes a house. The schema does not hang on them, and a piece of
Python (RunPython) gets them all made anew before it begins, as Django does for other delayed work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.migrations.state import ModelState, ProjectState


def _add_model(self: Any, model_state: ModelState) -> None:
    key = model_state.app_label, model_state.name_lower
    self.models[key] = model_state
    if self._relations is not None:
        self.resolve_model_relations(key)
    if "apps" in self.__dict__:
        self.is_delayed = True
        self._reload({key})


def _append_option(self: Any, app_label: str, model_name: str, option_name: str, added: Any) -> None:
    state = self.models[app_label, model_name]
    state.options[option_name] = [*state.options[option_name], added]
    self.is_delayed = True


@contextmanager
def lean_states() -> Iterator[None]:
    """Within the block migrations keep to their own table's class."""
    with (
        patch.object(ProjectState, "add_model", _add_model),
        patch.object(ProjectState, "_append_option", _append_option),
    ):
        yield
