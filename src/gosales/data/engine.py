"""Where Ibis expressions run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import ibis
import pandas as pd
import pyarrow as pa

from gosales.data.query import Query


class Engine(Protocol):
    """A backend that holds tables and runs Ibis expressions over them.

    Attributes
    ----------
    name : str
        For messages.
    """

    name: str

    def table(self, path: Path, owner: str, domains: Mapping[str, Path]) -> ibis.Table:
        """A Parquet file that many queries will read.

        Parameters
        ----------
        path : pathlib.Path
            The file.
        owner : str
            Digest of the star it belongs to: another star may lie at the same path later. A
            backend keeps the tables of the two owners it was asked for last, at least.
        domains : mapping of str to pathlib.Path
            Text columns that queries group, join and sort on, each with a file whose column of
            that name lists every value. A backend may hold such columns as codes; to an
            expression they are text.
        """

    def literal(self, frame: pd.DataFrame, schema: Mapping[str, str]) -> ibis.Table:
        """A small frame as a table of this backend, with the given Ibis types.

        Equal frames are the same table, so that expressions over them are equal too.
        """

    def compiled(self, expression: ibis.Table) -> Query:
        """An expression as a query that can run many times without being composed anew."""

    def slot(self, schema: ibis.Schema) -> ibis.Table:
        """A table whose rows `fill` exchanges; what was compiled over it stays as it is."""

    def fill(self, slot: ibis.Table, rows: Query | pd.DataFrame) -> None:
        """Give a slot other rows, in place of those it had."""

    def materialise(self, expression: ibis.Table) -> ibis.Table:
        """Run an expression once and keep its rows as a table until `release`."""

    def release(self, table: ibis.Table) -> None:
        """Forget the rows of a slot, or a table that `materialise` made."""

    def fetch(self, expression: ibis.Table | Query) -> pa.Table:
        """Execute and fetch; text columns may come dictionary-encoded."""

    def together(self, works: Sequence[Callable[[], None]]) -> None:
        """Do pieces of work that fill, fetch and release, side by side if that pays.

        No two may share a slot they fill. When one fails, those not begun are dropped and its
        error is raised.
        """

    def run(self, expression: ibis.Table) -> pd.DataFrame:
        """Execute and fetch as pandas."""

    def close(self) -> None:
        """Free the backend's memory; tables made before are gone."""
