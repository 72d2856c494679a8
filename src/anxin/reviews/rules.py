"""Decisions about reviews. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.reviews.values import Dimension


def stars(scores: Mapping[str, int]) -> float:
    """The mean of the four dimensions, 1–5."""
    return sum(scores[str(d)] for d in Dimension) / len(Dimension)


def fits(scores: Mapping[str, object]) -> bool:
    """Whether each of the four dimensions has a whole number from 1 to 5, and nothing else is there."""
    wanted = {str(d) for d in Dimension}
    return set(scores) == wanted and all(
        isinstance(v, int) and not isinstance(v, bool) and 1 <= v <= 5 for v in scores.values()
    )
