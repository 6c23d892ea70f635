import ibis
import pandas as pd

from gosales.data.duckdb_engine import DuckDBEngine
from gosales.features.exact_parts import PARTS, exact_parts


def test_quotients_become_whole_numbers_and_null_stays_null() -> None:
    engine = DuckDBEngine(threads=1)
    rows = engine.literal(pd.DataFrame({"x": [1 / 3, 2 / 3, 0.0, 2.5, None]}), {"x": "float64"})
    got = engine.run(rows.mutate(parts=exact_parts(rows["x"])).order_by(ibis.desc("x")))
    assert got["parts"].dropna().tolist() == [
        2_500_000_000_000, 666_666_666_667, 333_333_333_333, 0
    ]  # fmt: skip
    assert got["parts"].isna().sum() == 1
    assert PARTS == 10**12
    engine.close()
