"""The door of governance."""

from anxin.governance.queries.waiting import Waiting, looks_today, waiting_corrections

__all__ = ["Waiting", "looks_today", "waiting_corrections"]
