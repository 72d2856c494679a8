"""Pages of orders' own verbs."""
