"""The door of policies: read a rule, change a rule."""

from anxin.policies.actions import UnknownPolicy, ValueUnfit, change
from anxin.policies.queries import Reading, read, read_many, readings, steady

__all__ = ["Reading", "UnknownPolicy", "ValueUnfit", "change", "read", "read_many", "readings", "steady"]
