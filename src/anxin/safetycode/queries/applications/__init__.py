"""Reads of applications and appeals: one, a list, the clock, what is missing."""

from anxin.safetycode.queries.applications.clock import clock_of, clocks, workdays
from anxin.safetycode.queries.applications.conditions import authorised, conditions, face_matched
from anxin.safetycode.queries.applications.desks import (
    people_at,
    posted_at,
    regional,
    seats,
    sits_at,
    turn,
    turn_of,
)
from anxin.safetycode.queries.applications.elsewhere import HandledElsewhere, handled_elsewhere
from anxin.safetycode.queries.applications.lists import (
    DETAILED,
    Figures,
    application,
    figures,
    latest_of,
    listed,
)

__all__ = [
    "DETAILED",
    "Figures",
    "HandledElsewhere",
    "application",
    "authorised",
    "clock_of",
    "clocks",
    "conditions",
    "face_matched",
    "figures",
    "handled_elsewhere",
    "latest_of",
    "listed",
    "people_at",
    "posted_at",
    "regional",
    "seats",
    "sits_at",
    "turn",
    "turn_of",
    "workdays",
]
