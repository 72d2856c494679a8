"""Of which type the values are that reading and writing are given, and what they hand back."""

from __future__ import annotations

_MOMENTS = (
    "at",
    "start",
    "end",
    "buffered_end",
    "left_at",
    "next_at",
    "due_at",
    "hours_until",
    "hours_first",
    "hours_last",
)
_KEYS = (
    "order", "person", "organisation", "version", "worker", "household", "sight", "assignment", "booking", "by_person",
    "by_organisation",
)  # fmt: skip
_WORDS = ("item", "town", "city", "worker_city", "pieces", "by_post", "channel", "address", "request_id")

TAKES = {
    **dict.fromkeys(_MOMENTS, "timestamptz"), **dict.fromkeys(_KEYS, "uuid"), **dict.fromkeys(_WORDS, "text"),
    **dict.fromkeys(("first", "last", "first_day", "last_day"), "date"),
    **dict.fromkeys(("left_lat", "left_lng", "next_lat", "next_lng"), "float8"),
    **dict.fromkeys(("level", "tier", "insurance_class"), "int"),
    **dict.fromkeys(("terms", "notes", "entries", "jobs"), "jsonb"),
    "cap_from": "timestamptz[]", "cap_until": "timestamptz[]", "cap_own": "int[]", "cap_week": "bool[]",
    "certificates": "text[]", "check_offer": "bool",
}  # fmt: skip
