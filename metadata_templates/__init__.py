"""Jinja templates of everything that is written as metadata XML, as importable data."""
