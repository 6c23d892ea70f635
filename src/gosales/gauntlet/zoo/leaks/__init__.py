"""One planted leak per file."""
