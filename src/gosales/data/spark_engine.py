"""The same Ibis expressions on Spark."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from importlib import util
from pathlib import Path
from typing import Any, Final

import ibis
import ibis.expr.operations as ops
import pandas as pd
import pyarrow as pa

from gosales.core.digests import digest_frame, digest_json
from gosales.core.errors import ConfigError
from gosales.data.engine_frame import engine_frame
from gosales.data.query import Query

_OWNERS_KEPT: Final = 2


class SparkEngine:
    """Ibis on Spark: for logs that one machine does not hold.

    Parameters
    ----------
    master : str, default "local[2]"
        Where Spark runs, for example ``local[2]``, ``yarn``, ``k8s://…`` or ``spark://host:7077``.
    shuffle_partitions : int, default 8
        Parts of a shuffled table; two to four times the cluster's cores.
    memory : str, default "2g"
        Memory of the driver, which in local mode does all the work.
    settings : mapping of str to str, optional
        Further Spark settings.

    Raises
    ------
    ConfigError
        If pyspark is not installed.

    Notes
    -----
    Stars must lie where every worker can read them (``paths.work`` on a shared file system or an
    object store that is mounted). Integer and decimal sums are exact on both engines, so they are
    equal to the bit; quotients, logarithms and powers may differ from DuckDB in the last bits, so
    a model is scored on the engine it was trained on.
    """

    name = "spark"

    def __init__(
        self,
        master: str = "local[2]",
        shuffle_partitions: int = 8,
        memory: str = "2g",
        settings: Mapping[str, str] | None = None,
    ) -> None:
        if util.find_spec("pyspark") is None:
            raise ConfigError(
                "the Spark engine is not installed",
                got="engine=spark without pyspark",
                allowed="Python with pyspark, and Java 17 or later",
                remedy="pip install 'gosales[spark]', or use engine=duckdb",
                reason_code="missing_package",
            )
        self.master = master
        self.shuffle_partitions = shuffle_partitions
        self.memory = memory
        self.settings = dict(settings or {})
        self._reset()

    def _reset(self) -> None:
        self._backend: Any = None
        self._owners: dict[str, dict[str, ibis.Table]] = {}
        self._literals: dict[str, ibis.Table] = {}
        self._numbers = itertools.count()

    def _connect(self) -> Any:
        if self._backend is None:
            from pyspark.sql import SparkSession

            builder = SparkSession.builder.appName("gosales").master(self.master)
            for key, value in self._spark_settings().items():
                builder = builder.config(key, value)
            session = builder.getOrCreate()
            session.sparkContext.setLogLevel("ERROR")
            self._backend = ibis.pyspark.connect(session)
        return self._backend

    def _spark_settings(self) -> dict[str, str]:
        return {
            "spark.sql.shuffle.partitions": str(self.shuffle_partitions),
            "spark.driver.memory": self.memory,
            "spark.driver.maxResultSize": "0",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            # Windows and cutoffs are a handful of rows.
            "spark.sql.autoBroadcastJoinThreshold": "32m",
            **self.settings,
        }

    def table(self, path: Path, owner: str, domains: Mapping[str, Path]) -> ibis.Table:
        """The file's rows, kept in the cluster's memory as far as it goes; text stays text."""
        tables = self._owners.pop(owner, {})
        self._owners[owner] = tables
        while len(self._owners) > _OWNERS_KEPT:
            for old in self._owners.pop(next(iter(self._owners))).values():
                self.release(old)
        if path.name not in tables:
            session = self._connect()._session
            # Spark keeps rows by path, and another star may have been here.
            session.catalog.refreshByPath(str(path))
            tables[path.name] = self.slot(ibis.schema(_schema(path)))
            self._show(tables[path.name], session.read.parquet(str(path)))
        return tables[path.name]

    def literal(self, frame: pd.DataFrame, schema: Mapping[str, str]) -> ibis.Table:
        """A small frame as a view, one per content."""
        kept = frame[list(schema)]
        key = digest_json([digest_frame(kept), dict(schema)])
        if key not in self._literals:
            self._literals[key] = self.slot(ibis.schema(dict(schema)))
            self.fill(self._literals[key], kept)
        return self._literals[key]

    def compiled(self, expression: ibis.Table) -> Query:
        """Spark SQL of an expression; a slot's name is looked up when it runs."""
        return Query(self._connect().compile(expression), expression.schema())

    def slot(self, schema: ibis.Schema) -> ibis.Table:
        """The name of a view."""
        name, backend = f"gosales_{next(self._numbers)}", self._connect()
        table: ibis.Table = ops.DatabaseTable(name, schema=schema, source=backend).to_expr()
        return table

    def fill(self, slot: ibis.Table, rows: Query | pd.DataFrame) -> None:
        """Show other rows under the view's name, kept in the cluster."""
        session = self._connect()._session
        if isinstance(rows, Query):
            frame = session.sql(rows.text)
        else:
            frame = session.createDataFrame(ibis.memtable(rows, schema=slot.schema()).to_pyarrow())
        self.release(slot)
        self._show(slot, frame)

    def materialise(self, expression: ibis.Table) -> ibis.Table:
        """The rows of an expression, kept in the cluster."""
        kept = self.slot(expression.schema())
        self.fill(kept, self.compiled(expression))
        return kept

    def release(self, table: ibis.Table) -> None:
        """Let the cluster forget a table."""
        catalog, name = self._connect()._session.catalog, str(table.op().name)
        if catalog.tableExists(name):
            self._connect()._session.table(name).unpersist()
            catalog.dropTempView(name)

    def fetch(self, expression: ibis.Table | Query) -> pa.Table:
        """Execute and fetch."""
        query = expression if isinstance(expression, Query) else self.compiled(expression)
        rows = self._connect()._session.sql(query.text)
        return rows.toArrow().cast(query.schema.to_pyarrow())

    def together(self, works: Sequence[Callable[[], None]]) -> None:
        """One after the other: each has the whole cluster."""
        for work in works:
            work()

    def run(self, expression: ibis.Table) -> pd.DataFrame:
        """Execute and fetch as pandas."""
        return engine_frame(self.fetch(expression))

    def _show(self, slot: ibis.Table, frame: Any) -> None:
        frame.cache().createOrReplaceTempView(str(slot.op().name))

    def close(self) -> None:
        """Stop the session."""
        if self._backend is not None:
            self._backend._session.stop()
            self._reset()

    def __getstate__(self) -> dict[str, Any]:
        # A session cannot cross process borders; the worker opens its own.
        names = ("master", "shuffle_partitions", "memory", "settings")
        return {name: getattr(self, name) for name in names}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def _schema(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq
    from ibis.formats.pyarrow import PyArrowSchema

    return dict(PyArrowSchema.to_ibis(pq.read_schema(path)).items())
