"""Facts, then checks: whether people would really see the field."""
