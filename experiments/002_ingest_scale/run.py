"""Measure the ingest of a long log beside plain DuckDB reading and writing the same table."""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import yaml

HERE = Path(__file__).resolve().parent
ROUNDED = 2
# What the rival copies, and how: the table the ingest writes with DuckDB's defaults (the bar), the
# same packed as the star is, and the log as it came, with fewer columns.
RIVALS = {
    "same table": (True, ""),
    "same table, packed alike": (True, ", PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 5000"),
    "log as it came": (False, ""),
}


def generate(cfg: dict[str, Any], folder: Path) -> None:
    """A log in the order of its days, and its accounts; hashes of the line number, no chance."""
    copies = cfg["lines"] // cfg["copy_every"]
    base = cfg["lines"] - copies
    with connect(cfg, folder) as connection:
        connection.execute(f"""
          CREATE VIEW log AS
          SELECT 'C' || lpad(CAST(hash(i // {cfg["lines_per_invoice"]}, 'who')
              % {cfg["accounts"]} AS VARCHAR), 7, '0') AS customer_id,
            DATE '2015-01-01' + CAST(i * 3800 // {base} AS INTEGER) AS order_date,
            'INV' || lpad(CAST(i // {cfg["lines_per_invoice"]} AS VARCHAR), 9, '0') AS invoice_id,
            'SKU_' || (hash(i, 'sku') % {cfg["skus"]}) AS sku,
            'Division ' || (hash(i, 'sku') % {cfg["divisions"]}) AS division,
            CAST(1 + hash(i, 'n') % 9 AS INTEGER) AS quantity,
            CAST(hash(i, 'r') % 500000 AS DOUBLE) / 100 AS revenue,
            CAST(hash(i, 'g') % 200000 AS DOUBLE) / 100 - 100 AS gross_profit
          FROM (SELECT i FROM range({base}) t(i)
                UNION ALL SELECT i * {base // copies} FROM range({copies}) t(i))""")
        save = "(FORMAT parquet, COMPRESSION zstd)"
        connection.execute(f"COPY log TO '{folder / 'lines.parquet'}' {save}")
        connection.execute(f"""
          COPY (SELECT 'C' || lpad(CAST(i AS VARCHAR), 7, '0') AS customer_id,
              DATE '2014-01-01' + CAST(i % 3000 AS INTEGER) AS first_known_date,
              'industry ' || (i % 20) AS industry
            FROM range({cfg["accounts"]}) t(i)) TO '{folder / "accounts.parquet"}' {save}""")
    print(f"generated {cfg['lines']:,} lines", flush=True)


def connect(cfg: dict[str, Any], folder: Path) -> duckdb.DuckDBPyConnection:
    """The rival's connection: the ingest's own settings."""
    connection = duckdb.connect()
    connection.execute(
        f"SET threads = {cfg['threads']}; SET memory_limit = '{cfg['memory_limit']}'"
    )
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"SET temp_directory = '{folder / 'spill'}'")
    return connection


