"""Append-only record of who did what, sealed in batches, and the replay guard for writes."""
