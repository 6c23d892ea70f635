"""deepchecks' documented suite for a split: `train_test_validation` on two datasets.

Gets the training and the validation rows of one fold with features, label, account as index and
cutoff as date. An alarm is a suite that does not pass; its failed checks are told.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import warnings
from pathlib import Path

os.environ["DISABLE_DEEPCHECKS_ANONYMOUS_TELEMETRY"] = "true"
os.environ["DISABLE_LATEST_VERSION_CHECK"] = "true"
logging.disable(logging.WARNING)
warnings.simplefilter("ignore")

CHANNEL = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)

# Not before its words are told from ours.
import pandas as pd  # noqa: E402
from deepchecks.tabular import Dataset  # noqa: E402
from deepchecks.tabular.suites import train_test_validation  # noqa: E402


def dataset(file: Path) -> Dataset:
    frame = pd.read_parquet(file).drop(columns="group")
    frame["cutoff"] = pd.to_datetime(frame["cutoff"])
    texts = [c for c in frame if frame[c].dtype == object and c != "customer_id"]
    return Dataset(
        frame, label="y", index_name="customer_id", datetime_name="cutoff", cat_features=texts
    )


def main(folder: Path) -> None:
    train, test = (dataset(folder / f"{name}.parquet") for name in ("train", "test"))
    result = train_test_validation().run(train_dataset=train, test_dataset=test)
    failed = sorted(type(c.check).__name__ for c in result.get_not_passed_checks())
    told = {"alarm": not result.passed(), "by": failed}
    CHANNEL.write(json.dumps({"result": told}) + "\n")
    CHANNEL.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
