"""The states of a worker's record, and of a booking of their time."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine
from anxin.kit.text import gettext_noop


class WorkerState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


WORKER_STATE_LABELS = {
    WorkerState.ACTIVE: gettext_noop("在岗"),
    WorkerState.PAUSED: gettext_noop("暂停接单"),
    WorkerState.LEFT: gettext_noop("已离开平台"),
}

WORKER = Machine(
    "worker",
    WorkerState.ACTIVE,
    {
        WorkerState.ACTIVE: {WorkerState.PAUSED: "pause", WorkerState.LEFT: "leave"},
        WorkerState.PAUSED: {WorkerState.ACTIVE: "resume", WorkerState.LEFT: "leave"},
        WorkerState.LEFT: {WorkerState.ACTIVE: "return"},
    },
)


class BookingState(StrEnum):
    """Held until both sides have agreed, then firm. Released time is no row at all."""

    HELD = "held"
    FIRM = "firm"


BOOKING_STATE_LABELS = {
    BookingState.HELD: gettext_noop("待确认"),
    BookingState.FIRM: gettext_noop("已确定"),
}
