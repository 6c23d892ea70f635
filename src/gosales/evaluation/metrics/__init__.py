"""One metric per file, each defined with weights and with ties by expected value."""
