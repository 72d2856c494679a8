"""Divisions down to the village, town points, and the working-day calendar."""
