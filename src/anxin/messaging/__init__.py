"""Transports that carry a message out of the house, nothing about what it says."""
