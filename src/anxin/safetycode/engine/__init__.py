"""The picture of a code. Plain."""
