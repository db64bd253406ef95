"""Frozen data that crosses rooms; no I/O, no vendor objects."""
