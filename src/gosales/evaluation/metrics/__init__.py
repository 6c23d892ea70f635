"""Metrics, one class per file."""
