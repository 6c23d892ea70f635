"""Fitted transforms: winsor caps, vocabularies, missingness."""
