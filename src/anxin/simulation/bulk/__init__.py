"""A town of rows: the size of Lin'an at once, for benchmarks. Rows are written, not lived: see `load`."""

from anxin.simulation.bulk.load import load

__all__ = ["load"]
