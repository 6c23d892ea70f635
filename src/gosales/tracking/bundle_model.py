"""The bundle as an MLflow model from code: MLflow runs this file, nothing is unpickled."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel, PythonModelContext

from gosales.core.columns import PROBABILITY


class BundleModel(PythonModel):  # type: ignore[misc]
    """Raw feature columns in, calibrated probability out."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read and verify the bundle that was logged with this file."""
        from gosales.models.bundle import read_bundle

        self._model, self.meta = read_bundle(Path(context.artifacts["bundle"]))

    def predict(
        self,
        context: PythonModelContext,
        model_input: pd.DataFrame,
        params: dict[str, object] | None = None,
    ) -> pd.DataFrame:
        """Probability of a purchase within the horizon, one row per input row."""
        # MLflow may reorder or box columns; the model wants its own order and float64.
        names = [spec.name for spec in self._model.specs]
        frame = model_input[names]
        return pd.DataFrame({PROBABILITY: self._model.predict(frame)})


set_model(BundleModel())
