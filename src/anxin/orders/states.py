"""The state tables of an order, a visit, an assignment, an offer and a request for change. Plain Python."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class OrderState(StrEnum):
    SUBMITTED = "submitted"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    CONTRACTING = "contracting"
    SIGNED = "signed"
    IN_SERVICE = "in_service"
    COMPLETED = "completed"
    BILLED = "billed"
    PAID = "paid"
    CLOSED = "closed"
    CANCELLED = "cancelled"


S = OrderState
ORDER = Machine(
    "order",
    S.SUBMITTED,
    {
        S.SUBMITTED: {S.ACCEPTED: "accept", S.UNANSWERED: "lapse", S.CANCELLED: "cancel"},
        S.UNANSWERED: {S.SUBMITTED: "submit_again", S.CANCELLED: "cancel"},
        S.ACCEPTED: {S.CONTRACTING: "agree", S.CANCELLED: "cancel"},
        S.CONTRACTING: {S.SIGNED: "sign", S.ACCEPTED: "choose_again", S.CANCELLED: "cancel"},
        S.SIGNED: {
            S.IN_SERVICE: "begin",
            S.CONTRACTING: "replace",
            S.ACCEPTED: "choose_again",
            S.CANCELLED: "cancel",
        },
        S.IN_SERVICE: {S.COMPLETED: "complete"},
        S.COMPLETED: {S.BILLED: "bill"},
        S.BILLED: {S.PAID: "pay"},
        S.PAID: {S.CLOSED: "close"},
    },
)


class VisitState(StrEnum):
    PLANNED = "planned"
    EN_ROUTE = "en_route"
    ARRIVED = "arrived"
    IN_SERVICE = "in_service"
    DONE = "done"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


V = VisitState
VISIT = Machine(
    "visit",
    V.PLANNED,
    {
        V.PLANNED: {V.EN_ROUTE: "depart", V.CANCELLED: "cancel"},
        V.EN_ROUTE: {V.ARRIVED: "arrive", V.PLANNED: "send_another", V.CANCELLED: "cancel"},
        V.ARRIVED: {V.IN_SERVICE: "enter", V.PLANNED: "send_another", V.CANCELLED: "cancel"},
        V.IN_SERVICE: {V.DONE: "finish"},
        V.DONE: {V.CONFIRMED: "confirm"},
    },
)


class AssignmentState(StrEnum):
    PROPOSED = "proposed"
    CARDED = "carded"
    AGREED = "agreed"
    DECLINED = "declined"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


A = AssignmentState
ASSIGNMENT = Machine(
    "assignment",
    A.PROPOSED,
    {
        A.PROPOSED: {A.CARDED: "confirm", A.DECLINED: "decline", A.LAPSED: "lapse", A.WITHDRAWN: "withdraw"},
        A.CARDED: {A.AGREED: "agree", A.REJECTED: "reject", A.LAPSED: "lapse", A.WITHDRAWN: "withdraw"},
        A.AGREED: {A.REPLACED: "replace", A.WITHDRAWN: "withdraw"},
    },
)
# Of these at most one per place in a visit: the worker's time is held.
LIVE_ASSIGNMENTS = (A.PROPOSED, A.CARDED, A.AGREED)


class OfferState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LAPSED = "lapsed"
    CLOSED = "closed"


F = OfferState
OFFER = Machine(
    "offer",
    F.OPEN,
    {F.OPEN: {F.ACCEPTED: "accept", F.DECLINED: "decline", F.LAPSED: "lapse", F.CLOSED: "close"}},
)


class ExtraState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ChangeState(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
