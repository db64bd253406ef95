"""Bulk API 2.0: queries answered as pages of CSV, and CSV written row by row."""
