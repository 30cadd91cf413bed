"""Benchmarks: each prints a figure, the reference measured beside it in the same run, and the ratio."""
