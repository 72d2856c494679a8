"""Forms of agencies."""
