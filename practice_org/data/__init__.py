"""The REST data API: queries, records, describes, composite calls."""
