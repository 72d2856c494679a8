"""Settings, addresses, processes and the anxin command."""
