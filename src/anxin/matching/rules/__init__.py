"""Decisions of matching as pure functions."""
