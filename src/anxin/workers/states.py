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


class AuthorisationState(StrEnum):
    """In force from the signature; what follows is final, and a new authorisation is a new row."""

    SIGNED = "signed"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    REPLACED = "replaced"


AUTHORISATION_STATE_LABELS = {
    AuthorisationState.SIGNED: gettext_noop("有效"),
    AuthorisationState.WITHDRAWN: gettext_noop("本人已撤回"),
    AuthorisationState.ENDED: gettext_noop("离开机构时终止"),
    AuthorisationState.REPLACED: gettext_noop("已重新签署"),
}

AUTHORISATION = Machine(
    "authorisation",
    AuthorisationState.SIGNED,
    {
        AuthorisationState.SIGNED: {
            AuthorisationState.WITHDRAWN: "withdraw",
            AuthorisationState.ENDED: "end",
            AuthorisationState.REPLACED: "replace",
        }
    },
)


class ConductState(StrEnum):
    """A reward or a penalty. What was appealed is decided once, by people; what is revoked counts for nothing."""

    GIVEN = "given"
    APPEALED = "appealed"
    UPHELD = "upheld"
    REVOKED = "revoked"


CONDUCT_STATE_LABELS = {
    ConductState.GIVEN: gettext_noop("已记入"),
    ConductState.APPEALED: gettext_noop("申诉中"),
    ConductState.UPHELD: gettext_noop("申诉后维持"),
    ConductState.REVOKED: gettext_noop("已撤销"),
}

CONDUCT = Machine(
    "conduct",
    ConductState.GIVEN,
    {
        ConductState.GIVEN: {ConductState.APPEALED: "appeal", ConductState.REVOKED: "revoke"},
        ConductState.APPEALED: {ConductState.UPHELD: "uphold", ConductState.REVOKED: "grant"},
        ConductState.UPHELD: {ConductState.REVOKED: "revoke"},
    },
)
