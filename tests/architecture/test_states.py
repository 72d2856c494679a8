"""State tables: each state can be reached, the column admits these states and no others, history is kept."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from django.apps import apps
from django.db.models import CheckConstraint, Q

import anxin
from anxin.kit.models import HistoryRow, Stateful
from anxin.kit.states import Machine


def machines() -> dict[str, Machine]:
    """Every table in an area's `states`, by area and name."""
    found: dict[str, Machine] = {}
    for info in pkgutil.walk_packages(anxin.__path__, "anxin."):
        if ".states" not in info.name or info.name.startswith("anxin.kit"):
            continue
        module = importlib.import_module(info.name)
        area = info.name.split(".")[1]
        for one in vars(module).values():
            if isinstance(one, Machine):
                found[f"{area}.{one.name}"] = one
    return found


def stateful() -> list[type[Stateful]]:
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


@pytest.mark.parametrize(("name", "machine"), sorted(machines().items()))
def test_every_state_can_be_reached_from_the_initial_one(name, machine):
    reached, edge = {machine.initial}, [machine.initial]
    while edge:
        following = [state for state in machine.next(edge.pop()) if state not in reached]
        reached.update(following)
        edge.extend(following)
    assert set(machine.states) - reached == set()


@pytest.mark.parametrize(("name", "machine"), sorted(machines().items()))
def test_a_table_speaks_of_its_own_states_only(name, machine):
    own = set(machine.states)
    assert set(machine.moves) <= own
    assert all(target in own for targets in machine.moves.values() for target in targets)


@pytest.mark.parametrize("model", stateful(), ids=lambda model: model._meta.label)
def test_the_database_admits_exactly_the_states_of_the_table(model):
    wanted = {str(state) for state in model.MACHINE.states}
    admitted = [
        set(value)
        for constraint in model._meta.constraints
        if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q)
        for name, value in _leaves(constraint.condition)
        if name == "state__in" and len(constraint.condition.children) == 1
    ]
    assert admitted == [wanted]


@pytest.mark.parametrize("model", stateful(), ids=lambda model: model._meta.label)
def test_every_change_of_state_leaves_a_history_row(model):
    assert issubclass(model.HISTORY, HistoryRow)
    assert model.HISTORY._meta.get_field("row").related_model is model


def _leaves(condition: Q) -> list[tuple[str, object]]:
    return [child for child in condition.children if isinstance(child, tuple)]
