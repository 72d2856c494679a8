"""Decisions about contracts as pure functions."""

from anxin.contracts.rules.facts import (
    agency_facts,
    cancel_scale,
    estimate_rows,
    period_text,
    price_rows,
    tables,
    worker_facts,
)
from anxin.contracts.rules.mandatory import MANDATORY, Item, changes, corrected, missing

__all__ = [
    "MANDATORY", "Item", "agency_facts", "cancel_scale", "changes", "corrected", "estimate_rows", "missing",
    "period_text", "price_rows", "tables", "worker_facts",
]  # fmt: skip
