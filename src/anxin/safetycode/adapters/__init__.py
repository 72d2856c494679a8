"""Outside systems that the safety code asks, and their simulators."""
