"""Payments for programs: the same actions as the pages."""

from anxin.payments.api import compensations  # noqa: F401  # adds its operations to the router
from anxin.payments.api.operations import router

__all__ = ["router"]
