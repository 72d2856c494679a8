"""States of an agency on the platform and of what it offers. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class AgencyState(StrEnum):
    APPLIED = "applied"
    VERIFYING = "verifying"
    RETURNED = "returned"
    REJECTED = "rejected"
    LIVE = "live"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    LEFT = "left"


class ItemState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


A, I = AgencyState, ItemState

AGENCY = Machine(
    "agencies.agency",
    A.APPLIED,
    {
        A.APPLIED: {A.VERIFYING: "submit"},
        A.VERIFYING: {A.LIVE: "approve", A.RETURNED: "return", A.REJECTED: "reject"},
        A.RETURNED: {A.VERIFYING: "submit"},
        A.REJECTED: {A.VERIFYING: "appeal"},
        A.LIVE: {A.SUSPENDED: "suspend", A.LEAVING: "leave"},
        A.SUSPENDED: {A.LIVE: "reinstate", A.LEAVING: "leave"},
        A.LEAVING: {A.LEFT: "finish", A.LIVE: "stay", A.SUSPENDED: "stay"},
    },
)

ITEM = Machine(
    "agencies.service_item",
    I.DRAFT,
    {
        I.DRAFT: {I.PUBLISHED: "publish", I.WITHDRAWN: "withdraw"},
        I.PUBLISHED: {I.WITHDRAWN: "withdraw"},
        I.WITHDRAWN: {I.PUBLISHED: "publish"},
    },
)
