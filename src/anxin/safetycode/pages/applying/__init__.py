"""Pages of applications and appeals."""
