"""The first Bulk API, under /services/async: jobs of batches, results in files."""
