"""MLflow behind a Protocol, and what makes its store safe."""
