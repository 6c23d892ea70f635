"""The gosales command line: composes with Hydra, calls one pipeline, prints its result."""
