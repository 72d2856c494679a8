"""Uploads made safe and served by short-lived signed addresses."""
