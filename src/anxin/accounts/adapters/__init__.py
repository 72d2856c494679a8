"""Outside systems that accounts asks, and their simulators."""
