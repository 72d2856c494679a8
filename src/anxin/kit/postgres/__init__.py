"""Django's PostgreSQL, but that savepoints make no round trips of their own. The settings name it as the engine."""
