"""Runs, stores and model versions in MLflow; importing this costs nothing."""
