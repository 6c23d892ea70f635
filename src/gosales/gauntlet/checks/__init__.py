"""Gauntlet checks, one class per file, independent of one another."""
