"""A star whose files were touched after the ingest is not the one its digest names."""

from __future__ import annotations

import pandas as pd
import pytest

from gosales.core.errors import IntegrityError
from gosales.data.star import ASSETS, CUSTOMERS
from gosales.data.star_integrity import require_unchanged


def test_an_untouched_star_is_let_through(ingest_frames, lines):
    require_unchanged(ingest_frames(lines).star)


def test_an_edited_table_is_named(ingest_frames, lines):
    star = ingest_frames(lines).star
    table = pd.read_parquet(star.table(CUSTOMERS))
    table.assign(rep="somebody").to_parquet(star.table(CUSTOMERS), index=False)
    with pytest.raises(IntegrityError, match="other rows in dim_customer"):
        require_unchanged(star)


def test_a_lost_table_is_named(ingest_frames, lines):
    star = ingest_frames(lines).star
    star.table(ASSETS).unlink()
    with pytest.raises(IntegrityError, match="other rows in assets"):
        require_unchanged(star)
