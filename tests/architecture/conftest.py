"""Fixtures of the tests that drive every address."""

from tests.architecture.driving import things

__all__ = ["things"]
