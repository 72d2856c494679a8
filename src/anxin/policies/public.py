"""The door of policies: read a rule, change a rule."""

from anxin.policies.actions import UnknownPolicy, ValueUnfit, change
from anxin.policies.queries import STORED_SQL, Reading, read, read_many, readings, steady, value_of

__all__ = [
    "STORED_SQL",
    "Reading",
    "UnknownPolicy",
    "ValueUnfit",
    "change",
    "read",
    "read_many",
    "readings",
    "steady",
    "value_of",
]
