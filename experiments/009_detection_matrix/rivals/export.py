"""A specimen as files, the way a rival documents that it wants them."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from gosales.core.columns import CUSTOMER, CUTOFF, LABEL
from gosales.core.digests import digest_file, digest_frame, digest_json
from gosales.core.timeline import Cutoff
from gosales.data.star import TABLES, Star
from gosales.gauntlet.zoo.rewritten_star import rewritten_star
from gosales.gauntlet.zoo.specimen import Specimen

# Availability of each table's rows.
CLOCKS = dict.fromkeys(TABLES, "known_date") | {"dim_customer": "first_known_date"}
# Columns whose value changes on the day of an event alone: lines or assets so far.
COUNTS = {
    "assets__owned__all__ever": "assets",
    "planted__clamped_assets__all__ever": "assets",
    "planted__late_entries__all__ever": "fact_transactions",
    "planted__lifetime_lines__all__ever": "fact_transactions",
}


@dataclass(frozen=True)
class Export:
    """Files of one specimen.

    Parameters
    ----------
    specimen : Specimen
        Candidate and log.
    folder : pathlib.Path
        Holds the log's tables, ``panel``, ``train`` and ``test`` as Parquet, and ``asked.json``.
    given : mapping of str to str
        Digest of all that each rival is given. Equal to that of the honest twin: the leak lies
        where the rival does not look.
    by_day : mapping of str to str
        Digest of the features at each cutoff.
    """

    specimen: Specimen
    folder: Path
    given: dict[str, str]
    by_day: dict[str, str]

    @classmethod
    def of(cls, specimen: Specimen, cutoff: Cutoff, folder: Path, twin: Export | None) -> Export:
        """Write them.

        A detector with one as-of date is asked about the first at which the features differ from
        the twin's: where there is something to see.
        """
        candidate, star = specimen.candidate, specimen.star
        train_at = candidate.training_cutoffs(star)
        panel = candidate.build(star, [*train_at, cutoff])
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in TABLES:
            shutil.copyfile(star.table(name), folder / f"{name}.parquet")
        training = panel.at(train_at).labelled()
        frame = _frame(training.rows[[CUSTOMER, CUTOFF, "group", LABEL]], training.X)
        fold = candidate.plan(training).folds[0]
        parts = {"train": frame.iloc[fold.train], "test": frame.iloc[fold.valid]}
        parts["panel"] = _frame(panel.rows[[CUSTOMER, CUTOFF]], panel.X)
        for name, part in parts.items():
            part.to_parquet(folder / f"{name}.parquet", index=False)
        recorded = panel.provenance[["feature", CUTOFF, "newest_date"]].dropna()
        newest = recorded.groupby(["feature", CUTOFF], as_index=False).max()
        by_day = {day: digest_frame(part) for day, part in parts["panel"].groupby(CUTOFF)}
        other = [d for d in sorted(by_day) if twin and twin.by_day.get(d) != by_day[d]]
        as_of = (other or [str(train_at[0])])[0]
        asked = {"times": newest.to_dict("records"), "counts": COUNTS}
        told = {**asked, "as_of": as_of, "clocks": CLOCKS, "declared": None}
        (folder / "asked.json").write_text(json.dumps(told))
        digests = {name: digest_frame(part) for name, part in parts.items()}
        tables = [digest_file(star.table(name)) for name in TABLES]
        given = {
            "leakprobe": digest_json([tables, by_day]),
            "timefence": digest_json([tables, asked, digests["panel"]]),
            "deepchecks": digest_json([digests["train"], digests["test"]]),
        }
        return cls(specimen, folder, given, by_day)

    def declare(self, declared: dict[str, list[str]]) -> None:
        """What each feature is said to read."""
        file = self.folder / "asked.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "declared": declared}))

    def rebuilt(self, changed: list[str]) -> dict[str, Any]:
        """Features as of the rival's date from tables of which some were changed by it."""
        star = self.specimen.star
        if changed:
            tables = {name: self._returned(star, name) for name in changed}
            star = rewritten_star(star, self.folder / "star", tables, f"perturbed {changed}")
        as_of = Cutoff.parse(json.loads((self.folder / "asked.json").read_text())["as_of"])
        panel = self.specimen.candidate.build(star, [as_of], cached=False)
        file = self.folder / "features.parquet"
        _frame(panel.rows[[CUSTOMER]], panel.X).to_parquet(file, index=False)
        return {"features": str(file)}

    def _returned(self, star: Star, name: str) -> pa.Table:
        """A table in the types of the log; availability may be no day any more."""
        schema = pq.read_schema(star.table(name))
        frame = pd.read_parquet(self.folder / f"given_{name}.parquet")
        frame[CLOCKS[name]] = pd.to_datetime(frame[CLOCKS[name]]).dt.date
        return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)


def _frame(keys: pd.DataFrame, X: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([keys.reset_index(drop=True), X.reset_index(drop=True)], axis=1)
