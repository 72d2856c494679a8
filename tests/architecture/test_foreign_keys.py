"""Foreign keys point down the stack and leave no name on another area: what the import linter cannot see."""

from __future__ import annotations

import tomllib
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def rank() -> dict[str, int]:
    """Height of each area in the stack of pyproject.toml, kit = 0."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["id"] == "stack")
    heights = {}
    for height, layer in enumerate(reversed(layers)):
        for area in layer.split("|"):
            heights[area.strip(" ()")] = height
    return heights


def relations():
    """(model, field, own area, other area) for every foreign key between two areas."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.concrete and field.is_relation and field.related_model:
                own, other = model._meta.app_label, field.related_model._meta.app_label
                if own != other:
                    yield model, field, own, other


def test_foreign_keys_point_down_the_stack():
    heights = rank()
    up = [
        f"{model._meta.label}.{field.name} → {other}"
        for model, field, own, other in relations()
        if own in heights and heights.get(other, -1) > heights[own]
    ]
    assert up == []


def test_no_reverse_name_is_left_on_another_area():
    left = [
        f"{model._meta.label}.{field.name} on {other}"
        for model, field, own, other in relations()
        if own in rank() and not field.remote_field.hidden
    ]
    assert left == []


def test_every_installed_area_is_in_the_stack():
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("anxin.")}
    assert ours <= set(rank())
