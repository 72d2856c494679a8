"""The decisions of the safety code, plain: no ORM, no clock."""

from anxin.safetycode.rules.colour import DECIDING, colour, credit_grade

__all__ = ["DECIDING", "colour", "credit_grade"]
