from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from gosales.data.blank_text import BLANKS, is_given, trimmed

signs = st.sampled_from([*BLANKS, "a", "Z", "~", "é", "\u0301", "\u200d", "\x01", "日", "\u0600"])


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.text(signs, max_size=6), min_size=1, max_size=8))
def test_it_is_what_python_strips(values):
    found = duckdb.execute(
        f"SELECT {trimmed('x')}, {is_given('x')} FROM (SELECT unnest(?) AS x)", [values]
    ).fetchall()
    expected = [value.strip(BLANKS) or None for value in values]
    assert found == [(text, text is not None) for text in expected]
