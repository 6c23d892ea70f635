"""The audit: checks as proofs and calibrated statistics, and the verdict."""
