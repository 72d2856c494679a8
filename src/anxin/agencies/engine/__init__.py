"""Algorithms of agencies, pure."""
