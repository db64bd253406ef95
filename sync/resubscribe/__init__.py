"""A resubscribe: the one operation that clears, and so the one that could lose an opt-out."""
