"""Sources, one class per file."""
