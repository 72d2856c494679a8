"""Fixtures of the safety code's tests: the workers' world."""

from tests.workers.conftest import world

__all__ = ["world"]
