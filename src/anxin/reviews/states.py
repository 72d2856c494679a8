"""States of a review: never deleted, hidden by law alone, shown again on appeal."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class ReviewState(StrEnum):
    SHOWN = "shown"
    HIDDEN = "hidden"


REVIEW = Machine(
    "review",
    ReviewState.SHOWN,
    {ReviewState.SHOWN: {ReviewState.HIDDEN: "hide"}, ReviewState.HIDDEN: {ReviewState.SHOWN: "show"}},
)
