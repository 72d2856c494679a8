"""One order's life, from demand to close."""
