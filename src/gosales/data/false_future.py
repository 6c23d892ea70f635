"""A future that never happened, as queries over the true one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from gosales.core.columns import CUSTOMER, DEAL_ID
from gosales.core.seeds import derive_seed
from gosales.core.timeline import Cutoff
from gosales.data.staging import identifier
from gosales.data.star import ASSETS, CONTACTS, CUSTOMERS, DEALS, TRANSACTIONS, Attribute

_DAYS: Final = 200  # beyond a six-month horizon
_PER_DAY: Final = 4
_BOTH_SIDES: Final = 30  # days around the cutoff with facts learned late or booked ahead
_FACTOR: Final = 1000
_MARK: Final = "poison"
_MASKED: Final = (CUSTOMERS, DEALS)  # known rows with columns that tell of later


@dataclass(frozen=True)
class FalseFuture:
    """What replaces the facts that come after a cutoff.

    Parameters
    ----------
    seed : int
        Which false future.
    learned_late : bool
        Whether false facts that happened before the cutoff and were learned of after it are added.

    Notes
    -----
    Choices hang on MD5 of the row and the seed, not on a generator, so that they do not depend on
    the order of rows or on threads.
    """

    seed: int
    learned_late: bool

    def last_day(self, cutoff: Cutoff) -> Cutoff:
        """The last day with an invented fact."""
        return cutoff.plus_days(_DAYS)

    def prepare(self, connection: Any, cutoff: Cutoff, attributes: Mapping[str, Attribute]) -> None:
        """Create the tables and views that `query` reads.

        Parameters
        ----------
        connection : duckdb connection
            With views ``kept_<table>`` and ``later_<table>``, ``closed_deals`` and
            ``open_deals``.
        cutoff : Cutoff
            The last day of truth.
        attributes : mapping of str to Attribute
            Decides which columns of known accounts are scrambled.
        """
        connection.register("invented_days", self._days(cutoff))
        for part, columns, name in (
            ("goods", "sku, sku_key, division, division_key, family, sale_type", TRANSACTIONS),
            ("people", CUSTOMER, CUSTOMERS),
        ):
            whole = f"SELECT * FROM kept_{name} UNION ALL SELECT * FROM later_{name}"
            place = f"ROW_NUMBER() OVER (ORDER BY {columns}) - 1 AS place"
            connection.execute(
                f"CREATE TABLE {part} AS SELECT *, {place} "
                f"FROM (SELECT DISTINCT {columns} FROM ({whole}))"
            )
        connection.execute(self._lines())
        connection.execute(self._accounts(attributes, _columns(connection, CUSTOMERS)))
        connection.execute(self._assets())
        connection.execute(self._contacts())
        connection.execute(self._deals(cutoff))

    def query(self, name: str) -> str:
        """The poisoned table: the true rows that were known, then the false ones."""
        truth = identifier(f"{'masked' if name in _MASKED else 'kept'}_{name}")
        false = identifier(f"false_{name}")
        return f"SELECT * FROM {truth} UNION ALL BY NAME SELECT * FROM {false}"

    def _days(self, cutoff: Cutoff) -> pd.DataFrame:
        """Event date, known date and account of each invented fact."""
        rows: list[tuple[Any, Any, str | None]] = []
        for day in range(1, _DAYS + 1):
            later = cutoff.plus_days(day).day
            rows += [(later, later, None)] * _PER_DAY
            rows.append((later, later, f"{_MARK}-{self.seed}-{day}"))
        for day in range(1, _BOTH_SIDES + 1):
            before, after = cutoff.minus_days(day - 1).day, cutoff.plus_days(day).day
            rows.append((after, before, None))
            if self.learned_late:
                rows.append((before, after, None))
        frame = pd.DataFrame(rows, columns=["event", "known", "invented"])
        frame["draw"] = [self._number(i) for i in range(len(frame))]
        return frame.astype({"invented": "string"})

    def _number(self, i: int) -> int:
        return derive_seed(self.seed, _MARK, i, "high") << 31 | derive_seed(self.seed, _MARK, i)

    def _draw(self, *columns: str) -> str:
        text = ", ".join(f"COALESCE(CAST({c} AS VARCHAR), '')" for c in columns)
        return f"md5_number_lower(concat_ws('|', '{self.seed}', {text}))"

    def _lines(self) -> str:
        draw = self._draw(CUSTOMER, "order_date", "sku_key", "invoice_id", "quantity", "revenue")
        later = f"""
          SELECT order_date, known_date, NULL::VARCHAR AS invented, quantity, revenue,
            gross_profit, {draw} AS draw FROM later_{TRANSACTIONS}"""
        added = """
          SELECT event::DATE, known::DATE, invented, 5, 900.0, 300.0, draw::UBIGINT
          FROM invented_days"""
        wild = ", ".join(
            f"{_wild(f'f.{n}', 'f.draw', scale)} AS {n}"
            for n, scale in (("quantity", 3), ("revenue", 4), ("gross_profit", 4))
        )
        return f"""
          CREATE VIEW false_{TRANSACTIONS} AS
          SELECT COALESCE(f.invented, p.{CUSTOMER}) AS {CUSTOMER}, f.order_date, f.known_date,
            '{_MARK}-' || f.draw AS invoice_id, g.* EXCLUDE (place), {wild},
            (f.draw >> 44) % 4 <> 0 AS is_purchase
          FROM ({_placed(f"{later} UNION ALL {added}")}) f {_JOINS}"""

    def _accounts(self, attributes: Mapping[str, Attribute], columns: list[str]) -> str:
        hidden = {name: a for name, a in attributes.items() if not a.usable}
        masked = ", ".join(f"{_scrambled(n, a)} AS {identifier(n)}" for n, a in hidden.items())
        replaced = f" REPLACE ({masked})" if hidden else ""
        keep = ", ".join(
            _scrambled(n, attributes[n]) + f" AS {identifier(n)}" if n in attributes
            else identifier(n)
            for n in columns
        )  # fmt: skip
        return f"""
          CREATE VIEW masked_{CUSTOMERS} AS SELECT *{replaced} FROM kept_{CUSTOMERS};
          CREATE VIEW false_{CUSTOMERS} AS
          SELECT {keep} FROM (
            SELECT * FROM later_{CUSTOMERS}
            UNION ALL BY NAME
            SELECT invented AS {CUSTOMER}, event::DATE AS first_known_date
            FROM invented_days WHERE invented IS NOT NULL)"""

    def _assets(self) -> str:
        draw = self._draw("asset_id", CUSTOMER, "purchase_date")
        later = f"""
          SELECT purchase_date, known_date, NULL::VARCHAR AS invented, rollup, quantity,
            {draw} AS draw FROM later_{ASSETS}"""
        added = """
          SELECT event::DATE, known::DATE, invented, NULL, 3, draw::UBIGINT FROM invented_days"""
        return f"""
          CREATE VIEW false_{ASSETS} AS
          SELECT '{_MARK}-' || f.draw AS asset_id, COALESCE(f.invented, p.{CUSTOMER}) AS {CUSTOMER},
            g.sku, g.sku_key, COALESCE(f.rollup, g.sku) AS rollup, f.purchase_date, f.known_date,
            f.purchase_date + CAST((f.draw >> 44) % 900 AS INTEGER) AS expiry_date,
            (f.draw >> 50) % 2 = 0 AS is_subscription, f.quantity * {_FACTOR} AS quantity
          FROM ({_placed(f"{later} UNION ALL {added}")}) f {_JOINS}"""

    def _contacts(self) -> str:
        draw = self._draw(CUSTOMER, "contact_date", "known_date", "channel", "rep")
        later = f"""
          SELECT contact_date, known_date, NULL::VARCHAR AS invented, channel, rep,
            {draw} AS draw FROM later_{CONTACTS}"""
        added = """
          SELECT event::DATE, known::DATE, invented, NULL, NULL, draw::UBIGINT
          FROM invented_days"""
        return f"""
          CREATE VIEW false_{CONTACTS} AS
          SELECT COALESCE(f.invented, p.{CUSTOMER}) AS {CUSTOMER}, f.contact_date, f.known_date,
            '{_MARK} ' || COALESCE(f.channel, '') AS channel,
            '{_MARK} ' || COALESCE(f.rep, '') AS rep
          FROM ({_placed(f"{later} UNION ALL {added}")}) f {_JOINS}"""

    def _deals(self, cutoff: Cutoff) -> str:
        """False deals, and another end for each true one that was open at the cutoff."""
        end = _ending("d.draw", f"DATE '{cutoff}'")
        later = f"""
          SELECT opened_date, known_date, NULL::VARCHAR AS invented, amount,
            {self._draw(DEAL_ID, CUSTOMER, "opened_date")} AS draw FROM later_{DEALS}"""
        added = """
          SELECT event::DATE, known::DATE, invented, 9000.0, draw::UBIGINT FROM invented_days"""
        return f"""
          CREATE VIEW masked_{DEALS} AS
          SELECT * FROM closed_{DEALS}
          UNION ALL BY NAME
          SELECT d.* EXCLUDE (draw) REPLACE ({end}, {_wild("d.amount", "d.draw")} AS amount)
          FROM (SELECT *, {self._draw(DEAL_ID, "'open'")} AS draw FROM open_{DEALS}) d;
          CREATE VIEW false_{DEALS} AS
          SELECT '{_MARK}-' || f.draw AS deal_id, COALESCE(f.invented, p.{CUSTOMER}) AS {CUSTOMER},
            g.division, g.division_key, f.opened_date, f.known_date,
            {_ending("f.draw", "f.opened_date")}, {_wild("f.amount", "f.draw")} AS amount
          FROM ({_placed(f"{later} UNION ALL {added}")}) f {_JOINS}"""


def _ending(draw: str, after: str) -> str:
    """Closing day and stage of a deal: open, lost or won, one to 300 days after a day."""
    day = f"{after} + CAST(1 + ({draw} >> 44) % 300 AS INTEGER)"
    is_open, is_won = f"({draw} >> 54) % 3 = 0", f"({draw} >> 54) % 3 = 1"
    return (
        f"CASE WHEN {is_open} THEN NULL ELSE {day} END AS closed_date, "
        f"CASE WHEN {is_open} THEN 'open' WHEN {is_won} THEN 'won' ELSE 'lost' END AS stage"
    )


def _wild(amount: str, draw: str, scale: int = 4) -> str:
    """A thousandfold amount of either sign; one of its own where there was none."""
    sign = f"(CASE WHEN ({draw} >> 44) % 4 = 0 THEN -{_FACTOR} ELSE {_FACTOR} END)"
    many = f"{sign} * COALESCE({amount}, 777)::DECIMAL(30,4)"
    return f"COALESCE(TRY_CAST({many} AS DECIMAL(18,{scale})), -{amount})"


_JOINS: Final = """
          JOIN goods g ON g.place = f.good
          JOIN people p ON p.place = f.person"""


def _placed(facts: str) -> str:
    """The facts, each with the places of the SKU and the account it gets."""
    # Counted here: a join on an expression with a subquery in it would compare every pair.
    return (
        "SELECT u.*, draw % goods_n AS good, (draw >> 20) % people_n AS person "
        f"FROM ({facts}) u, (SELECT COUNT(*)::UBIGINT AS goods_n FROM goods), "
        "(SELECT COUNT(*)::UBIGINT AS people_n FROM people)"
    )


def _scrambled(name: str, attribute: Attribute) -> str:
    column = identifier(name)
    if attribute.dtype == "number":
        return f"COALESCE({column}, 1) * -{_FACTOR} - 7"
    return f"'{_MARK} ' || COALESCE({column}, '')"


def _columns(connection: Any, name: str) -> list[str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM kept_{name}").fetchall()
    return [str(row[0]) for row in rows]
