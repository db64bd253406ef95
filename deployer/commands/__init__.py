"""One file a verb; each has `command`, and imports what it needs only when it runs."""
