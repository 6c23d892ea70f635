"""Eligibility rules, one class per file."""
