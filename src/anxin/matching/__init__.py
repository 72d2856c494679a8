"""Who could come, who first, and why."""
