from __future__ import annotations

import pytest

from gosales.gauntlet.code_suspicions import code_suspicions


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("x = datetime.now()", "wall clock"),
        ("x = pd.Timestamp.today()", "wall clock"),
        ("x = time.time()", "wall clock"),
        ("x = os.path.getmtime(p)", "wall clock"),
        ("x = ibis.now()", "wall clock"),
        ("x = pd.Timestamp('now')", "wall clock"),
        ("x = np.datetime64('today')", "wall clock"),
        ("T = d.today", "wall clock"),
        ("x = getattr(date, 'today')()", "wall clock"),
        ("from time import time", "wall clock"),
        ("x = lines.order_date.year().isin([2024])", "date or year in code"),
        ("x = lines.order_date.year().between(2023, y)", "date or year in code"),
        ("x = lines.order_date.strftime('%Y') == '2024'", "date or year in code"),
        ("x = day.year in (2023, 2024)", "date or year in code"),
        ("x = day.year - 2020", "date or year in code"),
        ("x = getattr(date, 'to' + 'day')()", "code made at run time"),
        ("x = pl.scan_parquet(path)", "file read"),
        ("x = pq.ParquetFile(path)", "file read"),
        ("x = duckdb.connect(path)", "file read"),
        ("x = t.filter(t.order_date < '2024-06-30')", "date or year in code"),
        ("x = date(2024, 1, 1)", "date or year in code"),
        ("x = lines.order_date.year() == 2024", "date or year in code"),
        ("x = rows['gp_2024']", "date or year in code"),
        ("x = open(path)", "file read"),
        ("x = pd.read_parquet(path)", "file read"),
        ("x = ibis.read_csv(path)", "file read"),
        ("x = Path(p).read_text()", "file read"),
        ("x = os.environ['OUTCOME']", "file read"),
        ("import requests", "network"),
        ("from urllib.request import urlopen", "network"),
        ("exec(text)", "code made at run time"),
        ("x = con.raw_sql(text)", "code made at run time"),
        ("import ctypes", "code made at run time"),
        ("x = random.random()", "chance without a seed"),
        ("x = np.random.default_rng()", "chance without a seed"),
        ("x = view.star.table('transactions')", "way around the as-of view"),
        ("x = view._bounds", "way around the as-of view"),
        ("x = star_table(star, 'transactions', engine)", "way around the as-of view"),
        ("x = view.engine.table(path, 'me', {})", "way around the as-of view"),
        ("from gosales.data.outcome_view import OutcomeView", "way around the as-of view"),
    ],
)
def test_a_suspicious_line_is_found(line, what):
    assert what in {s.what for s in code_suspicions(f"y = 1\n{line}\n")}
    assert {s.line for s in code_suspicions(f"y = 1\n{line}\n")} == {2}


@pytest.mark.parametrize(
    "line",
    [
        '"""As of 2024-06-30 the view shows that day; date.today() is not asked."""',
        "x = view.within(lines, Lookback(months=12))",
        "x = view.star.manifest.attributes",
        "x = view.engine.literal(frame, schema)",
        "x = view.purchases().filter(lambda t: t.quantity > 2000)",
        "x = np.random.default_rng(seed)",
        "x = compiled.pattern",
        "x = rng.choice(5)",
        "rate = 2024",
        "x = perf_counter()",
        "from time import perf_counter",
        "x = getattr(self, name)",
        "x = t.quantity.between(1900, 2100)",
        "x = t.sku.isin(['2024x'])",
        "x = a.year() == b.year()",
        "x = a.year() - b.year() > 3",
        "x = read_specs(text)",
    ],
)
def test_an_innocent_line_is_not(line):
    assert code_suspicions(line) == []


def test_what_is_no_python_is_an_error():
    with pytest.raises(SyntaxError, match="invalid syntax"):
        code_suspicions("x = = 1")
