"""Feature families over the as-of view, SAFE policy, missingness, catalog, panel and cache."""
