"""What part of a customer's business each division has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import ibis

from gosales.core.columns import CUSTOMER, CUTOFF, DIVISION_KEY, IS_PURCHASE, TARGET
from gosales.core.errors import ConfigError
from gosales.core.slug import name_key, slug
from gosales.core.timeline import Lookback
from gosales.data.as_of import AsOfView
from gosales.features.description import described
from gosales.features.family import FeatureBlock
from gosales.features.money import Money
from gosales.features.month_windows import month_windows
from gosales.features.pool import pooled
from gosales.features.spec import FeatureSpec

_OWN = (CUSTOMER, CUTOFF)


@dataclass(frozen=True)
class DivisionMix:
    """The target's share of the customer's purchases; on request, a column set per division.

    Parameters
    ----------
    divisions : sequence of str, optional
        Names of divisions that get columns of their own (matched on their key). A fixed list,
        never "those in the data", so that training and scoring have the same columns. None: the
        target's shares only.
    months : int, default 12
        Window of counts, money and shares.
    prior_strength : float, default 5
        Pseudo-count of the Beta prior of the shares, in purchase lines.
    lag_days : int, default 30
        Lag of the twins of ``days_since_last_<division>``.
    money : {"auto", "gp", "revenue"}, default "auto"
        What the money columns add up, as in family ``rfm``.

    Notes
    -----
    Over purchase lines of the window, with n the customer's lines, n_d those of the division (or
    target), k the prior strength and m_d = sum n_d / sum n over all customers at that cutoff:

    ``count_share`` = (n_d + k m_d) / (n + k), the posterior mean under Beta(k m_d, k (1 - m_d)).

    ``gp_share`` = (n s_d + k t_d) / (n + k), where s_d is the division's share of the customer's
    positive money and t_d the same share over all customers; s_d = t_d where the customer has no
    positive money.

    Both are zero where nothing of the division was bought. ``gp_sum_<division>`` nets returns as
    in family ``rfm``; ``days_since_last_<division>`` is null when never.

    References
    ----------
    Robinson, D. (2017). Introduction to Empirical Bayes, ch. 3 (Beta prior of a proportion).
    """

    divisions: Sequence[str] | None = None
    months: int = 12
    prior_strength: float = 5.0
    lag_days: int = 30
    money: str = "auto"
    name: str = field(default="division_mix", init=False)

    def __post_init__(self) -> None:
        Money(self.money)  # refuses an unknown kind when the family is built
        month_windows(self.name, [self.months])
        slugs = [slug(d) for d in self.divisions or ()]
        if self.prior_strength <= 0 or self.lag_days <= 0 or len(set(slugs)) != len(slugs):
            raise ConfigError(
                "the division_mix family is malformed",
                got=f"divisions={list(self.divisions or ())}, "
                f"prior_strength={self.prior_strength}, lag_days={self.lag_days}",
                allowed="divisions with distinct keys, prior_strength > 0 and lag_days >= 1",
                remedy="mend features.families.division_mix",
                reason_code="bad_family",
            )

    @property
    def _money(self) -> Money:
        return Money(self.money)

    @property
    def _window(self) -> Lookback:
        return month_windows(self.name, [self.months])[0]

    @property
    def _ages(self) -> tuple[Lookback, ...]:
        return (Lookback(), Lookback(lag_days=self.lag_days))

    def specs(self) -> list[FeatureSpec]:
        """The target's shares, then six columns per listed division."""
        window = self._window
        shares = [("count_share", "order lines"), ("gp_share", self._money.words)]
        found = [
            FeatureSpec(
                self.name,
                measure,
                "target",
                window,
                f"share of this division in the account's {words}, last {self.months} months",
                monotone=1,
            )
            for measure, words in shares
        ]
        return found + [s for d in self.divisions or () for s in self._of(d)]

    def _of(self, division: str) -> list[FeatureSpec]:
        window, end = self._window, slug(division)
        told = [
            ("gp_sum", f"{self._money.words} from {division}"),
            ("tx_count", f"order lines of {division}"),
            ("count_share", f"share of {division} in the order lines"),
            ("gp_share", f"share of {division} in the {self._money.words}"),
        ]
        found = [
            FeatureSpec(
                self.name,
                f"{measure}_{end}",
                "all",
                window,
                described(words, "all", window),
                money=measure == "gp_sum",
            )
            for measure, words in told
        ]
        return found + [
            FeatureSpec(
                self.name,
                f"days_since_last_{end}",
                "all",
                age,
                described(f"days since the last order of {division}", "all", age),
                nullable=True,
                adjacency=True,
            )
            for age in self._ages
        ]

    def compute(self, view: AsOfView) -> FeatureBlock:
        """One pass over the lines for each scope."""
        lines = view.transactions()
        return FeatureBlock(
            all=self._by_division(view, lines) if self.divisions else None,
            target=self._by_target(view, lines),
        )

    def _by_target(self, view: AsOfView, lines: ibis.Table) -> ibis.Table:
        lines = view.recent(lines)
        rows = self._totals(view, view.by_target(lines), "part")
        rows = rows.join(self._totals(view, lines, "whole"), list(_OWN))
        names = [spec.name for spec in self.specs()[:2]]
        shares = dict(zip(names, self._shares(rows, "part"), strict=True))
        return rows.select(*_OWN, TARGET, **shares)

    def _totals(self, view: AsOfView, lines: ibis.Table, part: str) -> ibis.Table:
        bought = view.within(lines, self._window) & lines[IS_PURCHASE]
        rows = lines.group_by(view.keys(lines)).aggregate(**self._amounts(lines, part, bought))
        return pooled(rows, _names(part))

    def _amounts(self, lines: ibis.Table, part: str, where: ibis.Value) -> dict[str, ibis.Value]:
        money = self._money.of(lines)
        values = [lines.count(where=where), money.sum(where=where & (money > 0))]
        return dict(zip(_names(part), values, strict=True))

    def _by_division(self, view: AsOfView, lines: ibis.Table) -> ibis.Table:
        listed = list(self.divisions or ())
        inside = view.within(lines, self._window)
        columns = self._amounts(lines, "whole", inside & lines[IS_PURCHASE])
        for i, division in enumerate(listed):
            here = lines[DIVISION_KEY] == name_key(division)
            columns |= self._amounts(lines, f"d{i}", inside & lines[IS_PURCHASE] & here)
            columns[f"d{i}_net"] = self._money.of(lines).sum(where=inside & here)
            for age in self._ages:
                bought = view.within(lines, age) & lines[IS_PURCHASE] & here
                columns[f"d{i}_{age.token}"] = view.age_days(lines, age).min(where=bought)
        wide = lines.group_by(list(_OWN)).aggregate(**columns)
        parts = ["whole", *(f"d{i}" for i in range(len(listed)))]
        wide = pooled(wide, [name for part in parts for name in _names(part)])
        named: dict[str, ibis.Value] = {}
        for i, division in enumerate(listed):
            names = [spec.name for spec in self._of(division)]
            named.update(zip(names, self._division_values(wide, f"d{i}"), strict=True))
        return wide.select(*_OWN, **named)

    def _division_values(self, wide: ibis.Table, part: str) -> list[ibis.Value]:
        ages = [wide[f"{part}_{age.token}"].cast("float64") for age in self._ages]
        net = wide[f"{part}_net"].cast("float64").fill_null(0.0)
        return [net, wide[f"{part}_n"].cast("float64"), *self._shares(wide, part), *ages]

    def _shares(self, rows: ibis.Table, part: str) -> list[ibis.Value]:
        def value(name: str) -> ibis.Value:
            return rows[name].cast("float64").fill_null(0.0)

        n, n_part = value("whole_n"), value(f"{part}_n")
        prior = value(f"{part}_n_pool") / value("whole_n_pool").nullif(0.0)
        prior_gain = value(f"{part}_gain_pool") / value("whole_gain_pool").nullif(0.0)
        prior_gain = prior_gain.fill_null(0.0)
        gain = (value(f"{part}_gain") / value("whole_gain").nullif(0.0)).fill_null(prior_gain)
        k = float(self.prior_strength)
        smooth = [(n_part + k * prior) / (n + k), (n * gain + k * prior_gain) / (n + k)]
        return [(n_part > 0.0).ifelse(share, 0.0) for share in smooth]


def _names(part: str) -> list[str]:
    return [f"{part}_n", f"{part}_gain"]
