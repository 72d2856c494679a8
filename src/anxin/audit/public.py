"""The door of audit: record an act, guard a write against replays, count who asks how often, look the trail through."""

from anxin.audit.actions import (
    ENTRIES_SQL,
    anchor,
    archive,
    ask_check,
    check,
    entries_values,
    record,
    replay,
    seal_batch,
    stamp,
    stamped,
    take,
    take_along,
    verify,
)
from anxin.audit.adapters.signing import public_pems
from anxin.audit.adapters.timestamps import NoStamp
from anxin.audit.events import ListTaken
from anxin.audit.models import Entry, Seal
from anxin.audit.queries import (
    Archived,
    Place,
    Wanted,
    archived,
    archived_count,
    last_archive,
    last_check,
    last_seal,
    of_subject,
    seals_of,
    trail,
    unsealed,
)

__all__ = [
    "ENTRIES_SQL", "Archived", "Entry", "ListTaken", "NoStamp", "Place", "Seal", "Wanted", "anchor", "archive",
    "archived", "archived_count", "ask_check", "check", "entries_values", "last_archive", "last_check", "last_seal",
    "of_subject", "public_pems", "record", "replay", "seal_batch", "seals_of", "stamp", "stamped", "take",
    "take_along", "trail", "unsealed", "verify",
]  # fmt: skip
