"""Every address of the house: pages and API operations, each with its rule."""

from anxin.config.rights import Address, every, operations, pages

__all__ = ["Address", "every", "operations", "pages"]
