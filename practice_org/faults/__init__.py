"""Trouble on purpose: which (catalogue), where (places), when (firing), how (showing)."""
