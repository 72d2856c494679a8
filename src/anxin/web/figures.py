"""A figure of a desk: what it counts, how many, and where its rows are."""

from __future__ import annotations

# Words, how many, address of the rows, and how it is to be taken: "bad", "wait" or "" (as it is).
Figure = tuple[str, int, str, str]


def figure(words: str, count: int, url: str, tone: str = "") -> Figure:
    """Nothing of what is bad is nothing to look at: a tone is for what is there."""
    return words, count, url, tone if count else ""
