"""Faults such as real exports have, planted where one can look them up again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from gosales.core.seeds import derive_seed

_COLUMNS: Final = ("table", "row", "column", "kind", "fate")
_REFUSED, _REPORTED, _HARMLESS = "refused", "reported", "harmless"
_FATES: Final = {
    "blank_sku": _REFUSED,
    "wrong_date": _REFUSED,
    "twin_key": _REFUSED,
    "unknown_sku": _REPORTED,
    "negative_quantity": _REPORTED,
    "exact_copy": _REPORTED,
    "orphan_asset": _REPORTED,
    "shouted_division": _HARMLESS,
    "mojibake_name": _HARMLESS,
}
# Share of a table's rows with the fault at full mess.
_SHARES: Final = {
    "blank_sku": 0.004,
    "wrong_date": 0.004,
    "unknown_sku": 0.004,
    "shouted_division": 0.02,
    "negative_quantity": 0.004,
    "exact_copy": 0.004,
    "mojibake_name": 0.03,
    "twin_key": 0.01,
    "orphan_asset": 0.01,
}
_CENTURIES: Final = (-200, 200)  # 2024 typed as 1824 or 2224
_SKU: Final = "ZZ-{:03d}"
_STRANGER: Final = "C9999{:04d}"


@dataclass(frozen=True)
class Blemishes:
    """Plants faults in the tables of a world.

    Parameters
    ----------
    seed : int
        Root seed.
    mess : float
        In [0, 1]; 0 plants nothing. With any mess each fault stands at least once.

    Notes
    -----
    No row carries two faults, so that what a contract finds can be told apart:

    - ``blank_sku``: the SKU is a blank; ``wrong_date``: the order lies two centuries off;
    - ``unknown_sku``: a SKU no map knows; ``shouted_division``: the division in capitals between
      blanks, which means the same; ``negative_quantity``: a sale whose quantity alone is
      negative, so that it contradicts its own money; ``exact_copy``: the line stands again;
    - ``mojibake_name``: UTF-8 read as cp1252; ``twin_key``: an account's key stands again, with
      another size; both rows of the pair are listed;
    - ``orphan_asset``: it belongs to an account that no table has.

    What becomes of a row is its fate: ``refused`` by a strict contract and set aside by a lenient
    one, ``reported`` and kept, or ``harmless``, for it means what the clean row means.
    """

    seed: int
    mess: float

    def plant(self, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """Change the frames in place of their clean selves; say where.

        Parameters
        ----------
        frames : dict of str to pandas.DataFrame
            transactions, customers and assets; replaced by their blemished copies.

        Returns
        -------
        pandas.DataFrame
            table, row (from 1), column, kind, fate: one row per faulty row, sorted.
        """
        if not self.mess:
            return pd.DataFrame({c: pd.Series(dtype="object") for c in _COLUMNS})
        rng = np.random.default_rng(derive_seed(self.seed, "world", "blemishes"))
        found = []
        for name, blemish in _BLEMISHES.items():
            frames[name] = frames[name].reset_index(drop=True).copy()
            frames[name], planted = blemish(frames[name], self._places(rng, name, frames))
            found.append(planted.assign(table=name, fate=planted["kind"].map(_FATES)))
        planted = pd.concat(found, ignore_index=True)[list(_COLUMNS)]
        return planted.sort_values(["table", "kind", "row"], ignore_index=True)

    def _places(
        self, rng: np.random.Generator, name: str, frames: dict[str, pd.DataFrame]
    ) -> dict[str, np.ndarray]:
        """Disjoint positions for each kind of fault of a table."""
        frame = frames[name]
        free = rng.permutation(len(frame))
        places: dict[str, np.ndarray] = {}
        for kind in _KINDS[name]:
            fit = free[_fits(kind, frame)[free]]
            n = max(1, round(self.mess * _SHARES[kind] * len(frame)))
            places[kind] = np.sort(fit[:n])
            free = free[~np.isin(free, places[kind])]
        return places


def _fits(kind: str, frame: pd.DataFrame) -> np.ndarray:
    """Rows in which the fault can be seen."""
    if kind == "negative_quantity":
        return frame["quantity"].to_numpy() > 0
    if kind == "mojibake_name":
        return ~frame["name"].map(str.isascii).to_numpy(dtype=bool)
    return np.ones(len(frame), dtype=bool)


_Places = dict[str, np.ndarray]
_Planted = tuple[pd.DataFrame, pd.DataFrame]


def _transactions(frame: pd.DataFrame, at: _Places) -> _Planted:
    sku = frame["sku"].to_numpy(dtype=object).copy()
    sku[at["blank_sku"]] = " "
    sku[at["unknown_sku"]] = [_SKU.format(i) for i in range(len(at["unknown_sku"]))]
    division = frame["source_division"].to_numpy(dtype=object).copy()
    division[at["shouted_division"]] = [f" {d.upper()} " for d in division[at["shouted_division"]]]
    quantity = frame["quantity"].to_numpy().copy()
    quantity[at["negative_quantity"]] *= -1
    day = frame["order_date"].to_numpy().copy()
    wrong = at["wrong_date"]
    years = np.array(_CENTURIES)[np.arange(len(wrong)) % len(_CENTURIES)]
    day[wrong] = [d + pd.DateOffset(years=int(y)) for d, y in zip(
        pd.to_datetime(day[wrong]), years, strict=True
    )]  # fmt: skip
    frame = frame.assign(sku=sku, source_division=division, quantity=quantity, order_date=day)
    copies = frame.iloc[at["exact_copy"]]
    at = {**at, "exact_copy": len(frame) + np.arange(len(copies))}
    columns = {
        "blank_sku": "sku", "unknown_sku": "sku", "shouted_division": "source_division",
        "negative_quantity": "quantity", "wrong_date": "order_date", "exact_copy": "",
    }  # fmt: skip
    return pd.concat([frame, copies], ignore_index=True), _listed(at, columns)


def _customers(frame: pd.DataFrame, at: _Places) -> _Planted:
    name = frame["name"].to_numpy(dtype=object).copy()
    which = at["mojibake_name"]
    name[which] = [text.encode("utf-8").decode("cp1252") for text in name[which]]
    frame = frame.assign(name=name)
    twins = frame.iloc[at["twin_key"]]
    twins = twins.assign(size=twins["size"] + 1)
    both = np.concatenate([at["twin_key"], len(frame) + np.arange(len(twins))])
    columns = {"mojibake_name": "name", "twin_key": "customer_id"}
    whole = pd.concat([frame, twins], ignore_index=True)
    return whole, _listed({**at, "twin_key": both}, columns)


def _assets(frame: pd.DataFrame, at: _Places) -> _Planted:
    customer = frame["customer_id"].to_numpy(dtype=object).copy()
    customer[at["orphan_asset"]] = [_STRANGER.format(i) for i in range(len(at["orphan_asset"]))]
    return frame.assign(customer_id=customer), _listed(at, {"orphan_asset": "customer_id"})


_KINDS: Final = {
    "transactions": (
        "negative_quantity", "blank_sku", "wrong_date", "unknown_sku", "shouted_division",
        "exact_copy",
    ),
    "customers": ("mojibake_name", "twin_key"),
    "assets": ("orphan_asset",),
}  # fmt: skip
_BLEMISHES: Final[dict[str, Callable[[pd.DataFrame, _Places], _Planted]]] = {
    "transactions": _transactions,
    "customers": _customers,
    "assets": _assets,
}


def _listed(at: _Places, columns: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"row": int(place) + 1, "column": columns[kind], "kind": kind}
            for kind, places in at.items()
            for place in places
        ]
    )
