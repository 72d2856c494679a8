"""Writers of the audit trail, its seals, the answers kept for replays, and the tallies of who asks how often."""

from anxin.audit.actions.lists import take_along
from anxin.audit.actions.record import ENTRIES_SQL, entries_values, record
from anxin.audit.actions.replay import KeyMalformed, KeyReused, forget_answers, replay
from anxin.audit.actions.retention import TrailTouched, archive
from anxin.audit.actions.seals import anchor, ask_check, check, seal_batch, stamp
from anxin.audit.actions.tallies import forget_tallies, take
from anxin.audit.actions.verify import stamped, verify

__all__ = [
    "ENTRIES_SQL", "KeyMalformed", "KeyReused", "TrailTouched", "anchor", "archive",
    "ask_check", "check", "entries_values", "forget_answers",
    "forget_tallies", "record", "replay", "seal_batch", "stamp", "stamped", "take", "take_along", "verify",
]  # fmt: skip