def ingest_once(cfg: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The whole ingest: digest of the files, contract, star, books, digests of the tables."""
    from gosales.data.ingest import ingest
    from gosales.data.sku_map import SkuMap
    from gosales.data.sources.parquet_source import ParquetSource

    shutil.rmtree(folder / "stars", ignore_errors=True)
    steps = Steps()
    source = ParquetSource(
        str(folder / "lines.parquet"),
        str(folder / "accounts.parquet"),
        attributes={"industry": {"kind": "static"}},
    )
    started, cpu = time.perf_counter(), cpu_seconds()
    result = ingest(source, SkuMap(), folder / "stars", steps)
    found = measured(started, cpu)
    steps.end()
    (total,) = result.reconciliation.totals()
    return {
        **found,
        "steps": {name: round(seconds, ROUNDED) for name, seconds in steps.seconds.items()},
        "said": steps.said,
        "rows": total["lines_out"],
        "copies": result.facts["duplicates"],
        "star": str(result.star.table("fact_transactions")),
    }


def rival_once(cfg: dict[str, Any], folder: Path, table: str, more: str) -> dict[str, Any]:
    """Plain DuckDB reads a Parquet table and writes it again, with its own defaults or more."""
    target = folder / "copy.parquet"
    with connect(cfg, folder) as connection:
        started, cpu = time.perf_counter(), cpu_seconds()
        connection.execute(
            f"COPY (SELECT * FROM read_parquet('{table}')) TO '{target}' "
            f"(FORMAT parquet, COMPRESSION zstd{more})"
        )
        return measured(started, cpu)


class Steps:
    """A progress listener that counts the processor seconds of what it is told of."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.said = 0
        self._now, self._since = "fingerprint", cpu_seconds()

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a named task."""
        self.end()
        self._now = " ".join(word for word in task.split() if word.isalpha() and word != "lines")

    def end(self) -> None:
        """Close the running task."""
        now = cpu_seconds()
        self.seconds[self._now] = now - self._since
        self._since = now

    def advance(self, steps: int = 1) -> None:
        """Ignore steps."""

    def say(self, message: str) -> None:
        """Count lines for the reader."""
        self.said += 1


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def measured(started: float, cpu: float) -> dict[str, float]:
    wall = time.perf_counter() - started
    return {"wall": round(wall, ROUNDED), "cpu": round(cpu_seconds() - cpu, ROUNDED)}


def in_child(*words: str) -> dict[str, Any]:
    """One measurement in a fresh process, with its peak resident memory."""
    child = subprocess.Popen([sys.executable, __file__, *words], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    text = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{words[0]} ended with {status}")
    found: dict[str, Any] = json.loads(text)
    # Linux counts in KiB.
    return found | {"peak_gb": round(used.ru_maxrss / 1024**2, ROUNDED)}


def study(cfg: dict[str, Any], folder: Path) -> dict[str, Any]:
    generate(cfg, folder)
    raw = str(folder / "lines.parquet")
    found: dict[str, list[dict[str, Any]]] = {"ingest": [], **{name: [] for name in RIVALS}}
    for turn in range(cfg["repeats"]):
        ours = in_child("ingest", str(folder))
        found["ingest"].append(ours)
        for name, (reads_star, more) in RIVALS.items():
            table = ours["star"] if reads_star else raw
            found[name].append(in_child("rival", str(folder), table, more))
        print(turn, {k: (v[-1]["wall"], v[-1]["cpu"]) for k, v in found.items()}, flush=True)
    best = found["ingest"][0]
    assert best["rows"] == cfg["lines"]
    assert best["copies"] == cfg["lines"] // cfg["copy_every"]
    summary = {
        name: {
            "wall_s": [run["wall"] for run in runs],
            "cpu_s": [run["cpu"] for run in runs],
            "peak_gb": max(run["peak_gb"] for run in runs),
        }
        for name, runs in found.items()
    }
    return {
        "settings": cfg,
        "duckdb": duckdb.__version__,
        "cores": os.cpu_count(),
        "runs": summary,
        "ratio": {
            rival: {
                f"{kind} {how.__name__}": round(
                    how(summary["ingest"][kind]) / how(summary[rival][kind]), ROUNDED
                )
                for kind in ("wall_s", "cpu_s")
                for how in (min, statistics.median)
            }
            for rival in RIVALS
        },
        "steps_cpu_s": min(found["ingest"], key=lambda run: run["cpu"])["steps"],
        "lines_said": [run["said"] for run in found["ingest"]],
        "copies_found": best["copies"],
    }


if __name__ == "__main__":
    cfg = yaml.safe_load((HERE / "config.yaml").read_text(encoding="utf-8"))
    if sys.argv[1:2] == ["ingest"]:
        print(json.dumps(ingest_once(cfg, Path(sys.argv[2]))))
    elif sys.argv[1:2] == ["rival"]:
        print(json.dumps(rival_once(cfg, Path(sys.argv[2]), *sys.argv[3:])))
    else:
        load = [round(x, 1) for x in os.getloadavg()]
        with tempfile.TemporaryDirectory() as scratch:
            result = study(cfg, Path(scratch)) | {"load_before": load}
        (HERE / "result.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        print(json.dumps(result["ratio"], indent=1))
