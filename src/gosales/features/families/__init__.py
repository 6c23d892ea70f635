"""Feature families, one class per file, independent of one another."""
