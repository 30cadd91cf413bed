"""Carries out docs/it.md: every command block, in order, on bare machines that this makes; `python3 dev.py guide`."""
