"""Reads of applications and appeals: one, a list, the clock, what is missing."""

from anxin.safetycode.queries.applications.clock import clock_of, clocks, workdays
from anxin.safetycode.queries.applications.conditions import authorised, conditions, face_matched
from anxin.safetycode.queries.applications.desks import desk_of, people_at, regional, sits_at, turn_of
from anxin.safetycode.queries.applications.lists import (
    DETAILED,
    Figures,
    application,
    figures,
    latest_of,
    listed,
    turn,
)

__all__ = [
    "DETAILED",
    "Figures",
    "application",
    "authorised",
    "clock_of",
    "clocks",
    "conditions",
    "desk_of",
    "face_matched",
    "figures",
    "latest_of",
    "listed",
    "people_at",
    "regional",
    "sits_at",
    "turn",
    "turn_of",
    "workdays",
]
