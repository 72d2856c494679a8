"""Contracts made from orders, signed by both sides, verifiable by anyone."""
