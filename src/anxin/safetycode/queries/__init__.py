"""Every read of the safety code."""
