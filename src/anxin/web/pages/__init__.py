"""Pages that show several areas."""
