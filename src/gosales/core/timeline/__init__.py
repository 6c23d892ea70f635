"""The only room that compares dates: cutoffs, windows, lookbacks and horizons.

Every interval is half-open on the left, ``(start, end]``. Adjacent windows therefore partition
the events: nothing is counted twice and nothing falls between.
"""

from gosales.core.timeline.cutoff import Cutoff
from gosales.core.timeline.horizon import Horizon
from gosales.core.timeline.lookback import Lookback
from gosales.core.timeline.months import add_months
from gosales.core.timeline.window import Window

__all__ = ["Cutoff", "Horizon", "Lookback", "Window", "add_months"]
