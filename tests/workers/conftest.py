"""Fixtures of the workers' tests."""

from __future__ import annotations

from tests.tape import taped
from tests.workers.world import World, make_world


@taped
def world(db: None) -> World:
    return make_world()
