"""The door of audit: record an act, guard a write against replays."""

from anxin.audit.actions import ENTRY_SQL, entry_values, record, replay, seal_batch, verify
from anxin.audit.queries import of_subject

__all__ = ["ENTRY_SQL", "entry_values", "of_subject", "record", "replay", "seal_batch", "verify"]
