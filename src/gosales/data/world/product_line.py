"""What is sold as one thing: a few SKUs that share their way of being bought."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ProductLine:
    """How a product line is bought, delivered and priced.

    Parameters
    ----------
    name : str
        Key of the line, for example ``printers``.
    division : str
        Division the source system books it under.
    skus : dict of str to float
        SKUs and their shares of the line's orders; they sum to 1.
    rate : float
        Orders per month of an account with average traits that owns nothing.
    taste : tuple of float
        Pull of the account's three tastes (CAD, additive, services) on the log rate.
    size : float
        Pull of the account's standardised log size on the log rate.
    excite : float
        Pull of the line's own recent orders on the log rate, at most this much.
    cycle_months : int
        Reorder cycle: the rate peaks when the last order is this old; 0 means none.
    cycle : float
        Height of that peak in log rate.
    rest : float
        Drop of the log rate in the half year after an order: durable goods are not bought twice.
    price, margin : float
        Mean unit price and mean share of gross profit.
    lines : float
        Mean number of invoice lines beyond the first.
    returnable : bool
        Whether customers send it back.
    deals : float
        Deals opened per order that the line would get without any; 0: sold without deals.
    rollup : str or None
        Asset class registered for each purchase; None when nothing is installed.
    term_months : int
        Months until the asset expires; 0 means never.
    subscription : bool
        Whether the asset is a subscription.
    needs : dict of str to float
        Other lines whose ownership pulls the log rate, and by how much.
    after : dict of str to float
        Other lines whose recent orders pull the log rate, and by how much at most.
    """

    name: str
    division: str
    skus: dict[str, float]
    rate: float
    taste: tuple[float, float, float]
    size: float = 0.3
    excite: float = 0.5
    cycle_months: int = 0
    cycle: float = 0.0
    rest: float = 0.0
    price: float = 1000.0
    margin: float = 0.3
    lines: float = 0.3
    returnable: bool = True
    deals: float = 0.0
    rollup: str | None = None
    term_months: int = 0
    subscription: bool = False
    needs: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
