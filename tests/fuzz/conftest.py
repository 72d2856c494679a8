"""The line's clock, channel and programs, for those who send nonsense."""

from tests.line.conftest import cashier, clock, program, standing

__all__ = ["cashier", "clock", "program", "standing"]
