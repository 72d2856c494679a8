"""Setting the papers of the archive."""
