"""Earlier rules, kept to be compared with; they gate nothing."""
