"""Signals, eligibility, capacity and export of the ranked list."""
