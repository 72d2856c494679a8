"""The ranking engine: pure, usable as a library."""
