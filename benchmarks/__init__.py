"""Benchmarks: one runnable file a figure; each prints machine, scale, medians and ratios."""
