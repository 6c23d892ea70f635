"""Model cards and figures."""
