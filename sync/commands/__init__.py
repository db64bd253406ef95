"""The verbs of `optout sync`, one file a verb; each reads top to bottom."""
