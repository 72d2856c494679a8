"""Which tone a state has on screen. A tone is a colour and a shape together; the word is the state's label.

plain: nothing going on · brand: under way · good: done well · wait: somebody must act or time runs · bad: failed.
Only states use green, amber and red.
"""

from __future__ import annotations

from typing import Any

ICONS = {
    "plain": "circle-dashed",
    "brand": "progress",
    "good": "circle-check",
    "wait": "clock",
    "bad": "alert-triangle",
}

_words = {
    "plain": "draft closed archived withdrawn none inactive cancelled expired_offer retired skipped void superseded"
    " waived off",
    "brand": "accepted matching contracting signed in_service active underway issued sent processing departed"
    " arrived started published open running drafting issuing red_pending agency_review association_review"
    " bureau_review exam_pending insurance_pending on",
    "good": "done paid completed confirmed verified live valid green succeeded approved refunded"
    " delivered closed_well settled answered upheld",
    "wait": "submitted billed pending unanswered offered awaiting proposed due queued unpaid requested expiring"
    " amber unverified paused late drawn questioned owed contested payable paying verifying returned leaving ready"
    " customer_signed filed",
    "bad": "rejected refused failed expired revoked suspended red overdue missing no_show disputed declined"
    " abnormal",
}
TONES = {word: tone for tone, words in _words.items() for word in words.split()}


def tone_of(value: Any) -> str:
    """The tone of a state: its own `tone` if it has one, else by its name, else plain."""
    own = getattr(value, "tone", None)
    return str(own) if own in ICONS else TONES.get(str(value), "plain")


CODES = {
    "green": ("green", "shield-check-filled"),
    "amber": ("amber", "alert-triangle"),
    "yellow": ("amber", "alert-triangle"),
    "red": ("red", "alert-octagon"),
}
