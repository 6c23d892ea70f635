"""Estimators, calibrators, recipes and the no-pickle bundle."""
