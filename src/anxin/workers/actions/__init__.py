"""The only writers of workers."""
