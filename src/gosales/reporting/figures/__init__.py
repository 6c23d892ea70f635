"""Figures, one per file: title, population, split, n, interval and a one-line reading."""
