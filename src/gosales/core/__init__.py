"""Time, names, errors, digests and seeds: what every other room stands on."""
