"""A Plan is carried out: every step on disk first, every end read back."""
