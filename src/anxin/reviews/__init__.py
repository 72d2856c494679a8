"""Reviews of agencies and workers."""
