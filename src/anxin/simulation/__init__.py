"""A small living Lin'an for demonstration and test."""
