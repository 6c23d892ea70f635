"""Vectors of accounts and products, learned from purchases as of a cutoff."""
