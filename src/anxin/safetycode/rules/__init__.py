"""The decisions of the safety code, plain: no ORM, no clock."""

from anxin.safetycode.rules.colour import DECIDING, colour, credit_grade, turning_days, turns_on
from anxin.safetycode.rules.sets import SHIPPED

__all__ = ["DECIDING", "SHIPPED", "colour", "credit_grade", "turning_days", "turns_on"]
