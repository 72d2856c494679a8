"""The safety code (安心码): colour, display and scan."""
