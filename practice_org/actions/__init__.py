"""What people do in the browser: merge, convert, delete, lock, and the rules they set."""
