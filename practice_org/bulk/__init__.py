"""Bulk API 2.0: queries as jobs, answered as pages of CSV."""
