"""Evidence, gates, promotion, rollback and the verified loader."""
