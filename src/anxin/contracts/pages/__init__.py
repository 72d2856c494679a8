"""Pages of contracts: the customer's, the agency's desk and seal, the operator's texts, verification."""

from anxin.contracts.pages import desk, reading, seal, texts, verification

__all__ = ["desk", "reading", "seal", "texts", "verification"]
