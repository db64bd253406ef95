"""The pages as somebody on a fresh machine follows them: read, typed, judged."""
