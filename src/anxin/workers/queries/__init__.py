"""Every read of workers."""
