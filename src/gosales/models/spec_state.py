"""Feature specs as plain values, and back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from gosales.core.timeline import Lookback
from gosales.features.spec import FeatureSpec


def spec_state(spec: FeatureSpec) -> dict[str, Any]:
    """One spec; its lookback as a token.

    Examples
    --------
    >>> spec = FeatureSpec("rfm", "tx_count", "all", Lookback(months=3), "orders")
    >>> spec_state(spec)["lookback"]
    '3m'
    >>> restored_specs([spec_state(spec)]) == (spec,)
    True
    """
    state = {f.name: getattr(spec, f.name) for f in fields(spec)}
    state["lookback"] = None if spec.lookback is None else spec.lookback.token
    return state


def restored_specs(states: Iterable[dict[str, Any]]) -> tuple[FeatureSpec, ...]:
    """Rebuild specs from `spec_state`."""
    return tuple(
        FeatureSpec(
            **{
                **state,
                "lookback": None
                if state["lookback"] is None
                else Lookback.parse(state["lookback"]),
            }
        )
        for state in states
    )
