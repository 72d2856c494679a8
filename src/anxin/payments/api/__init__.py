"""Payments for programs: the same actions as the pages."""

from anxin.payments.api import (
    compensations,  # noqa: F401  # adds its operations to the router
    oversight,
)
from anxin.payments.api.operations import router

router.add_router("", oversight.router)

__all__ = ["router"]
