"""Ranking signals read from the columns of the scored panel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gosales.core.errors import ConfigError
from gosales.features.panel import Panel
from gosales.features.spec import FeatureSpec
from gosales.whitespace.percentile import percentile

_KEYS = {"family", "measure"}


class Signals:
    """Which feature columns are the affinity and the ALS signal of DOMAIN §5.

    Parameters
    ----------
    affinity, als : sequence of mapping
        Sources, the first wins where it knows an account: ``{family: basket, measure: lift_max}``.
        A source whose column the scored model does not have is passed over.

    Raises
    ------
    ConfigError
        If a source does not name a family and a measure, or names anything else.

    Notes
    -----
    Of a source's columns of scope ``target`` the one that ends nearest to the cutoff counts, so a
    model trained under SAFE is ranked by its lagged twin. Where several sources are present each
    enters as its percentile among the accounts it knows: cosines of two embeddings have no common
    scale. The ranker turns what comes out into percentiles in any case.
    """

    def __init__(
        self,
        affinity: Sequence[Mapping[str, str]] = (),
        als: Sequence[Mapping[str, str]] = (),
    ) -> None:
        self.sources = {"affinity": list(affinity), "als": list(als)}
        wrong = [
            f"{signal}: {dict(source) if isinstance(source, Mapping) else source}"
            for signal, sources in self.sources.items()
            for source in sources
            if not isinstance(source, Mapping) or set(source) != _KEYS
        ]
        if wrong:
            raise ConfigError(
                "a source of a ranking signal is malformed",
                got="; ".join(wrong),
                allowed="a mapping with family and measure",
                remedy="mend whitespace.signals",
                reason_code="bad_signal_source",
            )

    def of(self, panel: Panel) -> dict[str, np.ndarray]:
        """Raw signals of the panel's rows.

        Parameters
        ----------
        panel : Panel
            The scored rows, with the columns their model knows.

        Returns
        -------
        dict of str to numpy.ndarray, shape (len(panel),)
            NaN where no source knows the account; a signal without any column is absent.
        """
        found: dict[str, np.ndarray] = {}
        for signal, sources in self.sources.items():
            specs = [spec for source in sources if (spec := _nearest(panel.specs, source))]
            known = [panel.X[s.name].to_numpy(dtype="float64", na_value=np.nan) for s in specs]
            if known:
                found[signal] = known[0] if len(known) == 1 else _first_known(known)
        return found


def _nearest(specs: Sequence[FeatureSpec], source: Mapping[str, str]) -> FeatureSpec | None:
    """The source's column whose window ends nearest to the cutoff."""
    mine = [
        (s.lookback.lag_days, s.name, s)
        for s in specs
        if s.family == source["family"]
        and s.measure == source["measure"]
        and s.scope == "target"
        and s.lookback is not None
    ]
    return min(mine)[2] if mine else None


def _first_known(columns: Sequence[np.ndarray]) -> np.ndarray:
    out = np.full(len(columns[0]), np.nan)
    for values in columns:
        place = np.where(np.isnan(values), np.nan, percentile(values))
        out = np.where(np.isnan(out), place, out)
    return out
