"""Splits, metrics with intervals, cross-validated fit and forward evaluation."""
