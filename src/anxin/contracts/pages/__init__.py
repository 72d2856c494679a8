"""Pages of contracts: reading and signing (customer), the desk and the seal (agency), texts (operator), verification."""

from anxin.contracts.pages import desk, reading, seal, texts, verification

__all__ = ["desk", "reading", "seal", "texts", "verification"]
