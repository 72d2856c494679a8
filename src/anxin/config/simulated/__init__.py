"""Simulators of outside systems that serve the house itself and no area: key service, object store."""
