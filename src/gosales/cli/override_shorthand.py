"""Short forms that people type, turned into overrides that Hydra understands."""

from __future__ import annotations

import re

_DATE = r"\d{4}-\d{2}-\d{2}"
_CUTOFF = re.compile(rf"^cutoff=({_DATE}(?:,{_DATE})*)$")
# Mappings whose keys are the user's own names, so no file can hold them beforehand.
_OPEN = re.compile(
    r"^data\.(?:(?:customer_|asset_|contact_|deal_)?columns|attributes)(?:\.[^=]+)?="
)

# The plugin's own default is every core of the machine. (A file of ours with the plugin's name
# would be merged into its schema, which Hydra announces as deprecated in every worker.)
_JOBLIB = "hydra/launcher=joblib"


def expand(argument: str) -> list[str]:
    """Turn ``cutoff=<date>[,<date>...]`` into a choice and a value; keep the rest as it is.

    Any date then works without a file of its own, in a single run and in a sweep. Mappings of
    the user's own names (``data.columns``, ``data.attributes``) take new keys without a ``+``.
    Jobs launched by joblib take ``n_jobs`` processes; ``hydra.launcher.n_jobs=`` after it wins.

    Examples
    --------
    >>> expand("cutoff=2024-12-31")
    ['cutoff=any', 'cutoff.date=2024-12-31']
    >>> expand("data.columns={order_date: Date}")
    ['++data.columns={order_date: Date}']
    >>> expand("hydra/launcher=joblib")
    ['hydra/launcher=joblib', 'hydra.launcher.n_jobs=${n_jobs}']
    >>> expand("seed=3")
    ['seed=3']
    """
    if argument == _JOBLIB:
        return [argument, "hydra.launcher.n_jobs=${n_jobs}"]
    if _OPEN.match(argument):
        return [f"++{argument}"]
    found = _CUTOFF.match(argument)
    if found is None:
        return [argument]
    return ["cutoff=any", f"cutoff.date={found[1]}"]
