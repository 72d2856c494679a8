"""Payments for programs: the same actions as the pages."""

from anxin.payments.api.operations import router

__all__ = ["router"]
