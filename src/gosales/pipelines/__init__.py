"""One use-case per command; each returns a frozen result."""
