"""Capacity rules, one class per file."""
