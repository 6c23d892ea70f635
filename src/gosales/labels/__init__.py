"""Targets, labels, population and guards."""
