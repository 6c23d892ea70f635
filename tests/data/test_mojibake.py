from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from gosales.data.mojibake import mended
from gosales.data.star import CUSTOMERS, TRANSACTIONS


def broken(text: str, times: int = 1) -> str:
    for _ in range(times):
        text = "".join(
            bytes([b]).decode("cp1252") if b not in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else chr(b)
            for b in text.encode()
        )
    return text


@pytest.mark.parametrize("text", ["Café", "Größe", "naïve – €5", "ÀÁÂÃÍÏÐÝ", "Łódź", "日本", "🙂"])
@pytest.mark.parametrize("times", [0, 1, 2])
def test_what_was_read_wrongly_once_or_twice_is_put_right(text, times):
    assert mended(broken(text, times)) == text


@pytest.mark.parametrize(
    "text", ["", "plain", "NÃO", "SÃO PAULO", "Ã", "Â", "\u00e2\u20ac", "50 £", "Ünal"]
)
def test_text_that_is_right_stays(text):
    assert mended(text) == text


def test_right_and_wrong_letters_in_one_text():
    assert mended(f"Café {broken('Müller')}") == "Café Müller"


def test_it_is_done_only_when_asked_and_counted(ingest_frames):
    lines = pd.DataFrame(
        {
            "customer_id": [broken("Jürgen"), "Jürgen", "b"],
            "order_date": ["2024-01-01"] * 3,
            "sku": ["s", broken("€ 5"), "s"],
            "division": ["d", "d", "d"],
            "gross_profit": [broken("5 €"), "5", "5 €"],
        }
    )
    customers = pd.DataFrame({"customer_id": [broken("Jürgen")], "kind": [broken("Händler")]})
    options = {"attributes": {"kind": {"kind": "static"}}, "currency": ["€", broken("€")]}
    as_it_is = ingest_frames(lines, customers, **options)
    assert as_it_is.facts["repaired"] == {}
    assert as_it_is.star.manifest.rows[CUSTOMERS] == 3
    options["currency"] = "€"
    result = ingest_frames(lines, customers, repair_mojibake=True, **options)
    assert result.facts["repaired"] == {
        "fact_transactions.customer_id": 1, "fact_transactions.sku": 1,
        "fact_transactions.gross_profit": 1, "dim_customer.customer_id": 1, "dim_customer.kind": 1,
    }  # fmt: skip
    assert any(
        "values whose mojibake was put right: fact_transactions.customer_id 1" in note
        for note in result.notes()
    )
    got = duckdb.sql(
        f"SELECT c.customer_id, c.kind, t.sku FROM '{result.star.table(CUSTOMERS)}' c "
        f"JOIN '{result.star.table(TRANSACTIONS)}' t USING (customer_id) ORDER BY ALL"
    ).fetchall()
    assert got == [("Jürgen", "Händler", "s"), ("Jürgen", "Händler", "€ 5"), ("b", None, "s")]
    lines["customer_id"] = "Jürgen"
    clean = ingest_frames(lines.assign(sku="s", gross_profit="5"), repair_mojibake=True)
    assert clean.facts["repaired"] == {}
