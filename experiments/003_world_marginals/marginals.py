"""Marginals of a sales log over its last two years, the same for every log."""

from __future__ import annotations

import numpy as np
import pandas as pd

YEARS = 2
HORIZON_MONTHS = 6
MIN_GAPS = 4


def scalars(lines: pd.DataFrame) -> dict[str, float | None]:
    """One figure per marginal that is a single number.

    Parameters
    ----------
    lines : pandas.DataFrame
        customer_id, order_date, invoice_id, quantity, revenue, gross_profit (may be all null).
    """
    bought = lines[lines["quantity"] > 0]
    days = bought[["customer_id", "order_date"]].drop_duplicates()
    orders = days.groupby("customer_id").size()
    gaps = gaps_of(days)
    regular = gaps.groupby("customer_id")["gap"].agg(["count", "mean", "std"])
    regular = regular[regular["count"] >= MIN_GAPS]
    spent = bought.groupby("customer_id")["revenue"].sum()
    spent = spent[spent > 0].sort_values(ascending=False)
    per_invoice = bought.groupby("invoice_id").agg(
        n=("revenue", "size"), revenue=("revenue", "sum")
    )
    money = per_invoice.loc[per_invoice["revenue"] > 0, "revenue"]
    profit = bought["gross_profit"].dropna()
    margin = (bought["gross_profit"] / bought["revenue"]).where(bought["revenue"] > 0).dropna()
    return {
        "customers": len(orders),
        "one_time_share": share(orders == 1),
        "orders_median": float(orders.median()),
        "orders_p90": float(orders.quantile(0.9)),
        "gap_median_days": float(gaps["gap"].median()),
        "gap_p90_days": float(gaps["gap"].quantile(0.9)),
        "gap_cv": float((regular["std"] / regular["mean"]).median()),
        "lines_per_invoice_median": float(per_invoice["n"].median()),
        "lines_per_invoice_p90": float(per_invoice["n"].quantile(0.9)),
        "invoice_revenue_log_sd": float(np.log(money).std()),
        "margin_median": float(margin.median()) if len(margin) else None,
        "loss_share": share(profit < 0) if len(profit) else None,
        "return_share": share(lines["quantity"] < 0),
        "top_1pct_revenue": float(spent.head(max(1, len(spent) // 100)).sum() / spent.sum()),
        "top_20pct_revenue": float(spent.head(max(1, len(spent) // 5)).sum() / spent.sum()),
        "gini_revenue": gini(spent.to_numpy()),
        "peak_month_over_mean": peak(bought["order_date"]),
        "divisions_median": float(bought.groupby("customer_id")["division"].nunique().median()),
    }


def gaps_of(days: pd.DataFrame) -> pd.DataFrame:
    """Days between one order day of a customer and the next."""
    ordered = days.sort_values(["customer_id", "order_date"])
    gap = ordered.groupby("customer_id")["order_date"].diff().dt.days
    return ordered.assign(gap=gap).dropna(subset=["gap"])


def by_division(lines: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Prevalence at the last labelled cutoff: of all, of owners and of the rest.

    Parameters
    ----------
    lines : pandas.DataFrame
        The whole log.
    history : pandas.DataFrame
        The same log up to six months before its end.

    Returns
    -------
    pandas.DataFrame
        Per division: prevalence among customers that bought within 18 months; share of owners
        (bought in the division within 24 months); prevalence among owners and among the others.
    """
    cutoff = last_cutoff(lines)
    bought, past = (f[f["quantity"] > 0] for f in (lines, history))
    warm = recent(past, cutoff, 18)["customer_id"].unique()
    window = bought[bought["order_date"] > cutoff]
    rows = []
    for division in sorted(bought["division"].unique()):
        own = recent(past[past["division"] == division], cutoff, 24)["customer_id"]
        owner = np.isin(warm, own.unique())
        buys = np.isin(warm, window.loc[window["division"] == division, "customer_id"].unique())
        if not owner.any() or owner.all():
            continue
        rows.append(
            {
                "division": division,
                "prevalence": buys.mean(),
                "owners": owner.mean(),
                "repeat": buys[owner].mean(),
                "first": buys[~owner].mean(),
            }
        )
    return pd.DataFrame(rows)


def last_cutoff(lines: pd.DataFrame) -> pd.Timestamp:
    """The day six months before the end of the log."""
    return lines["order_date"].max() - pd.DateOffset(months=HORIZON_MONTHS)


def recent(lines: pd.DataFrame, day: pd.Timestamp, months: int) -> pd.DataFrame:
    """Lines of the months up to a day."""
    first = day - pd.DateOffset(months=months)
    return lines[(lines["order_date"] > first) & (lines["order_date"] <= day)]


def share(flags: pd.Series) -> float:
    """Share of true values."""
    return float(flags.mean())


def gini(values: np.ndarray) -> float:
    """Gini coefficient of positive values: 0 all equal, 1 all in one hand."""
    x = np.sort(values)
    rank = np.arange(1, len(x) + 1)
    return float(((2 * rank - len(x) - 1) * x).sum() / (len(x) * x.sum()))


def peak(days: pd.Series) -> float:
    """Lines of the busiest calendar month over the mean of the twelve, over whole years."""
    n = days.dt.month.value_counts()
    return float(n.max() / n.mean())
