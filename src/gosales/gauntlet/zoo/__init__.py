"""Leaks planted on purpose, each beside its clean twin, and what the checks say of them."""
