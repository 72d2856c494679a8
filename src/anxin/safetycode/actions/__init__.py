"""The only writers of the safety code."""
