"""Calibrators, one class per file."""
