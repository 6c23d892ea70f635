"""Sections of the model card, one per file."""
