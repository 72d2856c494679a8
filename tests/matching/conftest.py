"""The clock of these pages stands still too."""

from tests.orders.conftest import at_noon

__all__ = ["at_noon"]
