"""Every command makes one Report; a format is one function over it."""
