"""The door of workers: who may come, when they are free, and how their time is booked."""

from anxin.workers.actions.affiliation import (
    AlreadyAffiliated,
    NotAffiliated,
    StillBooked,
    allow_grabbing,
    join_agency,
    leave_agency,
)
from anxin.workers.actions.leave import LeaveOverBooking, cancel_leave, take_leave
from anxin.workers.actions.papers import (
    HealthValueGiven,
    add_credential,
    verify_credential,
    withdraw_credential,
)
from anxin.workers.actions.people import (
    AlreadyEnrolled,
    NoSuchWorker,
    NotVerified,
    NotYours,
    change_profile,
    enrol,
    set_areas,
    set_shifts,
    set_skills,
    set_state,
)
from anxin.workers.actions.standing import record_completed, record_rating, set_colours, set_credit
from anxin.workers.actions.time import (
    NoSuchTime,
    NotWorking,
    TimeTaken,
    TravelTooFar,
    confirm_time,
    hold_time,
    move_time,
    release_time,
)
from anxin.workers.actions.told import tell_worker_and_agency
from anxin.workers.events import AffiliationChanged, Enrolled, LeaveTaken, PaperExpires, PapersChanged
from anxin.workers.models import Worker
from anxin.workers.queries.candidates import Wanted, candidates, why_not
from anxin.workers.queries.people import (
    affiliation_of,
    card_by_number,
    cards,
    coverage,
    ids_of,
    papers_of,
    worker_facts,
    worker_of,
)
from anxin.workers.queries.people import (
    listed as listed_workers,
)
from anxin.workers.queries.time import blocked, booking_of, busy, free_spans
from anxin.workers.rules import fits_between, service_days, travel_fits

__all__ = [
    "AffiliationChanged",
    "AlreadyAffiliated",
    "AlreadyEnrolled",
    "Enrolled",
    "HealthValueGiven",
    "LeaveOverBooking",
    "LeaveTaken",
    "NoSuchTime",
    "NoSuchWorker",
    "NotAffiliated",
    "NotVerified",
    "NotWorking",
    "NotYours",
    "PaperExpires",
    "PapersChanged",
    "StillBooked",
    "TimeTaken",
    "TravelTooFar",
    "Wanted",
    "Worker",
    "add_credential",
    "affiliation_of",
    "allow_grabbing",
    "blocked",
    "booking_of",
    "busy",
    "cancel_leave",
    "candidates",
    "card_by_number",
    "cards",
    "change_profile",
    "confirm_time",
    "coverage",
    "enrol",
    "fits_between",
    "free_spans",
    "hold_time",
    "ids_of",
    "join_agency",
    "leave_agency",
    "listed_workers",
    "move_time",
    "papers_of",
    "record_completed",
    "record_rating",
    "release_time",
    "service_days",
    "set_areas",
    "set_colours",
    "set_credit",
    "set_shifts",
    "set_skills",
    "set_state",
    "take_leave",
    "tell_worker_and_agency",
    "travel_fits",
    "verify_credential",
    "why_not",
    "withdraw_credential",
    "worker_facts",
    "worker_of",
]
