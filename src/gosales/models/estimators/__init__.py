"""Estimators, one class per file."""
